"""Groups of rows, and the order in which numbers of groups are added.

The groups depend on the data alone. Their gradients are added along a binary tree. A worker adds
those below the nodes that it has, and the client adds the rest. So the result is the same to the
last bit for any number of workers.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from .._typing import Array

# A group has about GROUP_ROWS rows, but there are at least FEW_GROUPS, if there are as many chunks
# and each group has FEW_ROWS, of which some can be held out. With more than MOST_GROUPS tasks in a
# round, the scheduler takes too long.
GROUP_ROWS, FEW_GROUPS, FEW_ROWS, MOST_GROUPS = 2**18, 8, 500, 128


def group_chunks(n_rows: Sequence[int]) -> list[list[int]]:
    """Return the positions of the chunks of each group, given their numbers of rows.

    Groups have about equally many rows. Chunks without rows are left out.
    """
    sizes = np.asarray(n_rows)
    chunks = np.flatnonzero(sizes)
    n = int(sizes.sum())
    n_groups = max(n // GROUP_ROWS, min(FEW_GROUPS, n // FEW_ROWS), 1)
    n_groups = min(n_groups, len(chunks), MOST_GROUPS)
    middle = np.cumsum(sizes[chunks]) - sizes[chunks] / 2
    group = (middle / n * n_groups).astype(int)
    return [chunks[group == i].tolist() for i in np.unique(group)]


def tree_nodes(n_groups: int, n_threads: int) -> list[slice]:
    """Return the groups of each node of one level of the tree: nodes enough for all threads."""
    depth = math.ceil(math.log2(max(n_threads, 1)))
    if 2**depth % n_threads:
        depth += 1  # for more equal shares
    nodes = [slice(0, n_groups)]
    for _ in range(min(depth, math.floor(math.log2(n_groups)))):
        nodes = [half for node in nodes for half in _halves(node)]
    return nodes


def shares(n_items: int, n_shares: int) -> list[slice]:
    """Return consecutive shares of about the same size, none of them empty."""
    n_shares = min(n_items, n_shares)
    ends = [n_items * i // n_shares for i in range(n_shares + 1)]
    return [slice(start, stop) for start, stop in pairwise(ends)]


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
