"""Refits with warm_start=True."""

import pickle
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss

from skshallow import ShallowNetClassifier
from tests.helpers import ignore_convergence, parameters_of, single_network

pytestmark = ignore_convergence


def test_refit_continues_and_accepts_a_missing_class():
    X, y = load_iris(return_X_y=True)
    net = ShallowNetClassifier(8, solver="adam", max_iter=5, warm_start=True, random_state=0)
    losses = [net.fit(X, y).loss_ for _ in range(4)]
    assert losses == sorted(losses, reverse=True)
    net.fit(X[y > 0], y[y > 0])
    assert_array_equal(net.classes_, [0, 1, 2])
    assert net.predict_proba(X).shape == (150, 3)
    with pytest.raises(ValueError, match="not in `classes_`"):
        net.fit(X, y + 1)


def test_refit_continues_after_max_iter(cancer):
    clf = single_network(8, max_iter=2, random_state=0, warm_start=True).fit(*cancer)
    losses = [clf.loss_, clf.fit(*cancer).loss_, clf.fit(*cancer).loss_]
    assert losses == sorted(losses, reverse=True)
    assert len(set(losses)) == 3


def assert_fit_trains(clf, *arguments):
    before = clf.loss_curve_
    assert clf.fit(*arguments).loss_curve_ is not before


def test_refit_continues_after_a_rising_loss(cancer):
    clf = single_network(10, solver="sgd", learning_rate=2.0, random_state=0, warm_start=True)
    assert_fit_trains(clf.fit(*cancer), *cancer)  # the loss has risen


def test_converged_fit_trains_again_only_after_a_change(cancer):
    X, y = cancer
    fitted = ShallowNetClassifier(8, random_state=0, warm_start=True).fit(X, y)
    before = fitted.loss_curve_
    assert fitted.fit(X.copy(), y.copy()).loss_curve_ is before
    X_other, weights = X.copy(), np.ones(len(y))
    X_other[0, 0] += 1
    weights[0] = 2
    for parameters, arguments in (
        ({}, (X_other, y)),
        ({}, (X, np.r_[1 - y[:1], y[1:]])),
        ({}, (X, y, weights)),
        ({"tol": 1e-3}, (X, y)),
        ({}, (X.astype(np.float32), y)),
    ):
        assert_fit_trains(pickle.loads(pickle.dumps(fitted)).set_params(**parameters), *arguments)
    with pytest.warns(ConvergenceWarning, match="trained on rows that are held out now"):
        assert_fit_trains(pickle.loads(pickle.dumps(fitted)).partial_fit(X, y), X, y)
    for name in ("coefs_", "intercepts_"):
        clf = pickle.loads(pickle.dumps(fitted))
        getattr(clf, name)[1] += 0.01
        assert_fit_trains(clf, X, y)


def test_converged_fit_trains_again_on_other_validation_data(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(8, random_state=0, warm_start=True)
    clf.fit(X[:300], y[:300], X_val=X[300:400], y_val=y[300:400])
    before = clf.loss_curve_
    clf.set_params(verbose=0).fit(X[:300], y[:300], X_val=X[300:400], y_val=y[300:400])
    assert clf.loss_curve_ is before
    clf.fit(X[:300], y[:300], X_val=X[400:500], y_val=y[400:500])
    assert clf.loss_curve_ is not before


def test_converged_fit_with_validation_data_that_cannot_be_pickled(cancer):
    class OnDisk:
        """Like a data set of h5py: NumPy can read it, and it cannot be pickled."""

        shape, ndim = (269, 30), 2

        def __len__(self):
            return 269

        def __array__(self, dtype=None, copy=None):
            return np.array(X[300:], dtype)

        def __reduce__(self):
            raise TypeError("cannot be pickled")

    X, y = cancer
    clf = ShallowNetClassifier(8, random_state=0, warm_start=True)
    clf.fit(X[:300], y[:300], X_val=OnDisk(), y_val=y[300:])
    before = clf.loss_curve_
    assert clf.fit(X[:300], y[:300], X_val=OnDisk(), y_val=y[300:]).loss_curve_ is before


def test_refit_without_improvement_keeps_start(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(8, random_state=0, warm_start=True).fit(X, y)
    before = clf.predict_proba(X)
    clf.set_params(learning_rate=10.0).fit(X, y)
    assert_allclose(clf.predict_proba(X), before, rtol=1e-6)


def test_refit_keeps_improvements_smaller_than_tol(cancer):
    X, y = cancer
    X, y, X_val, y_val = X[:300], y[:300], X[300:], y[300:]
    clf = ShallowNetClassifier(8, random_state=0, max_iter=1, tol=0.5, warm_start=True)
    losses = []
    for _ in range(8):
        clf.fit(X, y, X_val=X_val, y_val=y_val)
        losses.append(log_loss(y_val, clf.predict_proba(X_val)))
    assert losses == sorted(losses, reverse=True)
    assert len(set(losses)) > 5


def test_refit_that_diverges_in_epoch_1_keeps_the_old_fit(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(8, random_state=0, warm_start=True).fit(X.astype(np.float32), y)
    before = parameters_of(clf), clf.loss_curve_, clf.n_iter_
    with pytest.warns(ConvergenceWarning, match=r"no longer finite in epoch 1.*enormous size"):
        clf.set_params(activation="tanh").fit((X * 1e30).astype(np.float32), y)
    assert_array_equal(parameters_of(clf), before[0])
    assert clf.loss_curve_ is before[1]
    assert clf.n_iter_ == before[2]
    hidden = np.maximum(X @ clf.coefs_[0] + clf.intercepts_[0], 0)  # the old activation
    logits = (hidden @ clf.coefs_[1] + clf.intercepts_[1])[:, 0]
    assert_allclose(clf.decision_function(X), logits, rtol=1e-5, atol=1e-5)


def test_column_constant_in_a_refit_gets_zero_weights(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(4, random_state=0, warm_start=True).fit(X, y)
    X = X.copy()
    X[:, 3] = 7
    assert_array_equal(clf.fit(X, y).coefs_[0][3], 0)


@pytest.mark.parametrize("seed", [0, None])
def test_refit_keeps_the_validation_rows_of_each_member(seed):
    # So the reported loss is that of new rows, as after a single fit.
    rng = np.random.default_rng(0)
    X = rng.normal(size=(22_000, 20))
    logit = 1.5 * X[:, 0] * X[:, 1] + X[:, 2] - np.abs(X[:, 3]) + 0.8
    y = (rng.random(len(X)) < 1 / (1 + np.exp(-logit))).astype(int)
    X_test, y_test = X[2000:], y[2000:]
    gaps = []
    for start in range(0, 2000, 500):
        clf = ShallowNetClassifier(warm_start=True, alpha=0.1, random_state=seed)
        for n_rows in (1000, 1200, 1400, 1600, 1800, 2000):
            rows = np.arange(start, start + n_rows) % 2000
            clf.fit(X[rows], y[rows])
        test_loss = log_loss(y_test, clf.predict_proba(X_test))
        gaps.append(test_loss - clf.validation_loss_curve_.min())
    assert np.mean(gaps) < 0.015


def test_refit_keeps_the_split_of_the_first_fit(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(4, warm_start=True, random_state=0).fit(X, y)
    split = pickle.dumps(clf._split)
    clf = pickle.loads(pickle.dumps(clf)).set_params(random_state=1, validation_fraction=0.3)
    assert pickle.dumps(clf.fit(X[:500], y[:500])._split) == split


def fit_on_all_rows(clf, X, y):
    clf.set_params(early_stopping=False).fit(X, y).set_params(early_stopping=True)


WITHOUT_HELD_OUT_ROWS = {
    "no early stopping": fit_on_all_rows,
    "X_val": lambda clf, X, y: clf.fit(X, y, X_val=X, y_val=y),
    "partial_fit": lambda clf, X, y: clf.partial_fit(X, y, [0, 1]),
    "few rows": lambda clf, X, y: clf.fit(X[15:24], y[15:24]),
    "other members": lambda clf, X, y: clf.fit(X, y).set_params(n_estimators=2, hidden_size=6),
}


@pytest.mark.parametrize("first", WITHOUT_HELD_OUT_ROWS.values(), ids=WITHOUT_HELD_OUT_ROWS)
def test_refit_that_holds_out_rows_trained_on_before_warns(cancer, first):
    clf = ShallowNetClassifier(4, warm_start=True, random_state=0)
    first(clf, *cancer)
    with pytest.warns(ConvergenceWarning, match="trained on rows that are held out now"):
        clf.fit(*cancer)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        clf.set_params(tol=1, n_iter_no_change=1).fit(*cancer)
