"""The problem of a fit, with rows on the workers."""

import math
from typing import Any

import numpy as np

from .._data.columns import Columns
from .._data.labels import LabelEncoding
from .._solvers.objective import Objective
from .._training.problem import Problem, penalty_of, working_dtype
from .._training.solve import resolve_batch_size
from .._training.start import new_start
from ._load import Loaded, check_columns
from ._objective import ClusterNetwork
from ._training_set import training_set

# A round of calls takes about as long as the gradient of BATCH_ROWS rows. With 4,096, the log-loss
# was up to 2 % above that of one process. Fewer rows make smaller batches, for more steps.
BATCH_ROWS, FEWEST_ROWS, STEPS_PER_PASS = 2048, 1024, 64
# The steps of "adam" grow with the root of the batches, from NOISY_ROWS rows on. LARGEST_FACTOR is
# for a batch_size of the user.
NOISY_ROWS, LARGEST_FACTOR = 256, 4.0


def pose_problem(
    cluster: Any,
    loaded: Loaded,
    validation: Loaded | None,
    settings: Any,
    previous: Any,
) -> Problem:
    """Return the problem; ``previous`` is the fitted state to go on from, or None."""
    if isinstance(settings.batch_size, str):
        batch_size = min(max(loaded.n_weighted // STEPS_PER_PASS, FEWEST_ROWS), BATCH_ROWS)
        settings = settings.replace(batch_size=batch_size)
    labels = previous.labels if previous else LabelEncoding.of(loaded.labels)
    if previous:
        names = previous.feature_names_in_
        check_columns(loaded, previous.n_features_in_, names, "the fit before this one")
    if validation is not None:
        check_columns(validation, loaded.X.shape[1], loaded.feature_names, "X")
        labels.encode(validation.labels, "y_val")  # an unknown label is an error
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
    factors = 1.0, 1.0
    if settings.solver == "adam":
        step_rows = min(settings.batch_size, loaded.n_weighted)
        factors = _rate_factor(step_rows), _step_factor(step_rows, loaded.n_weighted)
    return Problem(settings, data, columns, objective, start, previous, False, [], *factors)


def _rate_factor(step_rows: int) -> float:
    """Return the factor of the automatic learning rate: large batches have less noise."""
    return min(max(math.sqrt(step_rows / NOISY_ROWS), 1), LARGEST_FACTOR)


def _step_factor(step_rows: int, n_rows: int) -> float:
    """Return how many steps one process makes, with its automatic batches, for one here."""
    return max(step_rows / resolve_batch_size("auto", n_rows), 1)
