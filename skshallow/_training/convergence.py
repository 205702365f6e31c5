"""Why training ended, as a sentence for the user."""

import math

from .._settings import Settings
from .._typing import Array
from .monitor import Monitor, StopReason
from .problem import Problem

# alpha / Σw, above which the penalty decides where the minimum of J is.
LARGE_PENALTY = 0.2
# A loss that exceeds that of guessing by this factor is too high.
ABOVE_GUESSING = 1.2


def divergence_error(problem: Problem, epoch: int) -> ValueError:
    """Return the error for a fit without finite weights."""
    return ValueError(
        f"The training or validation loss was not finite in epoch {epoch}, and there are no finite "
        f"weights to go back to. {_likely_causes(problem)}"
    )


def convergence_message(
    problem: Problem, monitor: Monitor, loss: float, initial_penalty: float
) -> str | None:
    """Return what is wrong with how training ended and what to do about it, or None.

    ``loss`` is J of the returned weights, ``initial_penalty`` the penalty of those at the start.
    """
    settings, n_epochs = problem.settings, monitor.progress.n_epochs
    losses, which = monitor.loss_curve, "last"
    if monitor.early_stopping and monitor.validation_loss_curve is not None:
        losses, which = monitor.validation_loss_curve, "best"
    if monitor.stop is StopReason.NON_FINITE:
        return (
            f"The training or validation loss was no longer finite in epoch {n_epochs + 1}; the "
            f"{which} weights before it are kept. {_likely_causes(problem)}"
        )
    if monitor.stop is StopReason.LOSS_INCREASED:
        return (
            f"The training loss rose from {monitor.loss_curve[0]:.6g} to "
            f"{monitor.loss_curve[-1]:.6g} in {n_epochs} epochs: lower learning_rate."
        )
    return (
        _high_validation_loss(problem, monitor)
        or _not_converged(settings, monitor, losses)
        or _high_training_loss(problem, monitor, loss, initial_penalty)
    )


def _high_validation_loss(problem: Problem, monitor: Monitor) -> str | None:
    labels, losses = problem.data.labels, monitor.validation_loss_curve
    if not monitor.early_stopping or losses is None or not len(losses):
        return None
    k = labels.n_outputs
    # The loss of equal probabilities for all classes.
    chance_loss = math.log(k) if labels.out_activation == "softmax" else k * math.log(2)
    if min(losses) <= 2 * chance_loss:
        return None
    advice = "lower learning_rate"
    if problem.objective.validation_rows is not None:
        advice += (
            ", or make sure that X_val is like X; a pipeline transforms X_val only with "
            'transform_input=["X_val"]'
        )
    return (
        f"The validation loss was never below {min(losses):.3g} in {len(losses)} epochs, where "
        f"guessing has {chance_loss:.3g}: {advice}."
    )


def _not_converged(settings: Settings, monitor: Monitor, losses: Array) -> str | None:
    n_epochs = monitor.progress.n_epochs
    ends_as_scheduled = settings.solver != "lbfgs" and settings.learning_rate_schedule != "constant"
    # If the patience is used up, training waits for a first improvement: more epochs do not help.
    waits = monitor.progress.epochs_without_improvement >= monitor.patience
    if monitor.stop is not StopReason.MAX_ITER or ends_as_scheduled or waits:
        return None
    change = f"stood at {losses[-1]:.6g}"
    if n_epochs > 1:
        change = f"went from {losses[-2]:.6g} to {losses[-1]:.6g}"
    monitored = "validation" if monitor.early_stopping else "training"
    advice = "raise alpha" if settings.solver == "lbfgs" else "change learning_rate"
    return (
        f"Training ended after all {n_epochs} epochs of max_iter, before it converged: in the last "
        f"one the {monitored} loss {change}. Raise max_iter, {advice}, or raise tol if this is "
        "close enough."
    )


def _high_training_loss(
    problem: Problem, monitor: Monitor, loss: float, initial_penalty: float
) -> str | None:
    """Compare J of the returned weights with that of guessing.

    Early stopping does not minimise J, and if rows are few, the penalty of the initial weights can
    be larger than the loss of guessing. Then J is too high if it exceeds both, or if alpha is
    large.
    """
    settings, objective = problem.settings, problem.objective
    guessing = objective.prior_loss(objective.rows)
    if loss <= ABOVE_GUESSING * guessing + settings.tol:
        return None
    ended = (
        f"Training ended after {monitor.progress.n_epochs} epochs with a loss of {loss:.3g}, where "
        f"guessing has {guessing:.3g}"
    )
    if monitor.early_stopping and objective.penalty > LARGE_PENALTY:
        return (
            f"{ended}, because alpha={settings.alpha:.3g} is large for weights that sum to "
            f"{settings.alpha / objective.penalty:.3g}: lower alpha, or minimise the loss to the "
            "end with early_stopping=False."
        )
    if monitor.early_stopping and loss <= ABOVE_GUESSING * (guessing + initial_penalty):
        return None
    return f"{ended}: lower {_join(_suspects(problem), 'or')}."


def _suspects(problem: Problem) -> list[str]:
    """Return the parameters that can make the loss so large."""
    settings = problem.settings
    suspects = [] if settings.solver == "lbfgs" else ["learning_rate"]
    if problem.objective.penalty > LARGE_PENALTY:
        suspects.append("alpha")
    if settings.init == "normal":
        suspects.append("init_scale")
    return suspects or ["alpha"]


def _likely_causes(problem: Problem) -> str:
    suspects = _suspects(problem)
    inputs = "inputs" if problem.objective.validation_rows is None else "inputs (or X_val)"
    return (
        f"The likely causes are a {_join(suspects, 'or')} too large for the data, and {inputs} of "
        f"enormous size: lower {_join(suspects, 'and')}, set standardize=True, or rescale X."
    )


def _join(names: list[str], word: str) -> str:
    return f" {word} ".join(names)
