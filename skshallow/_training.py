"""Training watched epoch by epoch: curves, best weights, and why it ended."""

import math
from collections.abc import Callable
from enum import Enum, auto

import numpy as np

from ._typing import Array

LIKELY_CAUSES = (
    "The likely causes are a learning_rate too large for the data and inputs (or X_val) of "
    "enormous size: lower learning_rate, set standardize=True, or rescale X."
)


# As long as the loss is no better than guessing by the classes' shares, training may yet have to
# begin, as it has where only several inputs together tell anything.
PATIENCE_AT_FIRST = 30
BETTER_THAN_PRIOR = 0.98


class Stop(Enum):
    """Why training ended."""

    CONVERGED = auto()  # the loss watched came to rest
    ROSE = auto()  # it came to rest above where it began
    MAX_ITER = auto()
    CALLBACK = auto()  # a callback said so
    NON_FINITE = auto()
    INTERRUPTED = auto()


class Monitor:
    """Called by a solver after every epoch; remembers what came and says when to stop.

    Parameters
    ----------
    validation_loss : callable or None
        Validation loss of some parameters.
    early_stopping : bool
        Whether to stop on the validation loss, if there is one, and to keep its best weights.
    patience : int or None
        Stop when the loss watched got no better by ``tol`` in this many epochs.
    prior_loss : float
        The validation loss of guessing by the classes' shares. Under early stopping it takes
        PATIENCE_AT_FIRST epochs, if that is more, as long as the loss is no better than this.
    tol : float
        In the unit of the loss.
    verbose : bool
        Whether to print a line each epoch.
    callback : callable or None
        Called with the monitor at the end of an epoch; True stops training.
    start : ndarray or None
        Weights that are already good for something: under early stopping the first to beat.

    Attributes
    ----------
    parameters : ndarray or None
        A copy of the weights to give back: those of the epoch with the least validation loss
        under early stopping, else those of the last epoch that ended in finite numbers. None
        before there is any.
    stop : Stop or None
        Why training was told to end.
    """

    def __init__(
        self,
        validation_loss: Callable[[Array], float] | None = None,
        *,
        early_stopping: bool = False,
        patience: int | None = None,
        prior_loss: float = 0.0,
        tol: float = 0.0,
        verbose: bool = False,
        callback: "Callable[[Monitor], bool] | None" = None,
        start: Array | None = None,
    ) -> None:
        self.validation_loss = validation_loss
        self.early_stopping = early_stopping and validation_loss is not None
        self.patience = patience
        self.prior_loss = prior_loss
        self.tol = tol
        self.verbose = verbose
        self.callback = callback
        self.loss_curve: list[float] = []
        self.validation_loss_curve: list[float] = []
        self.parameters: Array | None = None
        self.stop: Stop | None = None
        self._best = math.inf
        self._to_beat = math.inf
        self._epochs_without_improvement = 0
        if start is not None and self.early_stopping and validation_loss is not None:
            with np.errstate(over="ignore", invalid="ignore"):
                loss = validation_loss(start)
            if math.isfinite(loss):
                self._best = self._to_beat = loss
                self.parameters = start.copy()

    def __call__(self, parameters: Array, loss: float) -> bool:
        """Take note of an epoch; True tells the solver to stop."""
        watched = loss
        finite = math.isfinite(loss) and bool(np.isfinite(parameters).all())
        if finite and self.validation_loss is not None:
            validation_loss = self.validation_loss(parameters)
            if self.early_stopping:
                watched = validation_loss
        if not (finite and math.isfinite(watched)):
            self.stop = Stop.NON_FINITE
            return True
        self.loss_curve.append(loss)
        if self.validation_loss is not None:
            self.validation_loss_curve.append(validation_loss)
        if self.verbose:
            self._print_epoch()

        if self.parameters is None or not self.early_stopping or watched < self._best:
            if self.parameters is None:
                self.parameters = np.empty_like(parameters)
            self.parameters[...] = parameters
            self._best = watched
        self._stop_when_stale(watched)
        if self.callback is not None and self.callback(self) and self.stop is None:
            self.stop = Stop.CALLBACK
        return self.stop is not None

    def _stop_when_stale(self, watched: float) -> None:
        if watched < self._to_beat - self.tol:
            self._to_beat = watched
            self._epochs_without_improvement = 0
            return
        self._epochs_without_improvement += 1
        if self.patience is None:
            return
        guessing = self.early_stopping and 0 < BETTER_THAN_PRIOR * self.prior_loss < self._best
        patience = max(self.patience, PATIENCE_AT_FIRST) if guessing else self.patience
        if self._epochs_without_improvement >= patience:
            rose = self.loss_curve[-1] > self.loss_curve[0] + self.tol
            self.stop = Stop.ROSE if rose else Stop.CONVERGED

    def _print_epoch(self) -> None:
        line = f"epoch {len(self.loss_curve)}: loss {self.loss_curve[-1]:.6f}"
        if self.validation_loss_curve:
            line += f", validation loss {self.validation_loss_curve[-1]:.6f}"
        print(line)

    def trouble(self, solver: str, *, planned: bool, loss_of_guessing: float) -> str | None:
        """What the user should know of how training ended, and can do about it; None if well.

        With a schedule that is planned to end at max_iter, ending there is well.
        """
        n_epochs = len(self.loss_curve)
        if self.stop is Stop.NON_FINITE:
            return (
                f"The training or validation loss was no longer finite in epoch {n_epochs + 1}; "
                + ("the best" if self.early_stopping else "the last")
                + " weights before it are kept. "
                + LIKELY_CAUSES
            )
        if self.stop is Stop.ROSE:
            return (
                f"The training loss rose from {self.loss_curve[0]:.6g} to "
                f"{self.loss_curve[-1]:.6g} in {n_epochs} epochs: lower learning_rate."
            )
        curve = self.validation_loss_curve
        if self.early_stopping and curve and min(curve) > 2 * loss_of_guessing:
            return (
                f"The validation loss was never below {min(curve):.3g} in {n_epochs} epochs, where "
                f"guessing has {loss_of_guessing:.3g}: lower learning_rate, or see to it that "
                'X_val is like X, as in a pipeline it is with transform_input=["X_val"].'
            )
        # Where it was only waited for training to begin, more epochs are no advice.
        waiting = self.patience is not None and self._epochs_without_improvement >= self.patience
        if self.stop is Stop.MAX_ITER and not planned and not waiting:
            curve = self.validation_loss_curve if self.early_stopping else self.loss_curve
            moved = f"stood at {curve[-1]:.6g}"
            if n_epochs > 1:
                moved = f"went from {curve[-2]:.6g} to {curve[-1]:.6g}"
            return (
                f"Training ended after all {n_epochs} epochs of max_iter, before it converged: "
                f"in the last one the {'validation' if self.early_stopping else 'training'} loss "
                f"{moved}. Raise max_iter, "
                + ("raise alpha" if solver == "lbfgs" else "change learning_rate")
                + ", or raise tol if this is close enough."
            )
        return None


def no_finite_weights(epoch: int) -> str:
    """What to say where there is nothing to give back."""
    return (
        f"The training or validation loss was not finite in epoch {epoch}, and there are no finite "
        f"weights to go back to. {LIKELY_CAUSES}"
    )


def train(solve: Callable[[Monitor], bool], monitor: Monitor) -> KeyboardInterrupt | None:
    """Run a solver to its end, and settle ``monitor.stop``.

    Returns the Ctrl-C that ended it, to be passed on once the weights of the last whole epoch are
    put away; before the end of the first epoch there are none, and it is raised from here.
    """
    try:
        # What overflows is for the monitor to see, and what underflows is no news.
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            converged = solve(monitor)
    except KeyboardInterrupt as interrupt:
        if not monitor.loss_curve:
            raise
        monitor.stop = Stop.INTERRUPTED
        return interrupt
    if monitor.stop is None:
        monitor.stop = Stop.CONVERGED if converged else Stop.MAX_ITER
    if monitor.parameters is None:
        raise ValueError(no_finite_weights(epoch=1))
    return None
