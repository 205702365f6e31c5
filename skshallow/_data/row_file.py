"""Rows in a temporary file, for data that do not fit into memory."""

import tempfile
from contextlib import ExitStack
from typing import Any

import numpy as np

from .._typing import Array

WRITE_BYTES = 2**20  # at once


def record_of(n_features: int, dtype: Any, n_labels: int | None) -> Any:
    """Return the dtype of a record: the row, its target and its weight.

    A target is the number of a label or, for multilabel with so many labels, 0 or 1 for each.
    """
    target: Any = ("y", np.int32) if n_labels is None else ("y", np.uint8, (n_labels,))
    return np.dtype([("X", dtype, (n_features,)), target, ("w", np.float64)], align=True)


class RowFile:
    """Records of rows in a temporary file.

    It is in the directory of :func:`tempfile.gettempdir`. Where the system can do so, it has no
    name, so that it disappears with the process, however this ends.

    Parameters
    ----------
    record : dtype
    files : ExitStack
        Closes the file.
    """

    def __init__(self, record: Any, files: ExitStack) -> None:
        self.record = record
        self.n_rows = 0
        self._file = files.enter_context(tempfile.TemporaryFile(buffering=0))  # noqa: SIM115

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and columns."""
        return self.n_rows, self.record["X"].shape[0]

    @property
    def dtype(self) -> Any:
        """The dtype of X."""
        return self.record["X"].base

    @property
    def multilabel(self) -> bool:
        """Whether the targets are label indicators."""
        return self.record["y"].subdtype is not None

    def append(self, records: Array) -> None:
        """Write records to the end of the file."""
        rest = _bytes_of(records)
        self._file.seek(self.n_rows * self.record.itemsize)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            size = self.n_rows * self.record.itemsize / 1e9
            raise OSError(
                error.errno,
                f"The rows do not fit into {tempfile.gettempdir()}, where fit stores them "
                f"({error.strerror}, after {size:.1f} GB): set the environment variable TMPDIR to "
                "a directory with more room.",
            ) from error
        self.n_rows += len(records)

    def append_shuffled(self, records: Array, index: Array, random: np.random.Generator) -> Array:
        """Append the records with that index in random order, which is returned."""
        step = max(WRITE_BYTES // self.record.itemsize, 1)  # without a second array of their size
        order = random.permutation(index)
        for start in range(0, len(order), step):
            self.append(records[order[start : start + step]])
        return order

    def read(self, positions: Array) -> Array:
        """Return the records at those ascending positions; consecutive ones are read at once."""
        records = np.empty(len(positions), self.record)
        starts = np.r_[0, np.flatnonzero(np.diff(positions) != 1) + 1]
        runs = zip(starts, np.r_[starts[1:], len(positions)], positions[starts], strict=True)
        for start, stop, first in runs:
            self._file.seek(int(first) * self.record.itemsize)
            rest = _bytes_of(records[start:stop])
            while rest:
                n_bytes = self._file.readinto(rest)
                if not n_bytes:
                    raise OSError("The temporary file of fit has lost its end.")
                rest = rest[n_bytes:]
        return records


def _bytes_of(records: Array) -> memoryview:
    view: Any = records.view(np.uint8)
    return memoryview(view)
