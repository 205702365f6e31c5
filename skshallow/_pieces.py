"""Long vectors walked through piece by piece, so that each piece stays in the cache.

By NumPy, not by the BLAS of SciPy, which has a pool of threads of its own: where both pools have
more than one, they take the cores from each other.
"""

from ._typing import Array

PIECE = 2**17


def pieces(*vectors: Array) -> list[tuple[Array, ...]]:
    """The same piece of each vector at a time, as views."""
    length = len(vectors[0])
    if length <= PIECE:
        return [vectors]
    return [tuple(v[i : i + PIECE] for v in vectors) for i in range(0, length, PIECE)]
