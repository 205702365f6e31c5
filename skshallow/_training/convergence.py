"""Why training ended, as a sentence for the user."""

import numpy as np

from .._settings import Settings
from .._typing import Array
from .monitor import INITIAL_PATIENCE, Monitor, StopReason
from .problem import Problem

# alpha / Σw, above which the penalty decides where the minimum of J is.
LARGE_PENALTY = 0.2
# A loss that exceeds that of guessing by this factor is too high.
ABOVE_GUESSING = 1.2
# If one class has nearly all weight, guessing has a loss near 0, and so much above it is not bad.
SMALL_SHARE = 0.05
# So many times the loss of equal probabilities is more than unusual rows of a stream have.
DIVERGED = 1000
SMALL_WEIGHT_RATIO = 1e-9


def divergence_error(problem: Problem, epoch: int) -> ValueError:
    """Return the error for a fit without finite weights."""
    return ValueError(
        f"The training or validation loss was not finite in epoch {epoch}, and there are no finite "
        f"weights to go back to. {_likely_causes(problem)}."
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
            f"{which} weights before it are kept. {_likely_causes(problem)}."
        )
    if _judged_by_training_rows(problem):
        return (
            "The fitted weights to go on from were trained on rows that are held out now, so the "
            "validation loss is too low: pass X_val, or start with a clone."
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


def _judged_by_training_rows(problem: Problem) -> bool:
    previous, split = problem.previous, problem.data.split
    if previous is None or previous._split is None or split is None:
        return False
    return previous.split_of(problem.settings.n_estimators) is None


def stream_message(problem: Problem, loss: float) -> str | None:
    """Return a warning if a call of partial_fit ended with an enormous loss of its rows.

    A single unusual row may have a loss far above guessing, and the penalty of the first rows is
    large.
    """
    rows_loss = loss - problem.objective.penalty_term(problem.start.parameters)
    chance_loss = problem.data.labels.chance_loss
    if rows_loss <= DIVERGED * chance_loss:
        return None
    return (
        f"After this call its rows have a loss of {rows_loss:.3g}, where guessing has "
        f"{chance_loss:.3g}: if this is not the first such call, start with a clone and lower "
        f"{_join(_suspects(problem), 'and')}."
    )


def _high_validation_loss(problem: Problem, monitor: Monitor) -> str | None:
    objective, losses = problem.objective, monitor.validation_loss_curve
    if losses is None or not len(losses):
        return None
    if not np.isfinite(losses).all():
        return "The validation loss was not finite: rescale X_val, or leave out its largest values."
    guessing = objective.prior_loss(validation=True)
    bound = 2 * guessing + SMALL_SHARE * problem.data.labels.chance_loss
    if not monitor.early_stopping or min(losses) <= bound:
        return None
    advice = f"change {_join(_suspects(problem), 'or')}"
    if objective.validation_rows is not None:
        advice += (
            ", or make sure that X_val is like X; a pipeline transforms X_val only with "
            'transform_input=["X_val"]'
        )
    return (
        f"The validation loss was never below {min(losses):.3g} in {len(losses)} epochs, where "
        f"guessing has {guessing:.3g}: {advice}."
    )


def _not_converged(settings: Settings, monitor: Monitor, losses: Array) -> str | None:
    n_epochs = monitor.progress.n_epochs
    ends_as_scheduled = settings.solver != "lbfgs" and settings.learning_rate_schedule != "constant"
    # If the patience is used up, training waits for a first improvement: more epochs do not help.
    waits = monitor.progress.epochs_without_improvement >= monitor.patience
    waits &= n_epochs <= INITIAL_PATIENCE
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
    guessing = objective.prior_loss(validation=False)
    bound = ABOVE_GUESSING * guessing + SMALL_SHARE * problem.data.labels.chance_loss
    if loss <= bound:
        return None
    n_epochs = monitor.progress.n_epochs
    if monitor.early_stopping and objective.penalty > LARGE_PENALTY:
        return (
            f"Training ended after {n_epochs} epochs with a loss of {loss:.3g}, where guessing has "
            f"{guessing:.3g}, because alpha={settings.alpha:.3g} is large for weights that sum to "
            f"{settings.alpha / objective.penalty:.3g}: lower alpha, or minimise the loss to the "
            "end with early_stopping=False."
        )
    if monitor.early_stopping and loss <= bound + ABOVE_GUESSING * initial_penalty:
        return None
    otherwise = "set early_stopping=False" if monitor.early_stopping else "lower tol"
    return (
        f"Training ended after {n_epochs} epochs with a loss of {loss:.3g}, where guessing has "
        f"{guessing:.3g}: change {_join(_suspects(problem), 'or')}, or {otherwise}."
    )


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
    objective, suspects = problem.objective, _suspects(problem)
    causes = [f"{_join(suspects, 'or')} too large", "inputs of enormous size"]
    advice = [f"lower {_join(suspects, 'and')}", "rescale X"]
    if objective.validation_rows is not None:
        causes.append("an X_val unlike X")
    if problem.previous is not None:
        causes.append("fitted weights that do not suit the scale of X")
        advice.append("start with a clone")
    smallest, largest = objective.rows.weight_range
    if smallest / largest < SMALL_WEIGHT_RATIO:
        causes.append(f"weights from {smallest:.3g} to {largest:.3g}")
        advice.append("leave out the rows of the smallest weights")
    if not problem.settings.standardize:
        advice.append("set standardize=True")
    return f"Likely causes: {'; '.join(causes)}. Try this: {'; '.join(advice)}"


def _join(names: list[str], word: str) -> str:
    return f" {word} ".join(names)
