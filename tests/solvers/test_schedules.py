"""The schedules of the learning rate."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from tests.helpers import ignore_convergence, in_float64, parameters_of, single_network

pytestmark = ignore_convergence


@pytest.mark.parametrize("solver", ["gd", "sgd", "adam"])
def test_first_step_of_each_schedule(small, solver):
    X, y = in_float64(small[0]), small[1]

    def first_step(schedule):
        clf = single_network(
            5, "tanh", solver=solver, learning_rate_schedule=schedule, learning_rate=0.1,
            standardize=False, max_iter=1, random_state=0,
        )  # fmt: skip
        start = parameters_of(clf.set_params(learning_rate=1e-300).fit(X, y))
        return parameters_of(clf.set_params(learning_rate=0.1).fit(X, y)) - start

    constant = first_step("constant")
    assert np.abs(constant).max() > 1e-3
    assert_array_equal(first_step("cosine"), constant)
    assert_allclose(first_step("one_cycle"), 0.04 * constant, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(
    ("schedule", "shares"),
    [
        ("constant", [1, 1, 1, 1]),
        ("cosine", [1, 0.5 + 0.5 * 2**-0.5, 0.5, 0.5 - 0.5 * 2**-0.5]),
        ("one_cycle", [0.04, 0.84, *(0.5 + 0.5 * np.cos(np.pi * np.array([2 / 7, 9 / 14])))]),
    ],
)
def test_steps_of_each_schedule(small, schedule, shares):
    # The steps are so small that the gradient stays constant. The weights move by the sum of the
    # shares.
    def after(max_iter, **settings):
        clf = single_network(
            5, "tanh", solver="gd", standardize=False, alpha=0, random_state=0, tol=0,
            max_iter=max_iter, **settings,
        )  # fmt: skip
        return parameters_of(clf.fit(*small))

    start = after(1, learning_rate=1e-300)
    step = after(1, learning_rate=1e-6) - start
    moved = after(4, learning_rate=1e-6, learning_rate_schedule=schedule) - start
    assert_allclose(moved, step * sum(shares), rtol=1e-3, atol=1e-12)
