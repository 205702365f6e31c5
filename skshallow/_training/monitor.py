"""The monitor of a fit: loss curves, best weights, and when to stop."""

import math
from collections.abc import Callable
from dataclasses import InitVar, dataclass
from enum import Enum, auto
from typing import NamedTuple

import numpy as np

from .._solvers.vectors import copy_vector, is_finite_vector
from .._typing import Array

# Until the validation loss is below PRIOR_IMPROVEMENT times that of the class prior, the patience
# is at least INITIAL_PATIENCE: interactions of features can take many epochs to show an effect.
INITIAL_PATIENCE = 30
PRIOR_IMPROVEMENT = 0.98


class StopReason(Enum):
    """Why training ended."""

    CONVERGED = auto()  # the monitored loss stopped improving
    LOSS_INCREASED = auto()  # it stopped improving, with a training loss above its first value
    MAX_ITER = auto()
    CALLBACK = auto()  # a callback asked for it
    NON_FINITE = auto()
    INTERRUPTED = auto()  # by KeyboardInterrupt


class Progress(NamedTuple):
    """What is known after an epoch. It is replaced as a whole, so an interrupt cannot split it."""

    n_epochs: int = 0
    parameters: Array | None = None  # to return
    best_loss: float = math.inf  # monitored loss of these parameters
    reference_loss: float = math.inf  # to improve by tol
    epochs_without_improvement: int = 0


@dataclass(eq=False)
class Monitor:
    """Called by a solver after every epoch; records losses and weights, and decides when to stop.

    Parameters
    ----------
    validation_loss : callable or None
        Returns the validation loss of a parameter vector.
    early_stopping : bool
        Whether to monitor the validation loss, if there is one, and to return its best weights;
        else the training loss is monitored and the last finite weights are returned.
    patience : int
        Number of epochs in which the monitored loss has to improve by ``tol``.
    prior_loss : float
        Validation loss of the class prior, or 0. Under early stopping, the patience is longer
        until the loss is below it.
    tol : float
        In the unit of the loss.
    verbose : bool
        Whether to print a line each epoch.
    callback : callable
        Called with the monitor after each epoch; True stops training.
    start : ndarray or None
        Fitted weights to continue from. Under early stopping, only better ones replace them.
    """

    validation_loss: Callable[[Array], float] | None
    early_stopping: bool
    patience: int
    prior_loss: float
    tol: float
    verbose: bool
    callback: "Callable[[Monitor], bool]"
    start: InitVar[Array | None]

    def __post_init__(self, start: Array | None) -> None:
        self.stop: StopReason | None = None
        self.progress = Progress()
        self._losses: list[tuple[float, float]] = []  # training and validation loss
        self.early_stopping &= self.validation_loss is not None
        if start is not None and self.early_stopping and self.validation_loss is not None:
            with np.errstate(over="ignore", invalid="ignore"):
                loss = self.validation_loss(start)
            if math.isfinite(loss):
                self.progress = Progress(0, copy_vector(start), loss, loss)

    @property
    def loss_curve(self) -> Array:
        """Training loss of each epoch."""
        return np.array([loss for loss, _ in self._losses[: self.progress.n_epochs]])

    @property
    def validation_loss_curve(self) -> Array | None:
        """Validation loss of each epoch; None without validation rows."""
        if self.validation_loss is None:
            return None
        return np.array([loss for _, loss in self._losses[: self.progress.n_epochs]])

    def __call__(self, parameters: Array, loss: float) -> bool:
        """Record an epoch; return whether to stop."""
        validation_loss = math.nan
        finite = math.isfinite(loss) and is_finite_vector(parameters)
        if finite and self.validation_loss is not None:
            validation_loss = self.validation_loss(parameters)
        monitored = validation_loss if self.early_stopping else loss
        if not (finite and math.isfinite(monitored)):
            self.stop = StopReason.NON_FINITE
            return True
        self._losses.append((loss, validation_loss))
        self.progress = self._advanced(parameters, monitored)
        if self.verbose:
            self._print_epoch()
        if self._stale():
            increased = loss > self._losses[0][0] + self.tol
            self.stop = StopReason.LOSS_INCREASED if increased else StopReason.CONVERGED
        if self.callback(self) and self.stop is None:
            self.stop = StopReason.CALLBACK
        return self.stop is not None

    def _advanced(self, parameters: Array, monitored: float) -> Progress:
        """Return the progress after one more epoch."""
        n_epochs, best, best_loss, reference, waited = self.progress
        if best is None or not self.early_stopping or monitored < best_loss:
            best, best_loss = copy_vector(parameters), monitored
        if monitored < reference - self.tol:
            reference, waited = monitored, -1
        return Progress(n_epochs + 1, best, best_loss, reference, waited + 1)

    def _stale(self) -> bool:
        """Whether to stop because the monitored loss no longer improves."""
        _, _, best_loss, _, waited = self.progress
        at_prior = self.early_stopping and 0 < PRIOR_IMPROVEMENT * self.prior_loss < best_loss
        patience = max(self.patience, INITIAL_PATIENCE) if at_prior else self.patience
        return waited >= patience

    def _print_epoch(self) -> None:
        loss, validation_loss = self._losses[-1]
        line = f"epoch {len(self._losses)}: loss {loss:.6f}"
        if self.validation_loss is not None:
            line += f", validation loss {validation_loss:.6f}"
        print(line)
