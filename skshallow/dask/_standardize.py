"""From weighted rows to the rows as the network reads them: moments, scaling, sums over all."""

from functools import reduce
from operator import add
from typing import Any

import numpy as np

from .._data.moments import Moments
from .._data.scaling import Scaling
from .._data.weighted_rows import check_total_weight
from . import _row_tasks, _step_tasks
from ._holders import Holders
from ._load import Loaded
from ._objective import ClusterRows


def moments_of(cluster: Any, groups: list[Any]) -> Moments:
    """Return the moments of the columns over all groups."""
    modes = cluster.run(_row_tasks.modes, groups)
    candidates = np.array([mode for mode in modes if mode is not None])
    # A value of more than half of the rows is the mode of most groups, nearly always.
    mode = np.sort(candidates, axis=0)[len(candidates) // 2]
    parts = cluster.run(_row_tasks.moments, groups, mode=mode)
    moments: Moments = reduce(Moments.merge, [part for part in parts if part is not None])
    return moments


def read_rows(
    cluster: Any, loaded: Loaded, moments: Moments | None, *, dtype: Any, seed: int, which: str
) -> ClusterRows:
    """Return the weighted rows as the network reads them; ``which`` weights, for messages."""
    numbers = range(len(loaded.groups))
    cluster.advance(loaded.groups, _step_tasks.standardize, numbers, dtype=dtype, moments=moments)
    holders = Holders(cluster, loaded.groups)
    unit = loaded.total_weight / loaded.n_weighted
    same = {"unit": unit, "standardized": moments is not None}
    totals = reduce(add, holders.run_each(_step_tasks.totals, **same))
    check_total_weight(totals.weight, which)
    scaling = None if moments is None else Scaling(moments, loaded.X.dtype)
    return ClusterRows(holders, totals, unit, loaded.X, seed, scaling)
