"""Predictions of a fitted classifier."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_breast_cancer, load_iris

from skshallow import ShallowNetClassifier
from tests.helpers import ignore_convergence, single_network

pytestmark = ignore_convergence


def test_set_params_after_fit_keeps_the_predictions(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(4, "leaky_relu", negative_slope=0.5, random_state=0).fit(X, y)
    fitted = clf.predict_proba(X)
    clf.set_params(activation="tanh", negative_slope=0.1, hidden_size=7)
    assert_array_equal(clf.predict_proba(X), fitted)
    assert_array_equal(pickle.loads(pickle.dumps(clf)).predict_proba(X), fitted)


def test_permuted_hidden_units_predict_the_same(cancer):
    X, y = cancer
    clf = single_network(20, max_iter=20, random_state=0).fit(X, y)
    before = clf.predict_proba(X)
    order = np.random.default_rng(0).permutation(20)
    clf.coefs_ = [clf.coefs_[0][:, order], clf.coefs_[1][order]]
    clf.intercepts_[0] = clf.intercepts_[0][order]
    assert_allclose(clf.predict_proba(X), before, rtol=1e-9)


@pytest.mark.parametrize("load", [load_iris, load_breast_cancer])
def test_log_probabilities_are_finite_where_probabilities_are_zero(net, load):
    X, y = load(return_X_y=True)
    clf = net.fit(X, y)
    assert_allclose(np.exp(clf.predict_log_proba(X)), clf.predict_proba(X), rtol=1e-12)
    clf.coefs_[1] *= 1e6
    assert clf.predict_proba(X).min() == 0
    assert np.isfinite(clf.predict_log_proba(X)).all()


def test_predictions_in_several_threads_are_equal(cancer):
    X, y = np.tile(cancer[0], (20, 1)), cancer[1]
    clf = ShallowNetClassifier(20, max_iter=10, random_state=0).fit(cancer[0], y)
    before = pickle.dumps(clf)
    alone = clf.predict_proba(X)
    with ThreadPoolExecutor(8) as threads:
        for together in threads.map(clf.predict_proba, [X] * 16):
            assert_array_equal(together, alone)
    assert pickle.dumps(clf) == before
