"""Functions that the tests of this folder share."""

import dask.array as da
import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from tests.helpers import parameters_of


def chunked(*arrays, chunks=500):
    """Dask arrays with chunks of so many rows, or with the given numbers of rows."""
    arrays = [da.from_array(array, chunks=(chunks, *array.shape[1:])) for array in arrays]
    return arrays[0] if len(arrays) == 1 else arrays


def from_chunks(chunks, n_columns=None):
    """A Dask array of unknown numbers of rows, made of the given chunks."""
    import dask

    first = chunks[0]
    shape = (np.nan, *first.shape[1:])
    parts = [da.from_delayed(dask.delayed(chunk), shape, meta=first[:0]) for chunk in chunks]
    return da.concatenate(parts, allow_unknown_chunksizes=True)


def assert_same_bits(one, other):
    assert_array_equal(parameters_of(one), parameters_of(other))
    assert_array_equal(one.loss_curve_, other.loss_curve_)


def assert_close(one, other, rtol=1e-8):
    """The same weights but for rounding, relative to the largest."""
    w, v = parameters_of(one), parameters_of(other)
    assert_allclose(w, v, rtol=rtol, atol=rtol * np.abs(v).max())
