"""The parameter class_weight in fit and partial_fit."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_iris
from sklearn.metrics import average_precision_score

from skshallow import ShallowNetClassifier
from tests.helpers import ignore_convergence, in_float64, parameters_of, single_network

pytestmark = ignore_convergence


def test_invalid_class_weight_raises(binary_iris):
    X, y = binary_iris
    with pytest.raises(ValueError, match="not in class_weight"):
        ShallowNetClassifier(class_weight={0: 1, 7: 2}).fit(X, y)
    with pytest.raises(ValueError, match="negative or no finite"):
        ShallowNetClassifier(class_weight={0: -1, 1: 1}).fit(X, y)
    with pytest.raises(ValueError, match="class_weight leaves are zero"):
        ShallowNetClassifier(class_weight={0: 0, 1: 0}).fit(X, y)


def test_class_weight_multiplies_sample_weight(cancer, net):
    X, y = cancer
    w = np.random.default_rng(0).integers(1, 4, size=len(y)).astype(float)
    totals = np.bincount(y, w)
    balanced = net.set_params(class_weight="balanced").fit(X, y, w).predict_proba(X)
    by_hand = net.set_params(class_weight=None).fit(X, y, w * (totals.sum() / 2 / totals)[y])
    assert_allclose(balanced, by_hand.predict_proba(X), rtol=1e-5)
    a_dict = net.set_params(class_weight={0: 2.0, 1: 0.5}).fit(X, y, w).predict_proba(X)
    by_hand = net.set_params(class_weight=None).fit(X, y, w * np.array([2, 0.5])[y])
    assert_allclose(a_dict, by_hand.predict_proba(X), rtol=1e-5)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_class_of_weight_zero_equals_rows_of_weight_zero(net, solver):
    X, y = load_iris(return_X_y=True)
    net.set_params(solver=solver)
    without = net.fit(X, y, np.where(y == 0, 0, 1)).predict_proba(X)
    dropped = net.set_params(class_weight={0: 0, 1: 1, 2: 1}).fit(X, y).predict_proba(X)
    assert_array_equal(dropped, without)


def test_balanced_multilabel_is_about_as_good_as_unweighted():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1000, 20))
    Y = (X + rng.normal(size=X.shape) > 2.0).astype(int)
    clf = ShallowNetClassifier(16, class_weight="balanced", random_state=0).fit(X, Y)
    plain = ShallowNetClassifier(16, random_state=0).fit(X, Y)
    fresh = rng.normal(size=(1000, 20))
    wanted = (fresh + rng.normal(size=X.shape) > 2.0).astype(int)
    scores = [average_precision_score(wanted, c.predict_proba(fresh)) for c in (clf, plain)]
    assert scores[0] > scores[1] - 0.05


def test_balanced_counts_the_rows_of_all_partial_fits(cancer):
    X, y = cancer
    order = np.argsort(y[:200], kind="stable")
    settings = {"class_weight": "balanced", "learning_rate": 1e-300, "random_state": 0, "alpha": 0}
    clf = single_network(4, **settings)
    for part in np.array_split(order, 2):
        clf.partial_fit(in_float64(X[part]), y[part], [0, 1])
    counts = np.bincount(y[:200])
    factors = (200 / 2 / counts)[y[part]]
    loss = -clf.predict_log_proba(X[part])[np.arange(len(part)), y[part]]
    assert_allclose(clf.loss_, factors @ loss / factors.sum(), rtol=1e-9)


def test_first_chunk_of_class_weight_zero_raises(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(4, class_weight={0: 0, 1: 1})
    with pytest.raises(ValueError, match="All weights that class_weight leaves are zero"):
        clf.partial_fit(X[y == 0][:20], y[y == 0][:20], classes=[0, 1])
    assert not hasattr(clf, "classes_")


def test_later_chunk_of_class_weight_zero_keeps_the_parameters(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(5, class_weight={0: 0, 1: 1}, random_state=0)
    clf.partial_fit(X, y, [0, 1])
    before = parameters_of(clf)
    assert_array_equal(parameters_of(clf.partial_fit(X[y == 0][:5], y[y == 0][:5])), before)


def test_dict_is_refused_for_multilabel(cancer):
    X, y = cancer
    with pytest.raises(ValueError, match="not defined for multilabel y"):
        ShallowNetClassifier(class_weight={0: 1, 1: 2}).fit(X, np.column_stack([y, 1 - y]))


def test_multilabel_call_without_weight_changes_nothing():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(30, 3)), rng.integers(0, 2, (30, 4))
    clf = ShallowNetClassifier(4, class_weight="balanced", random_state=0).partial_fit(X, Y)
    before = clf.coefs_[0]
    assert clf.partial_fit(X, Y, sample_weight=np.zeros(30)).coefs_[0] is before
