"""What the solvers minimise, and the losses that are watched beside it."""

import numpy as np

from ._network import Network
from ._pieces import pieces
from ._rows import Rows
from ._typing import Array, Blocks


class Objective:
    """J = (1/Σw) [Σ wᵢ Lᵢ + alpha/2 (‖W1‖² + ‖W2‖²)], with Σw over all training rows.

    Each member of a committee has a J of its own, over the rows that it does not hold out. Since
    no two share a parameter, all are minimised at once. Their penalty is the same, by the mean Σw
    of their rows.

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
        self.penalty = float(penalty)  # NumPy's float64 would make float32 products float64

    def loss(self, parameters: Array) -> float:
        """The mean of the members' J."""
        network = self.network
        blocks = self.rows.blocks(network.max_rows)
        total = network.cost_of_members(network.layers(parameters), blocks)
        weights = parameters[: network.n_weights]
        squares = float(np.vdot(weights, weights))
        return (total + self.penalty / 2 * squares) / network.n_members

    def loss_and_gradient(
        self, parameters: Array, gradient: Array, blocks: Blocks | None = None
    ) -> float:
        """The mean of the members' J; each one's gradient is written into ``gradient``.

        Of the blocks of a batch: unbiased estimates of both.
        """
        network = self.network
        if blocks is None:
            blocks = self.rows.blocks(network.max_rows)
        total = network.cost_and_gradient(parameters, blocks, gradient)
        weights = slice(network.n_weights)
        for W, dW in pieces(parameters[weights], gradient[weights]):
            dW += self.penalty * W
            total += self.penalty / 2 * float(np.vdot(W, W))
        return total / network.n_members


def prior_loss(network: Network, rows: Rows, judged: Rows) -> float:
    """(1/Σw) Σ wᵢ Lᵢ of the rows judged if all get the classes' (or labels') shares of ``rows``."""
    return network.output.mean_loss(judged.mean_target, rows.mean_target)


def committee_loss(parameters: Array, network: Network, rows: Rows) -> float:
    """(1/Σw) Σ wᵢ Lᵢ of the committee as one network, without the penalty."""
    return network.cost(network.layers(parameters), rows.blocks(network.max_rows))


def held_out_loss(parameters: Array, network: Network, rows: Rows) -> float:
    """(1/Σw) Σ wᵢ Lᵢ of the rows held out, each by the member that did not train on it."""
    blocks = rows.held_out_blocks(network.max_rows_apart)
    return network.cost_apart(network.layers(parameters), blocks)
