"""What the defaults must be able to learn."""

import warnings

import numpy as np
import pytest
from scipy.special import expit
from sklearn.datasets import make_moons
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from skshallow import ShallowNetClassifier, TabularNetClassifier
from tests.helpers import ignore_convergence

pytestmark = ignore_convergence


@pytest.mark.parametrize("seed", range(4))
def test_parity_of_three_columns(seed):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, (20_000, 8)).astype(float)
    p = np.where(X[:, :3].sum(axis=1) % 2 == 1, 0.95, 0.05)
    y = (rng.random(len(X)) < p).astype(int)
    assert ShallowNetClassifier(random_state=seed).fit(X, y).score(X, y) > 0.94


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh"])
@pytest.mark.parametrize("seed", range(4))
def test_curved_boundary_from_few_rows(activation, seed):
    # A straight boundary has an accuracy of 0.87.
    X, y = make_moons(1400, noise=0.2, random_state=seed)
    clf = ShallowNetClassifier(activation=activation, random_state=seed).fit(X[:400], y[:400])
    assert clf.score(X[400:], y[400:]) > 0.92


def test_many_columns_and_few_rows():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(1100, 10_000)).astype(np.float32), np.arange(1100) % 2
    X[:, :50] += 0.7 * y[:, np.newaxis]
    losses = []
    for seed in range(5):
        clf = ShallowNetClassifier(random_state=seed).fit(X[:100], y[:100])
        losses.append(log_loss(y[100:], clf.predict_proba(X[100:])))
    assert np.mean(losses) < 0.66  # log(2) is 0.69


@pytest.mark.parametrize("n_columns", [1, 2, 3, 4, 8])
def test_few_distinct_rows_repeated_often(n_columns):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, (10_000, n_columns)).astype(float)
    y = (rng.random(len(X)) < expit(3 * X[:, 0] - 1.5)).astype(int)
    linear = log_loss(y, LogisticRegression().fit(X, y).predict_proba(X))
    for seed in range(4):
        clf = ShallowNetClassifier(random_state=seed).fit(X, y)
        assert log_loss(y, clf.predict_proba(X)) < 1.03 * linear


@pytest.mark.parametrize("estimator", [ShallowNetClassifier, TabularNetClassifier])
@pytest.mark.parametrize(("interaction", "most"), [(True, 1.04), (False, 1.02)])
def test_few_distinct_rows_of_which_each_has_both_labels(estimator, interaction, most):
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 6, (40_000, 3))
    if interaction:
        z = rng.normal(size=(6, 6, 6))[tuple(codes.T)]
    else:
        z = sum(rng.normal(size=6)[column] for column in codes.T)
    y, X = (rng.random(len(z)) < expit(z)).astype(int), np.eye(6)[codes].reshape(-1, 18)
    clf = estimator(random_state=0).fit(X[:20_000], y[:20_000])
    bayes = log_loss(y[20_000:], expit(z[20_000:]))
    assert log_loss(y[20_000:], clf.predict_proba(X[20_000:])) < most * bayes


@pytest.mark.parametrize("n_classes", [2, 3])
def test_pure_noise_gives_the_class_shares_without_a_warning(n_classes):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(4000, 5)), rng.integers(n_classes, size=4000)

    def fit(**params):
        with warnings.catch_warnings(action="error"):
            clf = ShallowNetClassifier(random_state=0, **params).fit(X[:2000], y[:2000])
        assert log_loss(y[2000:], clf.predict_proba(X[2000:])) < 1.02 * np.log(n_classes)
        return clf.n_iter_

    assert 30 < fit() < 60
    assert fit(max_iter=20) == 20  # no warning, because the loss no longer falls
    assert fit(n_iter_no_change=1, tol=0.01) < 5
    assert fit(early_stopping=False) < 20
