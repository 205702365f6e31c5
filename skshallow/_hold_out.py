"""Rows held out of training, to judge it by."""

import math
import warnings
from dataclasses import replace

import numpy as np

from ._rows import Rows

# Fewer different rows than this, that stand for so many times as many, are not held out.
FEW_ROWS = 100
OFTEN_REPEATED = 5


def hold_out(
    rows: Rows,
    n_members: int,
    validation_fraction: float,
    random_state: np.random.RandomState,
    *,
    stratify: bool,
) -> Rows:
    """The rows, a share of them held out by each member of a committee; X is not copied.

    No row is held out by two members. Each class gives of its rows evenly, and none its only one:
    who has not seen a class cannot be judged by it. Where a few different rows stand for many,
    each is indispensable, and none is held out.
    """
    if len(rows) < FEW_ROWS and rows.total_weight >= OFTEN_REPEATED * len(rows):
        return rows
    to_share = np.arange(len(rows))
    if stratify:
        _, classes, counts = np.unique(rows.codes, return_inverse=True, return_counts=True)
        lone = counts[classes] == 1
        if (rows.weights[lone] <= 1).any():
            warnings.warn(
                "The validation split for early_stopping cannot hold every class, as one has only "
                "1 row: training keeps it. Pass X_val and y_val to be judged by every class.",
                stacklevel=5,
            )
        to_share = np.flatnonzero(~lone)
    if not len(to_share):
        return rows
    n_held_out = min(n_members * math.ceil(validation_fraction * len(to_share)), len(to_share))
    if n_members == 1 and n_held_out == len(rows):
        raise ValueError(
            f"validation_fraction={validation_fraction} of {n_held_out} different rows leaves "
            "none to train on: lower validation_fraction, or pass X_val."
        )
    order = to_share[random_state.permutation(len(to_share))]
    if stratify:
        order = order[np.argsort(classes[order], kind="stable")]
    held_out_by = np.full(len(rows), -1, np.int32)
    held_out_by[order[np.arange(n_held_out) * len(to_share) // n_held_out]] = (
        np.arange(n_held_out) % n_members
    )
    return replace(rows, held_out_by=held_out_by, n_members=n_members)
