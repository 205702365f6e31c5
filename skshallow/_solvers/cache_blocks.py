"""Loops over long vectors in blocks that fit into the cache.

NumPy does the arithmetic, not the BLAS of SciPy: SciPy has a thread pool of its own, and two pools
with more than one thread each compete for the cores.
"""

from .._typing import Array

BLOCK_SIZE = 2**17


def cache_blocks(*vectors: Array) -> list[tuple[Array, ...]]:
    """Return views of the vectors, block by block."""
    length = len(vectors[0])
    if length <= BLOCK_SIZE:
        return [vectors]
    return [tuple(v[i : i + BLOCK_SIZE] for v in vectors) for i in range(0, length, BLOCK_SIZE)]
