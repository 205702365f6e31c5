"""What the defaults must be able to learn."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skshallow import TabularNetClassifier
from tests.helpers import ignore_convergence
from tests.tabular.tables import labels_of, mixed_table


def excess_loss(clf, X, p):
    """The expected loss above that of the true probabilities."""
    q = clf.predict_proba(X)[:, 1]
    return np.mean(p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q)))


def test_steps_categories_and_gaps():
    later = mixed_table(20_000, seed=99)
    ours, boosting, stopped = [], [], []
    for seed in range(3):
        X, p = mixed_table(2000, seed)
        y = labels_of("binary", p, seed)
        ours.append(excess_loss(TabularNetClassifier(random_state=seed).fit(X, y), *later))
        trees = HistGradientBoostingClassifier(categorical_features="from_dtype", random_state=seed)
        boosting.append(excess_loss(trees.fit(X, y), *later))
        stopped.append(excess_loss(trees.set_params(early_stopping=True).fit(X, y), *later))
    assert np.mean(ours) < 0.6 * np.mean(boosting)
    assert np.mean(ours) < 0.8 * np.mean(stopped)


@ignore_convergence
@pytest.mark.parametrize("seed", range(3))
def test_heavy_tails(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_cauchy((2500, 5))
    z = 2 * np.tanh(X[:, 0]) + 1.5 * (X[:, 1] > 0) - np.clip(X[:, 2], -2, 2)
    y = labels_of("binary", 1 / (1 + np.exp(-z)), seed)

    def loss(clf):
        return log_loss(y[500:], clf.fit(X[:500], y[:500]).predict_proba(X[500:]))

    mlp = make_pipeline(StandardScaler(), MLPClassifier(random_state=0))
    assert loss(TabularNetClassifier(random_state=0)) < 0.85 * loss(mlp)


def test_pure_noise_gives_the_class_shares_without_a_warning():
    X, _ = mixed_table(4000)
    y = np.random.default_rng(1).integers(3, size=4000)
    clf = TabularNetClassifier(random_state=0).fit(X[:2000], y[:2000])
    assert log_loss(y[2000:], clf.predict_proba(X[2000:])) < 1.02 * np.log(3)
    assert clf.validation_loss_ == pytest.approx(np.log(3), abs=0.03)
