"""From checked samples to the problem that a solver solves: one sequence for all kinds of fit."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from .._data.columns import Columns
from .._data.labels import LabelEncoding, check_no_missing_label
from .._data.loading import (
    History,
    StoredSamples,
    TrainingSet,
    ValidationSplit,
    load_training_set,
)
from .._data.validation import Samples
from .._fitted.state import FittedState
from .._settings import Settings
from .._solvers.objective import DeviceObjective, Objective
from .start import Start, new_network, new_start

# A larger alpha / Σw leaves no influence to the data and soon overflows in float32.
MAX_PENALTY = 1e30
# If the mean weight is less than SMALL_WEIGHT and alpha / Σw more than NOTABLE_PENALTY, the user
# probably thinks of alpha for rows of weight 1.
SMALL_WEIGHT = 0.05
NOTABLE_PENALTY = 0.01


@dataclass(frozen=True, eq=False)
class Problem:
    """The data and the objective of one fit, and where it starts."""

    settings: Settings
    data: TrainingSet
    columns: Columns  # that the data have
    objective: Objective
    start: Start
    previous: FittedState | None  # the fitted state to go on from
    stream: bool  # whether it is a call of partial_fit
    warnings: list[str]
    rate_factor: float = 1.0  # multiplies the automatic learning rate
    step_factor: float = 1.0  # local steps that a step counts as, in the schedule of the rate


def pose_problem(
    samples: Samples | StoredSamples,
    validation: Samples | None,
    settings: Settings,
    previous: FittedState | None,
    *,
    stream: bool = False,
    classes: Any = None,
    split: ValidationSplit | None = None,
) -> Problem | None:
    """Return the problem of fit or, in a stream, of one call of partial_fit.

    ``split`` is that of another network for the same rows.
    In a stream, class totals, moments and Σw include the rows of earlier calls.
    Return None if there is nothing to learn: in a stream because no row has a positive weight, in
    a refit because nothing has changed since the previous fit converged.
    """
    previous = previous and previous.to_host()
    seen = previous if stream else None
    if seen:
        _check_same_stream(classes, settings, seen)
    columns = Columns(samples.X.shape[1])
    if not stream:  # whose later calls may bring entries in other columns
        columns = Columns.with_entries(samples.X, samples.weights)
    samples = samples._replace(X=columns.of(samples.X), columns=columns.kept)
    validation = validation and validation._replace(X=columns.of(validation.X))
    labels = previous.labels if previous else LabelEncoding.of(samples.y, classes, stream=stream)
    dtype = working_dtype(settings.solver, samples.X, seen)
    network = new_network(samples.X, labels, settings, dtype)
    # The initial weights are drawn first, so that they do not depend on the number of rows.
    start = new_start(network, settings, seen, samples.X.dtype)

    data = load_training_set(
        *(samples, validation, labels, settings),
        _history(previous, settings, split, stream=stream),
        stream=stream,
        random_state=start.random_state,
        dtype=network.dtype,
    )
    if not len(data.rows):
        return None
    converged = previous._converged if previous and not stream else None
    if previous and converged and converged == checksum_of(previous, data, columns, settings):
        return None
    if seen:
        start.keep_function(network, data.rows.scaling, seen)
    if not stream:
        going_on = previous.of_columns(columns.kept) if previous else None
        start = start.for_data(network, data.rows.scaling, len(data.rows), going_on)

    penalty = penalty_of(settings.alpha, data, stream=stream)
    warnings = [] if data.warning is None else [data.warning]
    if penalty > NOTABLE_PENALTY and not seen:
        warnings += _alpha_warning(settings.alpha, data)
    objective = Objective(network, data.rows, penalty, data.validation_rows)
    if samples.place is not None:
        objective = DeviceObjective(*objective)
        if settings.solver != "lbfgs":  # which is SciPy's and works on the host
            start = start.moved(samples.place.load)
    return Problem(settings, data, columns, objective, start, previous, stream, warnings)


def _history(
    previous: FittedState | None,
    settings: Settings,
    split: ValidationSplit | None,
    *,
    stream: bool,
) -> History:
    """Return what the previous fitted state, or another network, leaves to this call."""
    if previous is None:
        return History(split=split)
    if stream:
        return History(previous._class_totals, previous.moments)
    return History(split=previous.split_of(settings.n_estimators))


def penalty_of(alpha: float, data: TrainingSet, *, stream: bool) -> float:
    """Return alpha / Σw."""
    total_weight = float(data.moments.weight if stream else data.rows.training_weights.mean())
    penalty = alpha / total_weight
    if penalty > MAX_PENALTY:
        raise ValueError(
            f"alpha={alpha} is overwhelming for weights that sum to {total_weight:.3g}: lower "
            "alpha, or multiply sample_weight."
        )
    return penalty


def working_dtype(solver: str, X: Any, seen: FittedState | None) -> Any:
    """Return the dtype that the solver computes in. A stream keeps that of its first call.

    The noise of mini-batches is far above the rounding of float32. But centring a sparse X
    subtracts large products, which need the digits that X has. SciPy's L-BFGS has no float32.
    """
    if seen and seen._stream is not None:
        return seen._stream.parameters.dtype
    if solver == "lbfgs":
        return np.float64
    return X.dtype if solver == "gd" or sparse.issparse(X) else np.float32


def _alpha_warning(alpha: float, data: TrainingSet) -> list[str]:
    """Return a warning if alpha is large because the weights are small."""
    rows = data.rows
    if rows.total_weight >= SMALL_WEIGHT * len(rows):
        return []
    return [
        f"alpha={alpha:.3g} is large for {len(rows)} distinct rows with weights that sum to "
        f"{rows.total_weight:.3g}: lower alpha, or divide the weights by their mean."
    ]


def checksum_of(state: FittedState, data: TrainingSet, columns: Columns, settings: Settings) -> str:
    """Return a checksum of a fitted state and of all that its fit depends on."""
    settings = settings.replace(verbose=False)
    return state.to_host().checksum(*data.content, columns.n_features, columns.kept, settings)


def _check_same_stream(classes: Any, settings: Settings, previous: FittedState) -> None:
    """Raise ValueError if the settings do not fit the calls of partial_fit before."""
    activation = (settings.activation, settings.negative_slope)
    if classes is not None:
        check_no_missing_label(classes, "classes")
        if not np.array_equal(np.unique(classes), previous.classes_):
            raise ValueError(
                f"classes={np.asarray(classes).tolist()} differ from those of the first call, "
                f"{previous.classes_.tolist()}: leave classes out, or start with a clone."
            )
    if activation != previous._activation:
        raise ValueError(
            "activation={!r} with negative_slope={} now, but {!r} with {} before: set it "
            "back, or start with a clone.".format(*activation, *previous._activation)
        )
    if settings.standardize != (len(previous.moments.mean) > 0):
        raise ValueError(
            f"standardize={settings.standardize} now, but not in the calls before: set it "
            "back, or start with a clone."
        )
