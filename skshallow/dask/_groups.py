"""Groups of rows, and the order in which numbers of groups are added.

The groups depend on the data alone. A task handles a bundle of consecutive groups. There are as
many bundles as the cluster has use for, but they are the nodes of one binary tree, along which
gradients are added. So the result is the same to the last bit for any number of bundles.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .._typing import Array

# A group has about so many rows, but there are at least FEW_GROUPS, if there are as many chunks.
# With more than MOST_GROUPS tasks in a round, the scheduler takes too long.
GROUP_ROWS, FEW_GROUPS, MOST_GROUPS = 2**18, 8, 128


def group_chunks(n_rows: Sequence[int]) -> list[list[int]]:
    """Return the positions of the chunks of each group, given their numbers of rows.

    Groups have about equally many rows. Chunks without rows are left out.
    """
    sizes = np.asarray(n_rows)
    chunks = np.flatnonzero(sizes)
    n_groups = min(max(int(sizes.sum()) // GROUP_ROWS, FEW_GROUPS), len(chunks), MOST_GROUPS)
    middle = np.cumsum(sizes[chunks]) - sizes[chunks] / 2
    group = (middle / sizes.sum() * n_groups).astype(int)
    return [chunks[group == i].tolist() for i in np.unique(group)]


def bundles(n_groups: int, n_wanted: int) -> list[slice]:
    """Return the bundles of groups: the nodes of one level of the tree, about as many as wanted."""
    depth = math.ceil(math.log2(max(n_wanted, 1)))
    parts = [slice(0, n_groups)]
    for _ in range(min(depth, math.floor(math.log2(n_groups)))):
        parts = [half for part in parts for half in _halves(part)]
    return parts


def _halves(part: slice) -> tuple[slice, slice]:
    middle = (part.start + part.stop) // 2
    return slice(part.start, middle), slice(middle, part.stop)


def tree_sum(parts: list[Array]) -> Array:
    """Add arrays in the order of the tree; this overwrites the first of them."""
    if len(parts) == 1:
        return parts[0]
    left, right = (parts[half] for half in _halves(slice(0, len(parts))))
    total = tree_sum(left)
    total += tree_sum(right)
    return total


def flat(lists: Iterable[list[Any]]) -> list[Any]:
    """Return the items of all lists."""
    return [item for one in lists for item in one]
