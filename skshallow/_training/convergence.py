"""Why training ended, as a sentence for the user."""

import math

from .._data.labels import LabelEncoding
from .._settings import Settings
from .monitor import Monitor, StopReason

LIKELY_CAUSES = (
    "The likely causes are a learning_rate too large for the data and inputs (or X_val) of "
    "enormous size: lower learning_rate, set standardize=True, or rescale X."
)


def divergence_error(epoch: int) -> ValueError:
    """Return the error for a fit without finite weights."""
    return ValueError(
        f"The training or validation loss was not finite in epoch {epoch}, and there are no finite "
        f"weights to go back to. {LIKELY_CAUSES}"
    )


def convergence_message(monitor: Monitor, settings: Settings, labels: LabelEncoding) -> str | None:
    """Return what is wrong with how training ended and what to do about it, or None."""
    n_epochs, losses = monitor.progress.n_epochs, monitor.loss_curve
    monitored, which = "training", "last"
    if monitor.early_stopping and monitor.validation_loss_curve is not None:
        monitored, which, losses = "validation", "best", monitor.validation_loss_curve
    if monitor.stop is StopReason.NON_FINITE:
        return (
            f"The training or validation loss was no longer finite in epoch {n_epochs + 1}; the "
            f"{which} weights before it are kept. {LIKELY_CAUSES}"
        )
    if monitor.stop is StopReason.LOSS_INCREASED:
        return (
            f"The training loss rose from {monitor.loss_curve[0]:.6g} to "
            f"{monitor.loss_curve[-1]:.6g} in {n_epochs} epochs: lower learning_rate."
        )
    k = labels.n_outputs
    # The loss of equal probabilities for all classes.
    chance_loss = math.log(k) if labels.out_activation == "softmax" else k * math.log(2)
    if monitor.early_stopping and n_epochs and min(losses) > 2 * chance_loss:
        return (
            f"The validation loss was never below {min(losses):.3g} in {n_epochs} epochs, where "
            f"guessing has {chance_loss:.3g}: lower learning_rate, or make sure that X_val is like "
            'X; a pipeline transforms X_val only with transform_input=["X_val"].'
        )
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
