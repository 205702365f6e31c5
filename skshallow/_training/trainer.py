"""Train: from a problem to a fitted state."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from .._array_api.matrix import DeviceMatrix
from .._array_api.place import to_host
from .._fitted.state import FittedState
from .convergence import convergence_message, divergence_error, stream_message
from .monitor import Monitor, StopReason
from .problem import Problem, checksum_of
from .solve import resolve_patience, resolve_tol, solve
from .threads import blas_threads


class Result(NamedTuple):
    """How training ended."""

    state: FittedState
    parameters: Any  # of the state, for standardised inputs and with each member's biases
    warning: str | None  # about convergence
    interrupt: KeyboardInterrupt | None  # to raise once the state is installed


def train(problem: Problem, end_epoch: Callable[..., bool] = lambda state, last: False) -> Result:
    """Run the solver, with a monitor that decides when to stop.

    ``end_epoch`` is called after each epoch with a function that returns the fitted state, and with
    ``last``; True stops training.

    If a KeyboardInterrupt comes after the first epoch, training ends and the interrupt is returned
    with the state after the last complete epoch. Before, there is no such state, and the interrupt
    is raised. A call of partial_fit is a single epoch, so it always raises the interrupt.
    """

    def callback(monitor: Monitor) -> bool:
        return end_epoch(partial(_fitted_state, problem, monitor), last=monitor.stop is not None)

    with blas_threads(problem.objective.network):
        return _train(problem, _monitor(problem, callback))


def _train(problem: Problem, monitor: Monitor) -> Result:
    settings, interrupt = problem.settings, None
    initial_penalty = problem.objective.penalty_term(problem.start.parameters)
    try:
        # Overflow makes the loss non-finite, which the monitor detects. Underflow is harmless.
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            converged, optimizer = solve(problem, monitor)
        if monitor.stop is None:
            monitor.stop = StopReason.CONVERGED if converged else StopReason.MAX_ITER
    except KeyboardInterrupt as error:
        if problem.stream or not monitor.progress.n_epochs:
            raise
        monitor.stop, interrupt = StopReason.INTERRUPTED, error
    state, parameters = _fitted_state(problem, monitor), monitor.progress.parameters
    assert parameters is not None, "else there is no fitted state"
    if problem.stream:  # one epoch neither converges nor fails to
        n_iter = 1 + (problem.previous.n_iter_ if problem.previous else 0)
        # Its parameters were trained in place.
        stream = problem.start._replace(optimizer=optimizer).moved(to_host)
        state = state.replace(n_iter_=n_iter, _stream=stream)
        return Result(state, parameters, stream_message(problem, state.loss_), None)
    if settings.warm_start and monitor.stop is StopReason.CONVERGED:
        checksum = checksum_of(state, problem.data, problem.columns, settings)
        state = state.replace(_converged=checksum)
    message = convergence_message(problem, monitor, state.loss_, initial_penalty)
    return Result(state, parameters, message, interrupt)


def _monitor(problem: Problem, callback: Callable[[Monitor], bool]) -> Monitor:
    settings, objective = problem.settings, problem.objective
    may_wait = settings.early_stopping and settings.n_iter_no_change == "auto"
    return Monitor(
        objective.validation_loss if objective.has_validation_rows else None,
        early_stopping=settings.early_stopping,
        patience=resolve_patience(settings, objective.rows),
        prior_loss=objective.prior_loss(validation=True) if may_wait else 0.0,
        tol=resolve_tol(settings, objective.rows),
        verbose=bool(settings.verbose),
        callback=callback,
        start=problem.start.parameters if problem.previous else None,
    )


def _fitted_state(problem: Problem, monitor: Monitor) -> FittedState:
    """Return the state with the monitor's weights, for raw X, in its dtype and where X is."""
    state, X = _state_on_host(problem, monitor), problem.data.rows.X
    return state.on(X.place) if isinstance(X, DeviceMatrix) else state


def _state_on_host(problem: Problem, monitor: Monitor) -> FittedState:
    settings, data, objective = problem.settings, problem.data, problem.objective
    labels, X, scaling = data.labels, data.rows.X, data.rows.scaling
    n_epochs, parameters = monitor.progress.n_epochs, monitor.progress.parameters
    if parameters is None:
        raise divergence_error(problem, epoch=1)
    if n_epochs == 0 and problem.previous is not None:  # the refit failed in its first epoch
        return problem.previous
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        # A stream reads each row once. Its loss is that of the batches, while the weights changed.
        loss = monitor.loss_curve[-1] if problem.stream else objective.loss(parameters)
        W1, b1, W2, b2 = objective.network.to_single_network(to_host(parameters))
        if scaling is not None:
            W1, b1 = scaling.fold(W1, b1)
        W1, b1, W2, b2 = layers = [part.astype(X.dtype) for part in (W1, b1, W2, b2)]
        spread, (weight, *moments) = problem.columns.spread, data.moments
        if scaling is not None:  # else there are none
            moments = [spread(part) for part in moments]
        mean, deviation, mode, density = moments
        variance = np.square(deviation)
    # A mean over batches can hide it, and so can float64 weights that float32 cannot hold.
    if not (np.isfinite(loss) and all(np.isfinite(part).all() for part in layers)):
        raise divergence_error(problem, epoch=max(1, n_epochs))
    attributes = {
        "coefs_": [spread(W1), W2],
        "intercepts_": [b1, b2],
        "_activation": (settings.activation, settings.negative_slope),
        "out_activation_": labels.out_activation,
        "classes_": labels.classes,
        "n_features_in_": problem.columns.n_features,
        "n_outputs_": labels.n_outputs,
        "_seen": (weight, mean, variance),
        "_deviation": deviation,
        "_mode": mode,
        "_density": density,
        "_class_totals": data.class_totals,
        "_split": tuple(data.split or ()),
        "loss_": loss,
        "loss_curve_": monitor.loss_curve,
        "validation_loss_curve_": monitor.validation_loss_curve,
        "n_iter_": n_epochs,
        "feature_names_in_": data.feature_names,
    }
    return FittedState(attributes)
