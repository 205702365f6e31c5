"""Long vectors walked through piece by piece, so that each piece stays in a core's own cache.

By NumPy, not by the BLAS of SciPy, which has a pool of threads of its own: where both pools have
more than one, they take the cores from each other.
"""

from collections.abc import Iterator

from ._typing import Array

PIECE = 2**14


def pieces(*vectors: Array) -> Iterator[tuple[Array, ...]]:
    """The same piece of each vector at a time, as views."""
    for start in range(0, len(vectors[0]), PIECE):
        yield tuple(vector[start : start + PIECE] for vector in vectors)
