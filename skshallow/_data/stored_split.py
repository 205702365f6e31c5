"""The validation split of the rows of a file."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from .._settings import Settings
from .labels import LabelEncoding
from .source_weights import SourceWeights
from .stored_rows import HeldOut, StoredRows
from .survey import Sample, survey
from .validation_split import (
    MAX_HELD_OUT,
    SINGLE_ROW_CLASS,
    ValidationSplit,
    held_out_share,
    is_heavy,
    stratified_cuts,
)

# The held-out rows are in memory.
HELD_OUT_BYTES = 2**28


class SplitRows(NamedTuple):
    """Rows of which members hold out some, the split, and a warning."""

    rows: StoredRows
    split: ValidationSplit | None
    warning: str | None


def survey_and_split(
    weighted: SourceWeights,
    labels: LabelEncoding,
    settings: Settings,
    previous: ValidationSplit | None,
    *,
    holds_out: bool,
    random_state: np.random.RandomState,
) -> SplitRows:
    """Read all rows once; hold some out, as :func:`split_validation` does for arrays."""
    source, n_members = weighted.source, settings.n_estimators
    seed = 0
    if holds_out:
        seed = previous.seed if previous else int(random_state.randint(2**63, dtype=np.int64))
    most = min(MAX_HELD_OUT, HELD_OUT_BYTES // (source.file.record.itemsize * n_members))
    totals, sample = survey(
        source,
        weighted.largest,
        1 if labels.multilabel else len(labels.classes),
        standardize=settings.standardize,
        seed=seed,
        sample_size=2 * n_members * most if holds_out else 0,
    )
    rows = StoredRows(source, totals, n_members=n_members)
    if not holds_out:
        return SplitRows(rows, None, None)
    split = previous
    if split is None:
        share = held_out_share(settings, len(rows), most)
        cuts = stratified_cuts(
            sample.u, sample.classes, totals.counts, n_members, share, sample.top
        )
        split = ValidationSplit(seed, cuts)
    warning = SINGLE_ROW_CLASS if (totals.counts == 1).any() else None
    return SplitRows(_held_out(rows, sample, split), split, warning)


def _held_out(rows: StoredRows, sample: Sample, split: ValidationSplit) -> StoredRows:
    """Return the rows with the members that hold some of them out."""
    if split.cuts.max() > sample.top:
        raise ValueError(
            "The fit before this one held out a share of the rows that is too large for a source "
            "of so many rows: pass X_val and y_val, or start with a clone."
        )
    u, classes, weights, positions, x_keys, _, _ = sample
    counts = rows.totals.counts
    member = split.members(u, classes, counts)
    if len(member):
        share = (member >= 0).mean() / rows.n_members
        heavy = is_heavy(weights, classes, len(counts), share)
        member[np.isin(x_keys, x_keys[heavy])] = -1
    held = np.flatnonzero(member >= 0)
    if not len(held):  # if there are a few distinct rows, for example
        return rows
    held = held[np.argsort(positions[held])]
    in_memory = replace(
        rows.source.load(positions[held]), validation_member=member[held], n_members=rows.n_members
    )
    return replace(rows, held_out=HeldOut(in_memory, positions[held], member[held]))
