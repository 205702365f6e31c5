"""Long vectors: walked through piece by piece, and added to in one pass."""

from collections.abc import Iterator

from scipy.linalg.blas import daxpy, saxpy

from ._typing import Array

# So that each piece stays in a core's own cache while several operations go over it.
PIECE = 2**14


def pieces(*vectors: Array) -> Iterator[tuple[Array, ...]]:
    """The same piece of each vector at a time, as views."""
    for start in range(0, len(vectors[0]), PIECE):
        yield tuple(vector[start : start + PIECE] for vector in vectors)


def add_multiple(y: Array, a: float, x: Array) -> None:
    """Y += a x in one pass, for vectors of float32 or float64 that are contiguous."""
    axpy = saxpy if y.itemsize == 4 else daxpy
    axpy(x, y, a=a)
