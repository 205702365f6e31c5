"""Rows held out of training, to judge it by."""

import math
import warnings
from dataclasses import replace

import numpy as np

from ._rows import Rows

# Fewer different rows than this, of which half or more stand for so many, are not held out.
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
    n_rows = len(rows)
    if n_rows < FEW_ROWS and np.median(rows.weights) >= OFTEN_REPEATED:
        return rows
    order = random_state.permutation(n_rows)
    classes = rows.codes[order] if stratify else np.zeros(n_rows, np.int64)
    by_class = np.argsort(classes, kind="stable")
    order = order[by_class]
    _, first, counts = np.unique(classes[by_class], return_index=True, return_counts=True)
    lone = first[counts == 1]
    weights = rows.weights[order[lone]]
    if not ((weights >= 2) & (weights == np.rint(weights))).all():  # else it is there repeatedly
        warnings.warn(
            "The validation split for early_stopping cannot hold every class, as one has only "
            "1 row that differs from the others: training keeps it. Pass X_val and y_val to be "
            "judged by every class.",
            stacklevel=5,
        )
    # Several members leave the other rows of a class to one another.
    order = np.delete(order, first if n_members == 1 else lone)
    if not len(order):
        return rows
    n_held_out = min(n_members * math.ceil(validation_fraction * len(order)), len(order))
    held_out_by = np.full(n_rows, -1, np.int32)
    held_out_by[order[np.arange(n_held_out) * len(order) // n_held_out]] = (
        np.arange(n_held_out) % n_members
    )
    return replace(rows, held_out_by=held_out_by, n_members=n_members)
