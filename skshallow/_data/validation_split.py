"""The validation split: each ensemble member holds out rows of its own."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from .._settings import Settings
from .._typing import Array
from .distinct_rows import target_keys
from .labels import LabelEncoding
from .rows import Rows

# Training needs all rows if there are fewer distinct ones than MIN_ROWS, as in a truth table, or
# fewer than FEW_ROWS with a median weight of at least OFTEN_REPEATED.
MIN_ROWS = 10
FEW_ROWS = 100
OFTEN_REPEATED = 5
# An x of this weight, with several labels, is divided among the members.
MANY_COPIES = 10
# A row is heavy if it has more than HEAVY times the weight of the median row of its class (or of
# all rows, if it is the only one of its class), and more than HEAVY_SHARE of what a member holds
# out of the class.
HEAVY, HEAVY_SHARE = 4, 0.05
SMALLEST_SHARE = 1e-3  # a weight must be positive
# With this many rows, a member is judged well enough.
MAX_HELD_OUT = 16_000

SINGLE_ROW_CLASS = (
    "The validation split for early_stopping cannot hold every class, as one has only 1 row that "
    "differs from the others: training keeps it. Pass X_val and y_val to be judged by every class."
)


class ValidationSplit(NamedTuple):
    """Which rows the members hold out. A refit keeps it, whatever rows are added.

    Each x has a random number u in [0, 1), given by its contents and the seed. Member j holds out
    the rows of a class with u between ``cuts[class, j - 1]``, or 0, and ``cuts[class, j]``.
    """

    seed: int
    cuts: Array  # (n_classes, n_members), ascending

    def members(self, u: Array, classes: Array, counts: Array) -> Array:
        """Return the member that holds each row out, -1 for none; a class has ``counts`` rows."""
        n_classes, n_members = self.cuts.shape
        member = np.zeros(len(u), np.min_scalar_type(-n_members - 1))
        for cut in self.cuts.T:
            member += u >= cut[classes]
        # Rows of each class by member; those of member n_members, which is none, are not held out.
        held_out = np.bincount(
            classes.astype(np.intp) * (n_members + 1) + member,
            minlength=n_classes * (n_members + 1),
        )
        held_out = held_out.reshape(n_classes, n_members + 1)
        member[member == n_members] = -1
        for c in np.flatnonzero((held_out[:, :-1].max(axis=1) == counts) & (counts > 0)):
            member[np.argmax(classes == c)] = -1
        return member


def split_validation(
    rows: Rows,
    labels: LabelEncoding,
    settings: Settings,
    previous: ValidationSplit | None,
    random_state: np.random.RandomState,
) -> tuple[Rows, ValidationSplit | None, str | None]:
    """Return the rows with the member that holds each of them out, the split, and a warning.

    The split is stratified by class, but not for multilabel. No row is held out by two members. A
    member does not hold out all rows of a class, because a network cannot be judged by a class
    that it was not trained on. If rows are too few to spare any, or if a few distinct rows stand
    for many, no row is held out.

    With the ``previous`` split, which a refit keeps, no member is judged by rows that it was
    trained on before.
    """
    enough_rows = FEW_ROWS if np.median(rows.weights) >= OFTEN_REPEATED else MIN_ROWS
    if len(rows) < enough_rows:
        return rows, None, None
    assert rows.keys is not None
    classes, n_classes = rows.codes, len(labels.classes)
    if labels.multilabel:
        classes, n_classes = np.zeros_like(classes), 1
    n_members = settings.n_estimators
    seed = previous.seed if previous else int(random_state.randint(2**63, dtype=np.int64))
    # Rows of one x are held out together: a member without one label would learn the others.
    x_keys = rows.keys - target_keys(rows)
    u = uniform(x_keys, seed)
    counts = np.bincount(classes, minlength=n_classes)
    split = previous
    if split is None:
        share = held_out_share(settings, len(rows), MAX_HELD_OUT)
        split = ValidationSplit(seed, stratified_cuts(u, classes, counts, n_members, share))
    member = split.members(u, classes, counts)
    single_weights = rows.weights[(counts == 1)[classes]]
    repeated = (single_weights >= 2) & (single_weights == np.rint(single_weights))
    warning = None if repeated.all() else SINGLE_ROW_CLASS
    if (member >= 0).any():
        rows = replace(rows, validation_member=member, n_members=n_members)
        many = is_heavy(rows.weights, classes, n_classes, settings.validation_fraction)
        many |= _repeats_with_several_labels(rows, x_keys)
        rows = _divided(rows, many, x_keys, u, settings.validation_fraction)
    return rows, split, warning


def _repeats_with_several_labels(rows: Rows, x_keys: Array) -> Array:
    """Return which distinct rows have an x that occurs often and with several labels.

    Then the columns have few values, and the x of new rows will be among those of the data. If it
    has one label, its rows may as well be copies, or the weights of all rows be large.
    """
    if rows.weights.max() * len(rows.targets.table) < MANY_COPIES:
        return np.zeros(len(rows), bool)
    _, x = np.unique(x_keys, return_inverse=True)
    return ((np.bincount(x) > 1) & (np.bincount(x, rows.weights) >= MANY_COPIES))[x]


def _divided(rows: Rows, many: Array, x_keys: Array, u: Array, fraction: float) -> Rows:
    """Divide rows: each member holds out the fraction of their weight, as of other rows.

    They stand for many equal rows. A member without all of these would learn another share of
    their class at this x than the data have.
    """
    if not many.any():
        return rows
    many = np.flatnonzero(np.isin(x_keys, x_keys[many]))  # with the other labels of these x
    assert rows.validation_member is not None
    member = rows.validation_member.copy()
    member[many] = -1
    if len(many) > MAX_HELD_OUT:
        many = np.sort(many[np.argsort(u[many])[:MAX_HELD_OUT]])
    n_members = rows.n_members
    share = min(fraction, 1 / n_members)
    weights, parts = rows.weights.copy(), np.repeat(rows.weights[many] * share, n_members)
    weights[many] *= max(1 - share * n_members, SMALLEST_SHARE)
    positions = np.concatenate([np.arange(len(rows)), np.repeat(many, n_members)])
    owners = np.tile(np.arange(n_members, dtype=member.dtype), len(many))
    member = np.concatenate([member, owners])
    return replace(rows.at(positions, np.concatenate([weights, parts])), validation_member=member)


def is_heavy(weights: Array, classes: Array, n_classes: int, fraction: float) -> Array:
    """Return which rows have too much weight to be held out."""
    if weights.max() <= HEAVY * weights.min():
        return np.zeros(len(weights), bool)
    medians = np.full(n_classes, np.median(weights))
    for c in np.flatnonzero(np.bincount(classes, minlength=n_classes) > 1):
        medians[c] = np.median(weights[classes == c])
    held_out = fraction * np.bincount(classes, weights, n_classes)
    return weights > np.maximum(HEAVY * medians, HEAVY_SHARE * held_out)[classes]


def held_out_share(settings: Settings, n_rows: int, most: int) -> float:
    """Return the share of the rows that each member holds out, which are ``most`` at most."""
    return min(settings.validation_fraction, 1 / settings.n_estimators, most / n_rows)


def stratified_cuts(
    u: Array, classes: Array, counts: Array, n_members: int, share: float, top: float = 1
) -> Array:
    """Return the cuts with which each member holds out the share, and about that of each class.

    The number of rows that a member holds out of a class is rounded so that neither the roundings
    of its classes nor those of the members of a class add up.

    ``u`` and ``classes`` are those of the rows with u < ``top``; of all rows, each class has
    ``counts``.
    """
    counts = counts[:, np.newaxis]
    ends = np.cumsum(counts)[:, np.newaxis]
    shift = (np.arange(n_members) + 0.5) / n_members
    held_out = np.floor(share * ends + shift) - np.floor(share * (ends - counts) + shift)
    bounds = held_out.cumsum(axis=1).astype(int)
    cuts = np.empty((len(counts), n_members))
    for c in range(len(counts)):
        # Of all cuts that hold out so many rows, those that hold out the share of later ones.
        ranked = np.r_[0, np.sort(u[classes == c]), top]
        below = np.minimum(bounds[c], len(ranked) - 2)
        lowest = np.nextafter(ranked[below], 1)
        cuts[c] = np.clip(share * np.arange(1, n_members + 1), lowest, ranked[below + 1])
    return cuts


def uniform(keys: Array, seed: int) -> Array:
    """Return a random number in [0, 1) for each 64-bit key."""
    bits = keys ^ np.uint64(seed)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        bits ^= bits >> np.uint64(shift)
        bits *= np.uint64(factor)
    bits ^= bits >> np.uint64(31)
    bits >>= np.uint64(11)
    return bits * 2.0**-53
