"""What one pass over a file of rows tells: sums of the weights, moments, a sample."""

from typing import NamedTuple

import numpy as np

from .._typing import Array
from .distinct_rows import row_keys, target_keys
from .moments import Moments, weighted_moments
from .rows import BLOCK_ROWS, CHUNK_BYTES, Rows
from .validation_split import uniform
from .weighted_file import WeightedFile


class Totals(NamedTuple):
    """Sums over all rows of a positive weight."""

    total_weight: float
    unit: float
    square: float  # Σ (w / unit)², which does not overflow
    smallest_weight: float
    largest_weight: float
    target: Array  # Σ w y
    counts: Array  # of the rows of each class; of all rows for multilabel
    fingerprint: Array  # stands for the contents of the rows
    moments: Moments | None  # of the columns, if they were wanted


class Sample(NamedTuple):
    """The rows with the smallest random numbers u, as those of a ValidationSplit."""

    u: Array
    classes: Array  # 0 for multilabel
    weights: Array
    positions: Array
    x_keys: Array
    keys: Array  # of x and the target
    top: float  # the sample has all rows with u < top

    def with_rows(self, more: "Sample", size: int) -> "Sample":
        """Return the sample with more rows, at most 2 size in all."""
        pairs = zip(self[:-1], more.below(self.top)[:-1], strict=True)
        new = Sample._make([*map(np.concatenate, pairs), self.top])
        return new if len(new.u) <= 2 * size else new.below(float(np.partition(new.u, size)[size]))

    def below(self, top: float) -> "Sample":
        """Return the rows with u < top."""
        kept = self.u < top
        return Sample._make([*(part[kept] for part in self[:-1]), top])

    def mostly_repeats(self) -> bool:
        """Whether the x of most rows occurs with several labels."""
        _, first = np.unique(self.keys, return_index=True)
        x, n_labels = np.unique(self.x_keys[first], return_counts=True)
        return len(self.u) > 0 and float(np.isin(self.x_keys, x[n_labels > 1]).mean()) > 0.5


NO_SAMPLE = Sample(
    *(np.empty(0), np.empty(0, np.intp), np.empty(0), np.empty(0, np.intp)),
    *(np.empty(0, np.uint64), np.empty(0, np.uint64), 1.0),
)


def survey(
    source: WeightedFile,
    largest_weight: float,
    n_classes: int,
    *,
    standardize: bool,
    seed: int,
    sample_size: int,
) -> tuple[Totals, Sample]:
    """Read all rows once: their totals, and a random sample.

    ``largest_weight`` is that of the file or more, ``seed`` that of the random numbers u. Rows of
    one x share these, unless most rows repeat an x with another label: then a few of them would be
    held out with all their rows, or none at all.
    """
    mode = source.sample().modes() if standardize else None
    totals, by_x, by_position = None, NO_SAMPLE, NO_SAMPLE
    for positions in source.chunks(CHUNK_BYTES):
        rows = source.load(positions)
        rows = rows.reweighted(rows.weights)
        if not len(rows):
            continue
        x_keys = row_keys(rows.X, rows.index)
        keys = x_keys + target_keys(rows)
        classes = np.zeros(len(rows), np.intp) if source.file.multilabel else rows.codes
        part = _totals(rows, keys, np.bincount(classes, minlength=n_classes), largest_weight, mode)
        totals = part if totals is None else _merged(totals, part)
        positions = positions[rows.index]
        rest = classes, rows.weights, positions, x_keys, keys, 1.0
        by_x = by_x.with_rows(Sample(uniform(x_keys, seed), *rest), sample_size)
        u = uniform(positions.astype(np.uint64), seed)
        by_position = by_position.with_rows(Sample(u, *rest), sample_size)
    assert totals is not None, "no row has a positive weight"
    return totals, by_position if by_position.mostly_repeats() else by_x


def _totals(rows: Rows, keys: Array, counts: Array, unit: float, mode: Array | None) -> Totals:
    w, relative = rows.weights, rows.weights / unit
    fingerprint = np.array([keys.sum(), (keys * w.view(np.uint64)).sum()])
    return Totals(
        *(rows.total_weight, unit, float(relative @ relative), float(w.min()), float(w.max())),
        *(rows.mean_target * rows.total_weight, counts, fingerprint),
        None if mode is None else weighted_moments(rows.raw_blocks(BLOCK_ROWS), mode),
    )


def _merged(one: Totals, other: Totals) -> Totals:
    return Totals(
        one.total_weight + other.total_weight,
        one.unit,
        one.square + other.square,
        min(one.smallest_weight, other.smallest_weight),
        max(one.largest_weight, other.largest_weight),
        one.target + other.target,
        one.counts + other.counts,
        one.fingerprint + other.fingerprint,
        one.moments and other.moments and one.moments.merge(other.moments),
    )
