"""TabularNetClassifier: two networks and the mean of their logits."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit, softmax
from sklearn.base import clone
from sklearn.utils.class_weight import compute_sample_weight

from skshallow import ShallowNetClassifier, TabularNetClassifier
from tests.helpers import ignore_convergence, parameters_of
from tests.tabular.tables import KINDS_OF_Y, labels_of, mixed_table

pytestmark = ignore_convergence

X, P = mixed_table(500)
X_VAL, P_VAL = mixed_table(300, seed=5)
NET = TabularNetClassifier(8, max_iter=15, random_state=0)


def bits(clf):
    return np.concatenate([parameters_of(network) for network in clf.networks_])


def member_logits(clf, X):
    """The logits (m, k) of both networks on their own encoded columns."""
    return [
        network.decision_function(encoder.transform(X)).reshape(len(X), -1)
        for encoder, network in zip(clf.encoders_, clf.networks_, strict=True)
    ]


def mean_loss(clf, logits, y, weights=None):
    """The cross-entropy from its definition; of multilabel y, summed over the labels."""
    if clf.out_activation_ == "softmax":
        rows = -np.log(softmax(logits, axis=1)[np.arange(len(y)), np.searchsorted(clf.classes_, y)])
    else:
        Y = y if y.ndim == 2 else (y == clf.classes_[1])[:, np.newaxis]
        rows = -np.log(np.where(Y, expit(logits), expit(-logits))).sum(axis=1)
    return np.average(rows, weights=weights)


@pytest.mark.parametrize("kind", KINDS_OF_Y)
def test_predictions_are_those_of_the_mean_logits(kind):
    y = labels_of(kind, P)
    clf = clone(NET).fit(X, y)
    z = sum(v * z for v, z in zip(clf.network_weights_, member_logits(clf, X_VAL), strict=True))
    logits = clf.decision_function(X_VAL)
    assert logits.dtype == np.float64
    assert_allclose(logits.reshape(z.shape), z, rtol=1e-9, atol=1e-9)
    if kind == "five classes":
        p, predicted = softmax(z, axis=1), z.argmax(axis=1)
    elif kind == "multilabel":
        p, predicted = expit(z), (z > 0).astype(int)
    else:
        p = np.hstack([expit(-z), expit(z)])
        predicted = clf.classes_[(z[:, 0] > 0).astype(int)]
    assert_allclose(clf.predict_proba(X_VAL), p, rtol=1e-9)
    assert_allclose(clf.predict_log_proba(X_VAL), np.log(p), rtol=1e-7, atol=1e-12)
    assert_array_equal(clf.predict(X_VAL), predicted)
    assert_array_equal(clf.classes_, np.arange(3) if kind == "multilabel" else np.unique(y))
    assert (clf.n_features_in_, clf.n_outputs_) == (6, z.shape[1])
    assert clf.feature_names_in_.tolist() == list("abcdkl")
    assert clf.n_iter_ == max(network.n_iter_ for network in clf.networks_)
    assert clf.encoder_ is clf.encoders_[1]


def test_the_two_networks():
    clf = TabularNetClassifier(5, n_estimators=2, n_bins=3, alpha=0.5, max_iter=4, random_state=0)
    clf.fit(X, labels_of("binary", P))
    one, bins = clf.encoders_
    assert [len(edges) for edges in one.bin_edges_] == [2] * 4 + [0] * 2
    assert [len(edges) for edges in bins.bin_edges_] == [4] * 4 + [0] * 2
    assert [network.alpha for network in clf.networks_] == [0.5, 1.5]
    for encoder, network in zip(clf.encoders_, clf.networks_, strict=True):
        assert isinstance(network, ShallowNetClassifier)
        assert network.coefs_[0].shape == (len(encoder.get_feature_names_out()), 10)
        assert network.n_iter_ == 4


@pytest.mark.parametrize(
    ("n_rows", "expected"), [(20, 0.5), (4000, 1.5), (16_000, 3), (96_000, 18), (10**6, 18)]
)
def test_penalty_of_bins_grows_with_the_rows(n_rows, expected):
    # The number of rows is the weight: of 60 of them, a part is there.
    X, y = np.random.default_rng(0).normal(size=(60, 1)), np.arange(60) % 2
    clf = TabularNetClassifier(2, n_estimators=1, alpha=0.5, max_iter=1, random_state=0)
    clf.fit(X, y, np.full(60, n_rows / 60))
    assert [network.alpha for network in clf.networks_] == [0.5, pytest.approx(expected)]


@pytest.mark.parametrize("table", ["one bin", "categories", "wide"])
def test_a_table_without_bins_has_one_network(table):
    y = labels_of("binary", P)
    clf = clone(NET).set_params(n_bins=1 if table == "one bin" else "auto")
    wide = np.random.default_rng(0).normal(size=(len(y), 513))
    clf.fit({"one bin": X, "categories": X[["k", "l"]], "wide": wide}[table], y)
    assert len(clf.networks_) == len(clf.encoders_) == len(clf.network_weights_) == 1
    assert clf.networks_[0].alpha == clf.alpha


@pytest.mark.parametrize("kind", KINDS_OF_Y)
def test_a_weight_of_a_validation_row_is_a_repetition(kind):
    y, y_val = labels_of(kind, P), labels_of(kind, P_VAL, seed=2)
    w_val = np.random.default_rng(0).integers(9, size=len(y_val))
    weighted = clone(NET).fit(X, y, X_val=X_VAL, y_val=y_val, sample_weight_val=w_val)
    rows = np.repeat(np.arange(len(y_val)), w_val)
    repeated = clone(NET).fit(X, y, X_val=X_VAL.iloc[rows], y_val=y_val[rows])
    assert_allclose(weighted.network_weights_, repeated.network_weights_, rtol=1e-4)


@pytest.mark.parametrize("kind", KINDS_OF_Y)
@pytest.mark.parametrize("weighted", [False, True])
def test_validation_rows_decide_the_weights(kind, weighted):
    y, y_val = labels_of(kind, P), labels_of(kind, P_VAL, seed=2)
    w_val = np.random.default_rng(0).uniform(0, 3, len(y_val)) if weighted else None
    clf = clone(NET).fit(X, y, X_val=X_VAL, y_val=y_val, sample_weight_val=w_val)
    losses = np.array([mean_loss(clf, z, y_val, w_val) for z in member_logits(clf, X_VAL)])
    unscaled, scale = np.exp(-losses / (0.06 * losses.min())), clf.network_weights_.sum()
    assert_allclose(clf.network_weights_ / scale, unscaled / unscaled.sum(), rtol=1e-3)
    assert abs(losses[0] / losses[1] - 1) > 1e-3  # the weights differ
    logits = clf.decision_function(X_VAL).reshape(len(X_VAL), -1)
    n_val = w_val.sum() if weighted else len(y_val)

    def penalized(factor):  # the scale is the best one, with a penalty as of 20 rows
        penalty = 20 / n_val * np.log(factor * scale) ** 2
        return mean_loss(clf, factor * logits, y_val, w_val) + penalty

    assert penalized(1) < min(penalized(0.97), penalized(1.03))
    assert clf.validation_loss_ == pytest.approx(mean_loss(clf, logits, y_val, w_val), rel=1e-4)
    for network, loss in zip(clf.networks_, losses, strict=True):
        assert network.validation_loss_curve_.min() == pytest.approx(loss, rel=1e-4)


@pytest.mark.parametrize("kind", ["binary", "five classes"])
def test_rows_held_out_decide_the_weights(kind):
    clf = clone(NET).set_params(n_estimators=2).fit(X, labels_of(kind, P))
    losses = np.array([network.validation_loss_curve_.min() for network in clf.networks_])
    unscaled, weights = np.exp(-losses / (0.06 * losses.min())), clf.network_weights_
    assert_allclose(weights / weights.sum(), unscaled / unscaled.sum(), rtol=1e-3)
    assert clf.validation_loss_ < losses.max()
    one, bins = clf.networks_
    assert len(one._split) > 0
    for part, other in zip(one._split, bins._split, strict=True):
        assert_array_equal(part, other)


def test_equal_weights_without_validation_rows():
    clf = clone(NET).set_params(early_stopping=False).fit(X, labels_of("binary", P))
    assert clf.network_weights_.tolist() == [0.5, 0.5]
    assert clf.validation_loss_ is None


@pytest.mark.parametrize("n_estimators", [1, 3])
def test_balanced_weights_are_sample_weights(n_estimators):
    # Columns whose bins do not depend on the weights of the rows: of two values, and categories.
    codes = np.random.default_rng(0).integers(2, size=(400, 6))
    table = np.column_stack([codes[:, :3], np.array(["red", "blue"])[codes[:, 3:]]]).astype(object)
    table[:, :3] = codes[:, :3]
    y = (codes.sum(axis=1) > 4).astype(int)
    clf = clone(NET).set_params(n_estimators=n_estimators, early_stopping=False)
    weighted = bits(clf.fit(table, y, compute_sample_weight("balanced", y)))
    plain = bits(clf.fit(table, y))
    balanced = bits(clf.set_params(class_weight="balanced").fit(table, y))
    assert_allclose(balanced, weighted, rtol=1e-3, atol=1e-4)
    assert np.abs(balanced - plain).max() > 0.01


@pytest.mark.parametrize("early_stopping", [False, True])
def test_a_weight_is_a_repetition_and_0_is_no_row(early_stopping):
    y = labels_of("binary", P)
    weights = np.random.default_rng(0).integers(4, size=len(y))
    rows = np.random.default_rng(1).permutation(np.repeat(np.arange(len(y)), weights))
    clf = clone(NET).set_params(early_stopping=early_stopping, max_iter=5)
    weighted, v = bits(clf.fit(X, y, weights)), clf.network_weights_
    repeated = bits(clf.fit(X.iloc[rows], y[rows]))
    assert_array_equal(weighted, repeated)
    assert_array_equal(v, clf.network_weights_)


def test_random_state_decides_all_bits():
    y = labels_of("binary", P)
    first = bits(clone(NET).fit(X, y))
    assert_array_equal(first, bits(clone(NET).fit(X, y)))
    order = np.random.default_rng(0).permutation(len(y))
    assert_array_equal(first, bits(clone(NET).fit(X.iloc[order], y[order])))
    assert (first != bits(clone(NET).set_params(random_state=1).fit(X, y))).any()
    clf = clone(NET).set_params(random_state=np.random.RandomState(0))
    assert (bits(clf.fit(X, y)) != bits(clf.fit(X, y))).any()


def test_each_row_is_predicted_alone():
    clf = clone(NET).fit(X, labels_of("five classes", P))
    whole = clf.predict_proba(X)
    assert_allclose(clf.predict_proba(X[::7]), whole[::7], rtol=1e-10)
    assert_allclose(clf.predict_proba(X[3:4]), whole[3:4], rtol=1e-10)


def test_float32_stays_float32():
    x = X[list("abcd")].to_numpy().astype(np.float32)
    clf = clone(NET).fit(x, labels_of("binary", P))
    for network in clf.networks_:
        assert network.coefs_[0].dtype == np.float32
    (z, other), (v, w) = member_logits(clf, x), clf.network_weights_
    logits = clf.decision_function(x)
    assert logits.dtype == clf.predict_proba(x).dtype == np.float32
    assert_allclose(logits, (v * z + w * other)[:, 0], rtol=1e-4, atol=1e-5)
