"""Why training ended, as a sentence for the user."""

import math

from .monitor import Monitor, StopReason
from .problem import Problem

# With early stopping, J need not be near its minimum, unless the penalty is the larger part of it.
LARGE_PENALTY = 0.2


def divergence_error(problem: Problem, epoch: int) -> ValueError:
    """Return the error for a fit without finite weights."""
    return ValueError(
        f"The training or validation loss was not finite in epoch {epoch}, and there are no finite "
        f"weights to go back to. {_likely_causes(problem)}"
    )


def convergence_message(problem: Problem, monitor: Monitor, loss: float) -> str | None:
    """Return what is wrong with how training ended and what to do about it, or None.

    ``loss`` is J of the returned weights.
    """
    settings = problem.settings
    n_epochs, losses = monitor.progress.n_epochs, monitor.loss_curve
    monitored, which = "training", "last"
    if monitor.early_stopping and monitor.validation_loss_curve is not None:
        monitored, which, losses = "validation", "best", monitor.validation_loss_curve
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
    too_high = _far_above_guessing(problem, monitor, loss)
    if too_high is not None:
        return too_high
    ends_as_scheduled = settings.solver != "lbfgs" and settings.learning_rate_schedule != "constant"
    # If the patience is used up, training waits for a first improvement: more epochs do not help.
    waits = monitor.progress.epochs_without_improvement >= monitor.patience
    if monitor.stop is StopReason.MAX_ITER and not ends_as_scheduled and not waits:
        change = f"stood at {losses[-1]:.6g}"
        if n_epochs > 1:
            change = f"went from {losses[-2]:.6g} to {losses[-1]:.6g}"
        advice = "raise alpha" if settings.solver == "lbfgs" else "change learning_rate"
        return (
            f"Training ended after all {n_epochs} epochs of max_iter, before it converged: in the "
            f"last one the {monitored} loss {change}. Raise max_iter, {advice}, or raise tol if "
            "this is close enough."
        )
    return None


def _far_above_guessing(problem: Problem, monitor: Monitor, loss: float) -> str | None:
    settings, objective, labels = problem.settings, problem.objective, problem.data.labels
    n_epochs, validation_losses = monitor.progress.n_epochs, monitor.validation_loss_curve
    if monitor.early_stopping and validation_losses is not None and n_epochs:
        k = labels.n_outputs
        # The loss of equal probabilities for all classes.
        chance_loss = math.log(k) if labels.out_activation == "softmax" else k * math.log(2)
        if min(validation_losses) > 2 * chance_loss:
            advice = "lower learning_rate"
            if objective.validation_rows is not None:
                advice += (
                    ", or make sure that X_val is like X; a pipeline transforms X_val only with "
                    'transform_input=["X_val"]'
                )
            return (
                f"The validation loss was never below {min(validation_losses):.3g} in {n_epochs} "
                f"epochs, where guessing has {chance_loss:.3g}: {advice}."
            )
    if loss > 2 * objective.prior_loss(objective.rows) + settings.tol:
        far = (
            f"Training ended after {n_epochs} epochs with a loss of {loss:.3g}, far above guessing"
        )
        if not monitor.early_stopping:
            return f"{far}: lower learning_rate, or alpha."
        if objective.penalty > LARGE_PENALTY:
            return (
                f"{far}, because alpha={settings.alpha:.3g} is large for weights that sum to "
                f"{settings.alpha / objective.penalty:.3g}: lower alpha, or minimise J to the end "
                "with early_stopping=False."
            )
    return None


def _likely_causes(problem: Problem) -> str:
    settings, objective = problem.settings, problem.objective
    parameters = ["learning_rate"]
    if objective.penalty > LARGE_PENALTY:
        parameters.append("alpha")
    if settings.init == "normal":
        parameters.append("init_scale")
    inputs = "inputs" if objective.validation_rows is None else "inputs (or X_val)"
    return (
        f"The likely causes are a {' or '.join(parameters)} too large for the data, and {inputs} "
        f"of enormous size: lower {' and '.join(parameters)}, set standardize=True, or rescale X."
    )
