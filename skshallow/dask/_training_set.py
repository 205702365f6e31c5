"""From checked rows on the workers to the training set: weights, held-out rows, scaling."""

from typing import Any

from .._data.class_weight import class_factors
from .._data.labels import LabelEncoding
from .._data.training_set import NO_MOMENTS, TrainingSet
from .._data.validation_split import MAX_HELD_OUT, held_out_share
from .._data.weighted_rows import WEIGHT_OF_ONE_ROW, check_class_weight, check_total_weight
from . import _row_tasks as tasks
from ._load import Loaded
from ._standardize import moments_of, read_rows


def training_set(
    cluster: Any,
    loaded: Loaded,
    validation: Loaded | None,
    labels: LabelEncoding,
    settings: Any,
    dtype: Any,
    seed: int,
) -> TrainingSet:
    """Checked rows -> class weights -> rows held out -> moments -> scaling, on the workers.

    In each step, the futures of the groups are replaced by those of the next one.
    """
    _weigh(cluster, loaded, labels, "in sample_weight", merge=True)
    class_totals = sum(cluster.run(tasks.count_classes, loaded.groups, labels=labels))
    factors = class_factors(settings.class_weight, labels.classes, class_totals)
    check_class_weight(class_totals, factors)
    cluster.advance(loaded.groups, tasks.weigh_classes, factors=factors)
    if settings.early_stopping and validation is None:
        fraction = held_out_share(settings, loaded.n_weighted, MAX_HELD_OUT)
        split = settings.replace(validation_fraction=fraction)
        cluster.advance(loaded.groups, tasks.hold_out, labels=labels, settings=split, seed=seed)
    moments = moments_of(cluster, loaded.groups) if settings.standardize else None
    same = {"moments": moments, "dtype": dtype, "seed": seed}
    training_rows: Any = read_rows(cluster, loaded, which="that class_weight leaves", **same)
    validation_rows: Any = None
    if validation is not None:
        _weigh(cluster, validation, labels, "in sample_weight_val", merge=False)
        cluster.advance(validation.groups, tasks.weigh_classes, factors=factors)
        which = "that class_weight leaves of X_val"
        validation_rows = read_rows(cluster, validation, which=which, **same)
    if moments is None:
        moments = NO_MOMENTS._replace(weight=training_rows.total_weight)
    return TrainingSet(
        training_rows, validation_rows, class_totals, labels, loaded.feature_names, moments
    )


def _weigh(cluster: Any, loaded: Loaded, labels: LabelEncoding, which: str, *, merge: bool) -> None:
    """Checked rows -> rows of positive weight, with targets."""
    check_total_weight(loaded.total_weight, which)
    factor = 1.0
    if merge and loaded.total_weight <= WEIGHT_OF_ONE_ROW:  # shares of the data
        factor = loaded.n_weighted / loaded.total_weight
    same = {"labels": labels, "dtype": loaded.X.dtype, "factor": factor, "merge": merge}
    cluster.advance(loaded.groups, tasks.weigh, **same)
