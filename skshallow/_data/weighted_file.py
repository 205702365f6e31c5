"""A file of rows with the targets of the labels and the final weights."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .._typing import Array
from .class_weight import row_factors
from .labels import Targets
from .row_file import RowFile
from .rows import BLOCK_ROWS, Rows
from .scaling import Scaling

SAMPLE_ROWS = 1000


@dataclass(frozen=True, eq=False)
class WeightedFile:
    """Rows of a file, of which any can be loaded as :class:`Rows`."""

    file: RowFile
    targets: Targets  # of each label; not used for multilabel, where the file has the targets
    weight_unit: float = 1.0  # what each stored weight is multiplied by
    class_factors: Array | None = None
    n_rows: int = 0  # the file may have more
    # A row with a larger weight is there in parts of about this weight, max_parts at most.
    largest_weight: float = math.inf
    max_parts: int = 1

    def load(self, positions: Array, scaling: Scaling | None = None, dtype: Any = None) -> Rows:
        """Return the rows at ascending positions, in memory, standardised and in that dtype."""
        records = self.file.read(positions)
        X = np.empty(records["X"].shape, dtype or self.file.dtype)
        for start in range(0, len(X), BLOCK_ROWS):
            part = slice(start, start + BLOCK_ROWS)
            block = records["X"][part]
            X[part] = block if scaling is None else scaling(block)
        weights = self.weights_of(records)
        weights /= self.parts_of(weights)
        return Rows(X, self._targets_of(records), np.arange(len(X)), weights)

    def weights_of(self, records: Array) -> Array:
        """Return the weights of whole rows."""
        weights = records["w"] * self.weight_unit
        if self.class_factors is not None:
            weights *= row_factors(self._targets_of(records), self.class_factors)
        return weights

    def _targets_of(self, records: Array) -> Targets:
        if self.file.multilabel:
            return Targets(records["y"], np.arange(len(records)))
        return Targets(self.targets.table, self.targets.codes[records["y"]])

    def chunks(self, max_bytes: int) -> Iterator[Array]:
        """Yield the positions of all rows, chunk by chunk."""
        step = max(max_bytes // self.file.record.itemsize, 1)
        for start in range(0, self.n_rows, step):
            yield np.arange(start, min(start + step, self.n_rows))

    def sample(self) -> Rows:
        """Return some random rows with a positive weight."""
        random = np.random.default_rng(0)
        rows = self.load(np.unique(random.integers(self.n_rows, size=SAMPLE_ROWS)))
        positive = rows.reweighted(rows.weights)
        return positive if len(positive) else replace(rows, weights=np.ones(len(rows)))

    def parts_of(self, weights: Array) -> Array:
        """Return in how many parts rows of these weights are there."""
        return np.clip(np.ceil(weights / self.largest_weight), 1, self.max_parts).astype(np.intp)
