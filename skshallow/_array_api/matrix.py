"""The rows of X on a device. They are read there; X is never copied to the host."""

from typing import Any

import numpy as np

from .._typing import Array
from .place import Place, to_host

# Entries of X of which the bits are mixed at once.
KEY_ENTRIES = 2**20


class DeviceMatrix:
    """Rows on a device, read as those of a NumPy array are.

    Indices, and rows to subtract or to multiply by, may be NumPy arrays. Sums over the rows are
    float64 numbers on the host.

    Parameters
    ----------
    array : array of shape (m, n)
    place : Place
        Where it lives.
    """

    def __init__(self, array: Any, place: Place) -> None:
        self.array = array
        self.place = place
        self.shape = tuple(array.shape)

    @property
    def dtype(self) -> Any:
        """The dtype of the same name in NumPy."""
        return np.dtype(np.float64 if self.array.dtype == self.place.xp.float64 else np.float32)

    def astype(self, dtype: Any, copy: bool = True) -> "DeviceMatrix":
        """Convert to that dtype of NumPy."""
        xp = self.place.xp
        return self._like(xp.astype(self.array, getattr(xp, np.dtype(dtype).name), copy=copy))

    def __getitem__(self, index: Any) -> "DeviceMatrix":
        """Take rows at integer positions, in the shape of ``index``."""
        xp, index = self.place.xp, self.place.load(index)
        rows = xp.take(self.array, xp.reshape(index, (-1,)), axis=0)
        return self._like(xp.reshape(rows, (*index.shape, *self.shape[1:])))

    def __isub__(self, row: Array) -> "DeviceMatrix":
        self.array -= self.place.load(row)
        return self

    def __imul__(self, row: Array) -> "DeviceMatrix":
        self.array *= self.place.load(row)
        return self

    def beside(self, row: Array, table: Array, codes: Array, w: Array) -> tuple[Any, ...]:
        """Return the positions, targets and weights of rows in the same place as X.

        So the host sends them once for many mini-batches.
        """
        load = self.place.load
        return load(row), self._like(load(table)), load(codes.astype(np.int64)), load(w)

    def squared_lengths(self) -> Array:
        """Return ‖x‖² of each row."""
        return self._host(self.place.xp.sum(self._float64() ** 2, axis=1))

    def median(self) -> Array:
        """Return the entry in the middle of each sorted column."""
        ordered = self.place.xp.sort(self._float64(), axis=0)
        return self._host(ordered[self.shape[0] // 2, :])

    def mean_and_deviation(self, share: Array) -> tuple[Array, Array]:
        """Return the weighted mean and deviation of each column; the weights have the sum 1."""
        xp, X, share = self.place.xp, self._float64(), self.place.load(share)
        # Subtract one row first: with a large common offset, the mean would lose digits.
        offset = X[0, :]
        centered = X - offset
        mean = share @ centered
        centered -= mean
        # A square could underflow or overflow.
        unit = xp.max(xp.abs(centered), axis=0)
        unit = xp.where(unit > 0, unit, xp.ones_like(unit))
        deviation = unit * xp.sqrt(share @ (centered / unit) ** 2)
        both = self._host(xp.stack([mean + offset, deviation]))
        return both[0], both[1]

    def density(self, share: Array, mode: Array) -> Array:
        """Return the weight of the rows with another value than the mode, for each column."""
        xp, load = self.place.xp, self.place.load
        differs = xp.astype(self._float64() != load(mode), xp.float64)
        return self._host(load(share) @ differs)

    def row_keys(self, rows: Array, factors: Array) -> Array:
        """Return the sum of the mixed bits of each of those rows times the factors, mod 2^64.

        These are the keys of the same rows in NumPy. Signed integers have the same bits.
        """
        xp, factors = self.place.xp, self.place.load(factors.view(np.int64))
        keys = np.empty(len(rows), np.int64)
        step = max(KEY_ENTRIES // self.shape[1], 1)
        for start in range(0, len(rows), step):
            bits = self[rows[start : start + step]]._mixed_bits()
            keys[start : start + step] = self._host(xp.sum(bits * factors, axis=1))
        return keys.view(np.uint64)

    @property
    def content(self) -> Array:
        """A key for each row, which stands for its contents."""
        m, n = self.shape
        factors = np.random.default_rng(2).integers(2**64, size=n, dtype=np.uint64)
        return self.row_keys(np.arange(m), factors)

    def _mixed_bits(self) -> Any:
        """Mix the bits of float64 values as ``_mix_bits`` in ``distinct_rows`` does."""
        values = self._float64() + 0.0  # -0.0 + 0.0 is 0.0
        if hasattr(values, "view"):
            bits = values.view(self.place.xp.int64)
        else:  # array_api_strict: the standard has no view of the bits
            bits = self.place.load(to_host(values).view(np.int64))
        bits = bits ^ ((bits >> 32) & (2**32 - 1))
        bits = bits * (0x9E3779B97F4A7C15 - 2**64)
        return bits ^ ((bits >> 29) & (2**35 - 1))

    def _float64(self) -> Any:
        return self.place.xp.astype(self.array, self.place.xp.float64, copy=False)

    def _host(self, array: Any) -> Array:
        host: Array = to_host(array)
        return host

    def _like(self, array: Any) -> "DeviceMatrix":
        return DeviceMatrix(array, self.place)
