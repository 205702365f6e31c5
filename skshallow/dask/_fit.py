"""One fit on a cluster: the problem of a fit in one process, with sums over rows on the workers."""

from typing import Any

from .._data.validation import has_validation
from .._fitted.state import FittedState
from .._settings import Settings
from .._training.trainer import Result, train
from ._cluster import Cluster
from ._load import load
from ._problem import pose_problem


def fit_on_cluster(
    client: Any,
    given: tuple[Any, Any, Any],
    validation: tuple[Any, Any, Any],
    settings: Settings,
    previous: FittedState | None,
) -> Result:
    """Fit to (X, y, sample_weight), and return how training ended."""
    has_val, cluster = has_validation(*validation), Cluster(client)
    with cluster.client.as_current():  # which functions of Dask take
        problem = pose_problem(
            cluster,
            load(cluster, given),
            load(cluster, validation, "_val") if has_val else None,
            *(settings, previous),
        )
        objective: Any = problem.objective
        try:
            return train(problem)
        finally:
            for rows in (objective.rows, objective.validation_rows):
                if rows is not None:
                    rows.holders.release()
