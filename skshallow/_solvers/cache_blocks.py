"""Loops over large arrays in blocks that fit into the cache.

NumPy does the arithmetic, not the BLAS of SciPy: SciPy has a thread pool of its own, and two pools
with more than one thread each compete for the cores.
"""

from .._typing import Array

BLOCK_SIZE = 2**17


def cache_blocks(*arrays: Array) -> list[tuple[Array, ...]]:
    """Return views of the arrays, which have the same shape, block by block."""
    first = arrays[0]
    if first.size <= BLOCK_SIZE:
        return [arrays]
    step = max(BLOCK_SIZE // first[0].size, 1)
    return [tuple(part[i : i + step] for part in arrays) for i in range(0, len(first), step)]
