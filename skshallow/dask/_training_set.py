"""From checked rows on the workers to the training set: weights, held-out rows, scaling."""

from typing import Any

from .._data.class_weight import class_factors
from .._data.labels import LabelEncoding
from .._data.training_set import NO_MOMENTS, TrainingSet
from .._data.validation_split import MAX_HELD_OUT, held_out_share
from .._data.weighted_rows import WEIGHT_OF_ONE_ROW, check_total_weight
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
    """Checked rows -> class weights -> rows held out -> moments -> scaling, on the workers."""

    def weighted(loaded: Loaded, which: str, *, merge: bool) -> Any:
        check_total_weight(loaded.total_weight, f"in {which}")
        factor = 1.0
        if merge and loaded.total_weight <= WEIGHT_OF_ONE_ROW:  # shares of the data
            factor = loaded.n_weighted / loaded.total_weight
        same = {"labels": labels, "dtype": loaded.X.dtype, "factor": factor, "merge": merge}
        return cluster.submit_each(tasks.weigh, loaded.bundles, **same)

    rows = weighted(loaded, "sample_weight", merge=True)
    class_totals = sum(cluster.run_each(tasks.count_classes, rows, labels=labels))
    factors = class_factors(settings.class_weight, labels.classes, class_totals)
    rows = cluster.submit_each(tasks.weigh_classes, rows, factors=factors)
    if settings.early_stopping and validation is None:
        fraction = held_out_share(settings, loaded.n_weighted, MAX_HELD_OUT)
        split = settings.replace(validation_fraction=fraction)
        same = {"labels": labels, "settings": split, "seed": seed}
        rows = cluster.submit_each(tasks.hold_out, rows, **same)
    moments = moments_of(cluster, rows) if settings.standardize else None
    same = {"moments": moments, "dtype": dtype, "seed": seed}
    training_rows: Any = read_rows(cluster, rows, loaded, which="that class_weight leaves", **same)
    validation_rows: Any = None
    if validation is not None:
        rows = weighted(validation, "sample_weight_val", merge=False)
        rows = cluster.submit_each(tasks.weigh_classes, rows, factors=factors)
        which = "that class_weight leaves of X_val"
        validation_rows = read_rows(cluster, rows, validation, which=which, **same)
    if moments is None:
        moments = NO_MOMENTS._replace(weight=training_rows.total_weight)
    return TrainingSet(
        training_rows, validation_rows, class_totals, labels, loaded.feature_names, moments
    )
