"""The validation split: each ensemble member holds out rows of its own."""

import math

import numpy as np

from .._typing import Array

# If there are fewer distinct rows than FEW_ROWS and their median weight is at least
# OFTEN_REPEATED, training needs all of them.
FEW_ROWS = 100
OFTEN_REPEATED = 5

SINGLE_ROW_CLASS = (
    "The validation split for early_stopping cannot hold every class, as one has only 1 row that "
    "differs from the others: training keeps it. Pass X_val and y_val to be judged by every class."
)


def split_validation(
    classes: Array,
    weights: Array,
    n_members: int,
    validation_fraction: float,
    random_state: np.random.RandomState,
) -> tuple[Array | None, str | None]:
    """Return the member that holds out each row (-1 for none; None for no split), and a warning.

    No row is held out by two members. The split is stratified by ``classes``. The only row of a
    class is not held out, because a network cannot be judged by a class that it was not trained
    on. If a few distinct rows stand for many, no row is held out.
    """
    n_rows = len(classes)
    if n_rows < FEW_ROWS and np.median(weights) >= OFTEN_REPEATED:
        return None, None
    order = random_state.permutation(n_rows)
    by_class = np.argsort(classes[order], kind="stable")
    order = order[by_class]
    _, first, counts = np.unique(classes[order], return_index=True, return_counts=True)
    singletons = first[counts == 1]
    single_weights = weights[order[singletons]]
    repeated = (single_weights >= 2) & (single_weights == np.rint(single_weights))
    warning = None if repeated.all() else SINGLE_ROW_CLASS
    # A single member keeps one row of each class; several members train on each other's rows.
    order = np.delete(order, first if n_members == 1 else singletons)
    if not len(order):
        return None, warning
    n_held_out = min(n_members * math.ceil(validation_fraction * len(order)), len(order))
    validation_member = np.full(n_rows, -1, np.int32)
    held_out = order[np.arange(n_held_out) * len(order) // n_held_out]
    validation_member[held_out] = np.arange(n_held_out) % n_members
    return validation_member, warning
