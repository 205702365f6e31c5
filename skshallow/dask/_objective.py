"""Rows and network on a cluster, as the solvers and the monitor use them.

The sums over rows are computed on the workers, group by group, and added in the order of the
groups.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from .._data.scaling import Scaling
from .._network.network import Network
from .._typing import Array
from . import _step_tasks as tasks
from ._groups import flat, tree_sum
from ._holders import Holders


class Epoch(NamedTuple):
    """Some of the rows of a pass."""

    n_passes: int
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


class Batch(NamedTuple):
    """The rows of a step, or all rows, for which the tasks sum."""

    rows: "ClusterRows"
    step: tasks.Step | None
    unit: Array  # Σw of the rows, as each member has it


@dataclass(frozen=True, eq=False)
class ClusterRows:
    """Groups of rows on the workers, with the sums over all of them."""

    holders: Holders
    totals: tasks.Totals
    unit: float  # about the size of a weight
    X: Any  # no rows, but the columns and dtype of X
    seed: int
    scaling: Scaling | None = None

    def __len__(self) -> int:
        return self.totals.n_rows

    @property
    def total_weight(self) -> float:
        """Σw."""
        return self.totals.weight

    @property
    def training_weights(self) -> Array:
        """Σw of the rows that each member trains on; one number if all train on the same rows."""
        return self.totals.training_weights

    @property
    def effective_number(self) -> float:
        """(Σw)² / Σw²."""
        return (self.totals.weight / self.unit) ** 2 / self.totals.square

    @property
    def mean_target(self) -> Array:
        """Weighted mean of the targets."""
        return self.totals.by_target / self.totals.weight

    @property
    def mean_squared_length(self) -> float:
        """Weighted mean of ‖x‖² of the rows as read."""
        if self.scaling is not None:
            return self.scaling.squared_length
        return self.totals.squared_length / self.totals.weight

    @property
    def has_held_out_rows(self) -> bool:
        """Whether the members hold rows out."""
        return self.totals.held_out_weight > 0

    @property
    def held_out_weight(self) -> float:
        """Σw of the rows that a member holds out."""
        return self.totals.held_out_weight

    @property
    def weight_range(self) -> tuple[float, float]:
        """The mean weight, twice: messages do not speak of unequal weights."""
        mean = self.totals.weight / len(self)
        return mean, mean

    @property
    def content(self) -> list[Array]:
        """What stands for the rows in a checksum: a refit on a cluster always trains."""
        return [np.array([np.nan])]

    def in_light_parts(self, batch_size: int) -> "ClusterRows":
        """Return the rows: global batches are so large that heavy rows are not divided."""
        return self

    def epochs(self, max_rows: int, random_state: np.random.RandomState) -> Iterator[Epoch]:
        """Yield one epoch after another, without end."""
        n_epochs = math.ceil(len(self) / max_rows)
        ends = (np.arange(n_epochs + 1) * len(self) // n_epochs).tolist()
        n_passes = 0
        while True:
            for start, stop in pairwise(ends):
                yield Epoch(n_passes, start, stop)
            n_passes += 1

    def batches(
        self, epoch: Epoch, n_batches: int, random_state: np.random.RandomState, max_rows: int
    ) -> Iterator[tuple[int, Batch]]:
        """Yield the batches of an epoch, which draw from all groups, and their sizes."""
        ends = (epoch.start + np.arange(n_batches + 1) * len(epoch) // n_batches).tolist()
        for start, stop in pairwise(ends):
            step = tasks.Step(self.seed, epoch.n_passes, start, stop, len(self))
            unit = self.training_weights * ((stop - start) / len(self))
            yield stop - start, Batch(self, step, unit)

    def blocks(self, max_rows: int) -> Batch:
        """Return all rows."""
        return Batch(self, None, self.training_weights)

    validation_blocks = blocks


class ClusterNetwork(Network):
    """The network, whose sums over rows the workers compute."""

    def __init__(self, *shape: int, **options: Any) -> None:
        super().__init__(*shape, **options)
        self.spec = shape, tuple(sorted(options.items()))

    def cost_and_gradient(self, parameters: Array, blocks: Any, gradient: Array) -> float:
        """Return Σ wᵢ Lᵢ over a step's or all rows; write its gradient into ``gradient``."""
        same = {"w": parameters, "spec": self.spec, "step": blocks.step, "unit": blocks.unit}
        parts = blocks.rows.holders.run(tasks.gradient, **same)
        costs, gradients = zip(*parts, strict=True)
        gradient[:] = tree_sum(list(gradients))
        return float(sum(flat(costs)))

    def member_cost(self, layers: Any, blocks: Any) -> float:
        """Σ wᵢ Lᵢ over all rows and members."""
        return self._sum_of_costs(layers, blocks, of_members=True)

    def cost(self, layers: Any, blocks: Any) -> float:
        """Σ wᵢ Lᵢ over all rows, with L the loss of the ensemble."""
        return self._sum_of_costs(layers, blocks, of_members=False)

    def _sum_of_costs(self, layers: Any, batch: Batch, *, of_members: bool) -> float:
        same = {"w": self._vector(layers), "spec": self.spec, "unit": batch.unit}
        costs = batch.rows.holders.run_each(tasks.cost, of_members=of_members, **same)
        return float(sum(costs))

    def cost_per_member(self, layers: Any, blocks: Any) -> float:
        """Σ wᵢ Lᵢ over the rows that the members hold out."""
        unit = blocks.rows.totals.held_out_weight
        same = {"w": self._vector(layers), "spec": self.spec, "unit": unit}
        return float(sum(blocks.rows.holders.run_each(tasks.validation_cost, **same)))

    def _vector(self, layers: Any) -> Array:
        W1, b1, W2, b2 = layers
        return np.concatenate([part.ravel() for part in (W1, W2, b1, b2)])
