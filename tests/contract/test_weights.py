"""A weight equals a repetition, and the order of rows does not matter."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_digits, make_moons
from sklearn.ensemble import AdaBoostClassifier
from sklearn.model_selection import train_test_split

from skshallow import ShallowNetClassifier
from tests.helpers import SOLVERS, ignore_convergence, parameters_of

pytestmark = ignore_convergence


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("solver", SOLVERS)
def test_weight_equals_repetition_in_any_order(solver, early_stopping, container):
    X, y = load_digits(return_X_y=True)
    X, y = X[:120], y[:120] % 3
    weights = np.random.default_rng(0).integers(4, size=120)
    rows = np.repeat(np.arange(120), weights)
    rows = np.random.default_rng(1).permutation(rows)
    clf = ShallowNetClassifier(
        8, solver=solver, early_stopping=early_stopping, batch_size=7, max_iter=15, random_state=0,
        class_weight="balanced",
    )  # fmt: skip
    weighted = parameters_of(clf.fit(container(X), y, weights))
    repeated = parameters_of(clf.fit(container(X[rows]), y[rows]))
    assert_array_equal(weighted, repeated)


def test_weight_equals_repetition_at_the_defaults(cancer):
    X, y = cancer
    X3, y3 = np.tile(X, (3, 1)), np.tile(y, 3)
    repeated = ShallowNetClassifier(random_state=0).fit(X3, y3)
    weighted = ShallowNetClassifier(random_state=0).fit(X, y, np.full(len(y), 3))
    assert_array_equal(parameters_of(repeated), parameters_of(weighted))


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_weight_equals_repetition_in_partial_fit(cancer, solver, container):
    X, y = cancer
    rng = np.random.default_rng(0)
    settings = {"solver": solver, "batch_size": 7, "random_state": 0}
    weighted = ShallowNetClassifier(6, class_weight="balanced", **settings)
    repeated = ShallowNetClassifier(6, class_weight="balanced", **settings)
    for start in range(0, 500, 50):
        weight = rng.integers(4, size=50)
        part = slice(start, start + 50)
        rows = rng.permutation(np.repeat(np.arange(start, start + 50), weight))
        weighted.partial_fit(container(X[part]), y[part], [0, 1], weight)
        repeated.partial_fit(container(X[rows]), y[rows], [0, 1])
    assert_array_equal(parameters_of(weighted), parameters_of(repeated))


def test_scalar_weight_applies_to_every_row(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(4, random_state=0, max_iter=5, solver="adam")
    assert_array_equal(
        parameters_of(clf.fit(X, y, 2.5)), parameters_of(clf.fit(X, y, np.full(len(y), 2.5)))
    )


def test_one_weight_much_larger_than_all_others(cancer):
    X, y = cancer
    weight = np.ones(100)
    weight[3] = 1e20
    assert ShallowNetClassifier(random_state=0).fit(X[:100], y[:100], weight).n_iter_ > 0


def test_order_of_rows_with_fractional_weights_changes_no_bit(cancer):
    X, y = cancer
    X, y = np.tile(X[:150], (5, 1)), np.tile(y[:150], 5)
    weights = np.random.default_rng(1).random(len(y))
    for solver in SOLVERS:
        clf = ShallowNetClassifier(4, solver=solver, max_iter=5, random_state=0)
        expected = parameters_of(clf.fit(X, y, weights))
        order = np.random.default_rng(2).permutation(len(y))
        assert_array_equal(parameters_of(clf.fit(X[order], y[order], weights[order])), expected)


def test_weights_that_sum_to_one_are_shares():
    # They do not drown the data in the penalty.
    X, y = make_moons(400, noise=0.2, random_state=0)
    clf = ShallowNetClassifier(random_state=0)
    probabilities = clf.fit(X, y).predict_proba(X)
    for total in (1, 1e-6, 1e-306):
        shares = np.full(400, total / 400)
        assert_allclose(clf.fit(X, y, shares).predict_proba(X), probabilities, atol=1e-4)
    # A row of twice the share is that row twice.
    rows = np.r_[:400, :30]
    twice = np.where(np.arange(400) < 30, 2, 1) / 430
    repeated = parameters_of(clf.fit(X[rows], y[rows], np.full(430, 1 / 430)))
    assert_array_equal(parameters_of(clf.fit(X, y, twice)), repeated)


def test_adaboost_is_no_worse_than_one_network():
    X, y = load_digits(return_X_y=True)
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.5, random_state=0)
    one = ShallowNetClassifier(random_state=0).fit(X, y)
    boosted = AdaBoostClassifier(ShallowNetClassifier(), n_estimators=5, random_state=0).fit(X, y)
    assert boosted.score(X_test, y_test) >= one.score(X_test, y_test) - 0.01


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_alpha_that_is_large_for_small_weights_warns(cancer, method):
    X, y = cancer
    clf = ShallowNetClassifier(4)
    classes = {"classes": [0, 1]} if method == "partial_fit" else {}
    message = r"alpha=1 is large for 569 distinct rows with weights that sum to 5.69: lower"
    with pytest.warns(UserWarning, match=message) as caught:
        getattr(clf, method)(X, y, sample_weight=np.full(len(y), 0.01), **classes)
    assert {warning.filename for warning in caught} == {__file__}
    clf.set_params(alpha=0.01)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        getattr(clone(clf), method)(X, y, sample_weight=np.full(len(y), 0.01), **classes)
