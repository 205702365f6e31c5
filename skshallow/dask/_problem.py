"""The problem of a fit, with rows on the workers."""

from typing import Any

import numpy as np

from .._data.columns import Columns
from .._solvers.objective import Objective
from .._training.problem import Problem, penalty_of, working_dtype
from .._training.start import new_start
from ._batches import BATCH_ROWS, rate_and_step_factors, with_batch_size
from ._load import Loaded, labels_of
from ._objective import ClusterNetwork
from ._training_set import training_set


def pose_problem(
    cluster: Any,
    loaded: Loaded,
    validation: Loaded | None,
    settings: Any,
    previous: Any,
) -> Problem:
    """Return the problem; ``previous`` is the fitted state to go on from, or None."""
    settings = with_batch_size(settings, loaded.n_weighted)
    labels = labels_of(loaded, validation, previous)
    X = loaded.X
    dtype = working_dtype(settings.solver, X, None)
    network = ClusterNetwork(
        *(X.shape[1], settings.hidden_size, labels.n_outputs),
        activation=(settings.activation, settings.negative_slope),
        out_activation=labels.out_activation,
        n_members=settings.n_estimators,
        max_rows=BATCH_ROWS,
        dtype=dtype,
    )
    start = new_start(network, settings, None, X.dtype)
    seed = int(start.random_state.randint(2**31, dtype=np.int64))
    data: Any = training_set(cluster, loaded, validation, labels, settings, dtype, seed)
    start = start.for_data(network, data.rows.scaling, len(data.rows), previous)
    penalty = penalty_of(settings.alpha, data, stream=False)
    objective = Objective(network, data.rows, penalty, data.validation_rows)
    columns = Columns(X.shape[1])
    factors = rate_and_step_factors(settings, loaded.n_weighted)
    return Problem(settings, data, columns, objective, start, previous, False, [], *factors)
