"""Sums over the rows of groups, in each step.

They are pure functions: equal arguments give equal bits.
"""

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from .._data.moments import Moments
from .._data.rows import OrderedRows, Rows
from .._network.network import Network
from .._typing import Array, Block
from ._groups import tree_sum

_networks = threading.local()


class Step(NamedTuple):
    """Rows of all groups: those between two positions of a pass in random order."""

    seed: int
    n_passes: int  # before this one
    start: int
    stop: int
    n_rows: int  # of all groups


@dataclass(eq=False)
class Group:
    """The rows of a group, and their random order in the pass that is read."""

    number: int
    rows: Rows
    order: tuple[int, Array] = (-1, np.empty(0))  # of the pass with this number

    @cached_property
    def stored(self) -> OrderedRows:
        """All rows in the order in which they are stored, ready to be read."""
        return self.rows.in_order(np.arange(len(self.rows)), slice(None), np.array([1]))

    def positions(self, step: Step) -> Array:
        """Return its share of the rows of a step, ascending."""
        n_rows, (n_passes, order) = len(self.rows), self.order
        if n_passes != step.n_passes:
            random = np.random.default_rng([step.seed, step.n_passes, self.number])
            order = random.permutation(n_rows).astype(np.min_scalar_type(n_rows))
            self.order = step.n_passes, order
        start, stop = (n_rows * end // step.n_rows for end in (step.start, step.stop))
        return np.sort(order[start:stop])

    def blocks(self, step: Step | None, unit: Array, max_rows: int) -> Iterator[Block]:
        """Yield its rows of a step, or all of them, with weights divided by ``unit``."""
        rows = self.stored
        if step is not None:
            positions = self.positions(step)
            row, codes, w = rows.row[positions], rows.codes[positions], rows.w[:, positions]
            rows = rows._replace(row=row, codes=codes, w=w)
        # The stored weights are relative to their mean.
        factor = self.rows.training_weights / (len(self.rows) * unit)
        rows = rows._replace(w=rows.w * factor[:, np.newaxis].astype(rows.w.dtype))
        n_rows = len(rows.row)  # none, if the group is small
        n_blocks = max(math.ceil(n_rows / max_rows), 1)  # of about the same size
        return rows.blocks(slice(0, n_rows), max(math.ceil(n_rows / n_blocks), 1))


def standardize(rows: Rows, number: int, dtype: Any, moments: Moments | None) -> Group:
    """Return the group of that number, as the network reads it."""
    rows = rows.read_as(dtype, moments)
    dense = isinstance(rows.X, np.ndarray)
    return Group(number, rows.in_memory() if dense else rows)


def for_each(node: list[Group], function: Callable[..., Any], **same: Any) -> list[Any]:
    """Return what the function returns for each group of a node."""
    return [function(group, **same) for group in node]


class Totals(NamedTuple):
    """Sums over rows."""

    n_rows: int
    weight: float
    square: float  # Σ (w / unit)², which does not overflow
    by_target: Array  # Σw of each target in the table, times the target (k,)
    training_weights: Array  # (e,) or (1,)
    held_out_weight: float
    squared_length: float  # Σ w‖x‖² of rows that are not standardised

    def __add__(self, other: "Totals") -> "Totals":  # type: ignore[override]
        pairs: Any = zip(self, other, strict=True)
        return Totals(*(a + b for a, b in pairs))


def totals(group: Group, unit: float, *, standardized: bool) -> Totals:
    """Return the sums over the rows; ``unit`` is about the size of a weight."""
    rows = group.rows
    relative = rows.weights / unit
    by_target = rows.mean_target * rows.total_weight if len(rows) else 0 * rows.targets.table[0]
    return Totals(
        len(rows),
        rows.total_weight,
        float(relative @ relative),
        by_target,
        rows.training_weights,
        rows.held_out_weight if rows.has_held_out_rows else 0.0,
        0.0 if standardized else rows.total_squared_length,
    )


def gradient(
    node: list[Group], w: Array, spec: Any, step: Step | None, unit: Array
) -> tuple[list[float], Array]:
    """Return the costs of a step's rows of each group, or of all its rows, and the gradient.

    ``unit`` (e,) is Σw of all rows of the step, as each member's weights have it.
    """
    network = _network(spec)
    costs, gradients = [], []
    for group in node:
        cost, dw = 0.0, np.zeros_like(w)
        if len(group.rows):
            with np.errstate(over="ignore", under="ignore", invalid="ignore"):
                blocks = group.blocks(step, unit, network.max_rows)
                cost = network.cost_and_gradient(w, blocks, dw)
        costs.append(cost)
        gradients.append(dw)
    return costs, tree_sum(gradients)


def cost(group: Group, w: Array, spec: Any, unit: Array, *, of_members: bool) -> float:
    """Return the cost of all rows, of each member or of the ensemble."""
    network = _network(spec)
    if not len(group.rows):
        return 0.0
    function = network.member_cost if of_members else network.cost
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return float(function(network.layers(w), group.blocks(None, unit, network.max_rows)))


def validation_cost(group: Group, w: Array, spec: Any, unit: float) -> float:
    """Return the cost of the rows that the members hold out."""
    network, rows = _network(spec), group.rows
    if not rows.has_held_out_rows:
        return 0.0
    factor = rows.held_out_weight / unit
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        blocks = rows.validation_blocks(network.max_rows_per_member)
        return network.cost_per_member(network.layers(w), blocks) * factor


def _network(spec: Any) -> Network:
    """Return this thread's network of that kind, which has work arrays."""
    if getattr(_networks, "spec", None) != spec:
        _networks.spec, _networks.network = spec, Network(*spec[0], **dict(spec[1]))
    return _networks.network
