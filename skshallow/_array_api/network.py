"""The network for rows on a device."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from .._network.network import Network
from .._typing import Blocks
from .formulas import Formulas
from .matrix import DeviceMatrix
from .place import Place, to_host

# Blocks are larger than those of NumPy: a device has many cores and needs much work at a time.
BLOCK_BYTES = 2**28


def rows_per_block(n_features: int, n_units: int, n_outputs: int) -> int:
    """Return the number of rows of a block."""
    return max(BLOCK_BYTES // (8 * (n_features + 4 * n_units + 6 * n_outputs)), 256)


def network_for(X: Any, *shape: int, **settings: Any) -> Network:
    """Return the network for the rows of X."""
    if isinstance(X, DeviceMatrix):
        return DeviceNetwork(*shape, place=X.place, **settings)
    return Network(*shape, **settings)


class DeviceNetwork(Network):
    """The network with its cost and gradient computed in another namespace.

    Vectors of parameters may be on the device or, as those of SciPy's L-BFGS, on the host.

    Parameters
    ----------
    *shape, **settings
        As for :class:`Network`.
    place : Place
        Where the rows are.
    """

    def __init__(self, *shape: int, place: Place, **settings: Any) -> None:
        super().__init__(*shape, **settings)
        self.place = place
        activation, negative_slope = settings["activation"]
        self.formulas = Formulas(place.xp, activation, negative_slope, settings["out_activation"])
        (n_features, n_units), (n_members, _, n_outputs), *_ = self.shapes
        self.max_rows = rows_per_block(n_features, n_units, n_members * n_outputs)
        self.max_rows_per_member = max(self.max_rows // n_members, 128)

    def layers(self, parameters: Any) -> Any:
        """Return W1, b1, W2 and b2 of a vector."""
        if isinstance(parameters, np.ndarray):
            return super().layers(parameters)
        W1, W2, b1, b2 = (
            self.place.xp.reshape(parameters[part], shape)
            for part, shape in zip(self._slices, self.shapes, strict=True)
        )
        return W1, b1, W2, b2

    def cost(self, layers: Any, blocks: Blocks) -> float:
        """Σ wᵢ Lᵢ over all blocks, with L the loss of the ensemble."""
        layers, mean = self._loaded(layers), self.place.xp.mean
        outputs = ((self.formulas.forward(layers, X.array)[1], Y, w) for X, Y, w in blocks)
        return self._cost((mean(Z2, axis=0), Y, w) for Z2, Y, w in outputs)

    def member_cost(self, layers: Any, blocks: Blocks) -> float:
        """Σ wᵢ Lᵢ over all blocks and members, with L the loss of each member."""
        layers = self._loaded(layers)
        return self._cost((self.formulas.forward(layers, X.array)[1], Y, w) for X, Y, w in blocks)

    def cost_per_member(self, layers: Any, blocks: Blocks) -> float:
        """Σ wᵢ Lᵢ over all blocks and members, if each member has its own rows."""
        layers = self._loaded(layers)
        return self._cost((self._forward_per_member(layers, Xs), Y, w) for Xs, Y, w in blocks)

    def _forward_per_member(self, layers: Any, Xs: list[Any]) -> Any:
        W1, b1, W2, b2 = layers
        h = W2.shape[1]
        outputs = []
        for j, X in enumerate(Xs):
            own = slice(j * h, (j + 1) * h)
            A1 = self.formulas.hidden(W1[:, own], b1[own], X.array)
            outputs.append(A1 @ W2[j, :, :] + b2[j, :, :])
        return self.place.xp.stack(outputs)

    def _cost(self, outputs: Iterable[tuple[Any, Any, Any]]) -> float:
        xp, cost = self.place.xp, 0.0
        for Z2, Y, w in outputs:
            cost += xp.sum(w * self.formulas.cross_entropy(Z2, Y.array)[0])
        return float(cost)  # the host waits for the device only here

    def cost_and_gradient(
        self,
        parameters: Any,
        blocks: Blocks,
        gradient: Any,
        penalty: float = 0.0,
        spares_idle_units: bool = False,
    ) -> Any:
        """Return Σ wᵢ Lᵢ over all blocks and members; write its gradient into ``gradient``.

        The gradient includes that of the penalty, as that of :class:`DeviceObjective` does. On the
        device the cost is an array without dimensions, for which the host does not wait.
        """
        xp, layers = self.place.xp, self._loaded(self.layers(parameters))
        cost: Any = 0.0
        total: list[Any] = []
        for X, Y, w in blocks:
            targets: Any = Y
            part, by_layer = self.formulas.cost_and_gradient(layers, X.array, targets.array, w)
            cost += part
            total = [a + b for a, b in zip(total, by_layer, strict=True)] if total else by_layer
        if penalty:
            dW1, dW2, db1, _ = total
            active = db1 != 0 if spares_idle_units else xp.ones_like(db1)
            by_unit = penalty * xp.astype(active, db1.dtype)
            dW1 += by_unit * layers[0]
            dW2 += xp.reshape(by_unit, (self.n_members, -1, 1)) * layers[2]
        vector = xp.concat([xp.reshape(layer, (-1,)) for layer in total])
        if isinstance(gradient, np.ndarray):
            gradient[...] = to_host(vector)
            return float(cost)
        gradient[...] = vector
        return cost

    def _loaded(self, layers: Any) -> list[Any]:
        """Return the layers on the device."""
        return [self.place.load(layer) for layer in layers]
