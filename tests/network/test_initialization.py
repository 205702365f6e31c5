"""The initial weights."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.helpers import ignore_convergence, single_network

pytestmark = ignore_convergence


@pytest.mark.parametrize(
    ("init", "activation", "deviations"),
    [
        ("he", "relu", [np.sqrt(2 / 50), np.sqrt(2 / 400) / 3]),
        ("he", "sigmoid", [4 * np.sqrt(2 / 50), np.sqrt(2 / 400) / 3]),
        ("glorot", "sigmoid", [4 * np.sqrt(2 / 450), np.sqrt(2 / 401) / 3]),
        ("normal", "sigmoid", [0.01, 0.01]),
        ("he", "tanh", [np.sqrt(2 / 50), np.sqrt(2 / 400) / 3]),
        ("glorot", "relu", [np.sqrt(2 / 450), np.sqrt(2 / 401) / 3]),
        ("normal", "relu", [0.01, 0.01]),
    ],
)
@pytest.mark.parametrize("n_estimators", [1, 3])
def test_standard_deviation_of_the_initial_weights(init, activation, deviations, n_estimators):
    rng = np.random.default_rng(0)
    clf = single_network(
        400, activation, init=init, standardize=False, learning_rate=1e-300, max_iter=1,
        random_state=0, n_estimators=n_estimators,
    ).fit(rng.normal(size=(60, 50)), rng.integers(2, size=60))  # fmt: skip
    W1, W2 = clf.coefs_
    assert_allclose([W1.std(), n_estimators * W2.std()], deviations, rtol=0.1)
    assert_allclose(clf.intercepts_[0].std(), 0 if init == "normal" else deviations[0], rtol=0.1)
    assert_allclose(clf.intercepts_[1], 0, atol=1e-12)


def test_equal_initial_units_stay_equal(small):
    def spread(init_scale):
        clf = single_network(
            4, "tanh", solver="gd", init="normal", init_scale=init_scale, random_state=0
        ).fit(*small)
        return np.ptp(clf.coefs_[0], axis=1).max()

    assert spread(0) == 0
    assert spread(0.01) > 0.01
