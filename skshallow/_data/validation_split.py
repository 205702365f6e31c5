"""The validation split: each ensemble member holds out rows of its own."""

import math
from dataclasses import replace

import numpy as np

from .rows import Rows

# If there are fewer distinct rows than FEW_ROWS and their median weight is at least
# OFTEN_REPEATED, training needs all of them.
FEW_ROWS = 100
OFTEN_REPEATED = 5

SINGLE_ROW_CLASS = (
    "The validation split for early_stopping cannot hold every class, as one has only 1 row that "
    "differs from the others: training keeps it. Pass X_val and y_val to be judged by every class."
)


def split_validation(
    rows: Rows,
    n_members: int,
    validation_fraction: float,
    random_state: np.random.RandomState,
    *,
    stratify: bool,
) -> tuple[Rows, str | None]:
    """Return the rows with their validation members, and a warning or None. X is not copied.

    No row is held out by two members. The split is stratified. The only row of a class is not
    held out, because a network cannot be judged by a class that it was not trained on. If a few
    distinct rows stand for many, no row is held out.
    """
    n_rows = len(rows)
    if n_rows < FEW_ROWS and np.median(rows.weights) >= OFTEN_REPEATED:
        return rows, None
    order = random_state.permutation(n_rows)
    classes = rows.codes[order] if stratify else np.zeros(n_rows, np.int64)
    by_class = np.argsort(classes, kind="stable")
    order = order[by_class]
    _, first, counts = np.unique(classes[by_class], return_index=True, return_counts=True)
    singletons = first[counts == 1]
    weights = rows.weights[order[singletons]]
    repeated = (weights >= 2) & (weights == np.rint(weights))
    warning = None if repeated.all() else SINGLE_ROW_CLASS
    # A single member keeps one row of each class; several members train on each other's rows.
    order = np.delete(order, first if n_members == 1 else singletons)
    if not len(order):
        return rows, warning
    n_held_out = min(n_members * math.ceil(validation_fraction * len(order)), len(order))
    validation_member = np.full(n_rows, -1, np.int32)
    held_out = order[np.arange(n_held_out) * len(order) // n_held_out]
    validation_member[held_out] = np.arange(n_held_out) % n_members
    return replace(rows, validation_member=validation_member, n_members=n_members), warning
