"""What the solvers minimise."""

import numpy as np

from ._network import Network
from ._rows import Rows
from ._typing import Array


class Objective:
    """J = (1/Σw) [Σ wᵢ Lᵢ + alpha/2 (‖W1‖² + ‖W2‖²)], with Σw over all training rows.

    Parameters
    ----------
    network : Network
    rows : Rows
    penalty : float
        alpha / Σw. Biases are not penalised.
    """

    def __init__(self, network: Network, rows: Rows, penalty: float) -> None:
        self.network = network
        self.rows = rows
        self.penalty = penalty

    def loss(self, parameters: Array) -> float:
        """J."""
        return mean_loss(parameters, self.network, self.rows) + self._penalty(parameters)

    def loss_and_gradient(
        self, parameters: Array, gradient: Array, batch: Array | None = None
    ) -> float:
        """J; its gradient is written into ``gradient``. Of a batch: unbiased estimates of both."""
        network = self.network
        blocks = self.rows.blocks(network.max_rows, network.dtype, batch)
        loss = network.cost_and_gradient(parameters, blocks, gradient)
        W1, _, W2, _ = network.layers(parameters)
        dW1, _, dW2, _ = network.layers(gradient)
        dW1 += self.penalty * W1
        dW2 += self.penalty * W2
        return loss + self._penalty(parameters)

    def _penalty(self, parameters: Array) -> float:
        W1, _, W2, _ = self.network.layers(parameters)
        return self.penalty / 2 * float(np.vdot(W1, W1) + np.vdot(W2, W2))


def mean_loss(parameters: Array, network: Network, rows: Rows) -> float:
    """(1/Σw) Σ wᵢ Lᵢ: the loss without the penalty."""
    return network.cost(parameters, rows.blocks(network.max_rows, network.dtype))
