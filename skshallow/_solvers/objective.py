"""The objective that the solvers minimise, and the validation loss."""

from typing import Any, NamedTuple

import numpy as np

from .._data.rows import Rows
from .._data.stored_rows import AnyRows
from .._network.network import Network
from .._typing import Array, Blocks
from .cache_blocks import cache_blocks


class Objective(NamedTuple):
    """J = (1/Σw) [Σ wᵢ Lᵢ + alpha/2 (‖W1‖² + ‖W2‖²)], with Σw over all training rows.

    Each member of an ensemble has its own J, over the rows that it does not hold out. Members
    share no parameter, so all J are minimised at once. The penalty alpha / Σw is the same for all
    members, with the mean of their Σw. Biases are not penalised.

    With ``spares_idle_units``, the gradient of a mini-batch is without the penalty of units that
    have no other gradient, because they are 0 on all its rows. Adam would turn the penalty alone
    into full steps, and the units would soon be 0 on all rows. So units that are often 0 have a
    weaker penalty than that of J.
    """

    network: Network
    rows: AnyRows
    penalty: float  # alpha / Σw; not a NumPy float64, which would make float32 products float64
    validation_rows: Rows | None = None  # those that the user passed
    spares_idle_units: bool = False

    @property
    def has_validation_rows(self) -> bool:
        """Whether there is a validation loss."""
        return self.validation_rows is not None or self.rows.has_held_out_rows

    @property
    def validation_weight(self) -> float:
        """Σw of the validation rows."""
        if self.validation_rows is not None:
            return self.validation_rows.total_weight
        return self.rows.held_out_weight

    def loss(self, parameters: Array) -> float:
        """Return the mean of the members' J."""
        network = self.network
        blocks = self.rows.blocks(network.max_rows)
        total = network.member_cost(network.layers(parameters), blocks)
        return total / network.n_members + self.penalty_term(parameters)

    def penalty_term(self, parameters: Array) -> float:
        """Return the part of the loss that is the penalty."""
        weights = parameters[: self.network.n_weights]
        return self.penalty / 2 * float(np.vdot(weights, weights)) / self.network.n_members

    def loss_and_gradient(
        self, parameters: Array, gradient: Array, blocks: Blocks | None = None
    ) -> float:
        """Return the mean of the members' J; write the gradient of each into ``gradient``.

        With the blocks of a mini-batch, both are unbiased estimates, but for idle units.
        """
        network = self.network
        if blocks is None:
            blocks = self.rows.blocks(network.max_rows)
        total = network.cost_and_gradient(parameters, blocks, gradient)
        W1, _, W2, _ = network.layers(parameters)
        dW1, db1, dW2, _ = network.layers(gradient)
        penalty: Any = self.penalty, self.penalty
        if self.spares_idle_units:
            by_unit = (db1 != 0) * db1.dtype.type(self.penalty)
            penalty = by_unit, by_unit.reshape(len(W2), -1, 1)
        for W, dW in cache_blocks(W1, dW1):
            dW += penalty[0] * W
        dW2 += penalty[1] * W2
        return total / network.n_members + self.penalty_term(parameters)

    def validation_loss(self, parameters: Array) -> float:
        """Return (1/Σw) Σ wᵢ Lᵢ of the validation rows, without the penalty.

        Rows that the user passed are predicted by the ensemble; rows that a member holds out, by
        that member.
        """
        network = self.network
        layers = network.layers(parameters)
        if self.validation_rows is not None:
            return network.cost(layers, self.validation_rows.blocks(network.max_rows))
        blocks = self.rows.validation_blocks(network.max_rows_per_member)
        return network.cost_per_member(layers, blocks)

    def validation_logits(self, parameters: Array) -> tuple[Array, Array, Array]:
        """Return Z2 (e, r, k), Y and w of the validation rows, as the validation loss takes them.

        Rows that the user passed have e = 1.
        """
        network, parts = self.network, []
        layers = network.layers(parameters)
        if self.validation_rows is not None:
            for X, Y, w in self.validation_rows.blocks(network.max_rows):
                Z2 = network.forward(layers, X).Z2.mean(axis=0, keepdims=True)
                parts.append((Z2, Y[np.newaxis], w))
        else:
            for Xs, Y, w in self.rows.validation_blocks(network.max_rows_per_member):
                parts.append((network.forward_per_member(layers, Xs).copy(), Y, w))
        Z2, Y, w = (np.concatenate(arrays, axis=1) for arrays in zip(*parts, strict=True))
        return Z2, Y, w

    def prior_loss(self, *, validation: bool) -> float:
        """Return the loss if all rows get the mean target of the training rows."""
        rows = self.validation_rows if validation and self.validation_rows else self.rows
        return self.network.output.mean_loss(rows.mean_target, self.rows.mean_target)


class DeviceObjective(Objective):
    """The objective with a :class:`~skshallow._array_api.network.DeviceNetwork`.

    Parameters may also be on the host, as those of SciPy's L-BFGS.
    """

    def penalty_term(self, parameters: Any) -> float:
        """Return the part of the loss that is the penalty."""
        if isinstance(parameters, np.ndarray):
            return super().penalty_term(parameters)
        return float(self._penalty_on_device(parameters))

    def _penalty_on_device(self, parameters: Any) -> Any:
        weights = parameters[: self.network.n_weights]
        return self.penalty / 2 / self.network.n_members * (weights @ weights)

    def loss_and_gradient(
        self, parameters: Any, gradient: Any, blocks: Blocks | None = None
    ) -> Any:
        """Return the mean of the members' J; write the gradient of each into ``gradient``.

        On the device J is an array without dimensions, for which the host does not wait.
        """
        if isinstance(parameters, np.ndarray):
            return super().loss_and_gradient(parameters, gradient, blocks)
        network: Any = self.network
        if blocks is None:
            blocks = self.rows.blocks(network.max_rows)
        penalty = self.penalty, self.spares_idle_units
        total = network.cost_and_gradient(parameters, blocks, gradient, *penalty)
        return total / network.n_members + self._penalty_on_device(parameters)
