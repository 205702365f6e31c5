"""The running mean of the weights."""

import pytest
from numpy.testing import assert_allclose

from tests.helpers import ignore_convergence, in_float64, parameters_of, single_network

pytestmark = ignore_convergence


@pytest.mark.parametrize("hidden_size", [4, 30_000])
def test_running_mean_of_the_weights(small, hidden_size):
    def after(max_iter, *, average):
        clf = single_network(
            hidden_size, "tanh", solver="sgd", batch_size=60, average=average, max_iter=max_iter,
            learning_rate=0.2 / hidden_size, random_state=0,
        )  # fmt: skip
        return parameters_of(clf.fit(in_float64(small[0]), small[1]))

    # Each epoch is one batch. Two epochs count equally, and the third counts as much as both.
    one, two, three = (after(epochs, average=False) for epochs in (1, 2, 3))
    assert_allclose(after(1, average=True), one, rtol=1e-12)
    assert_allclose(after(2, average=True), (one + two) / 2, rtol=1e-9, atol=1e-14)
    assert_allclose(after(3, average=True), (one + two) / 4 + three / 2, rtol=1e-9, atol=1e-14)
