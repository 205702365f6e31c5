"""scikit-learn's callbacks: a task for each fit, and within it one for each epoch.

They came with scikit-learn 1.9; before it there are none to call.
"""

import copy
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial, wraps
from typing import Any

from ._state import FITTED
from ._training import Monitor

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Nothing to support."""

    def with_callbacks(method: Any) -> Any:
        """Only call the method, as many frames above it as later versions have."""

        @wraps(method)
        def same(*args: Any, **kwargs: Any) -> Any:
            return method(*args, **kwargs)

        return same


class FitTask:
    """A fit as the callbacks see it, with a task for each epoch.

    An epoch's task begins when the one before has ended.
    """

    def __init__(self, context: Any, epoch_name: str, max_epochs: int, given: dict[str, Any]):
        self.context = context
        self.epoch_name = epoch_name
        self.epochs_to_begin = max_epochs
        self.given = given
        self.epoch: Any = None

    def __enter__(self) -> "FitTask":
        self.context.call_on_fit_task_begin(**self.given)
        return self

    def begin_epoch(self) -> None:
        """Tell the callbacks that an epoch begins."""
        self.epochs_to_begin -= 1
        self.epoch = self.context.subcontext(task_name=self.epoch_name)
        self.epoch.call_on_fit_task_begin(**self.given)

    def end_epoch(
        self, fitted_attributes: Callable[[Monitor], dict[str, Any]], monitor: Monitor
    ) -> bool:
        """Tell the callbacks, who may look at a copy fitted so far; whether one says to stop."""
        stop = self._end(partial(fitted_attributes, monitor))
        if monitor.stop is None and not stop and self.epochs_to_begin:
            self.begin_epoch()
        return stop

    def __exit__(self, failure: Any, *details: Any) -> None:
        """Tell the callbacks that the fit has ended well; the estimator's attributes are set."""
        if failure is not None:
            return
        if self.epoch is not None:  # a solver found nothing more to do
            self._end(self._own_copies)
        self.context.call_on_fit_task_end(**self.given, reconstruction_attributes=self._own_copies)

    def _end(self, fitted_attributes: Callable[[], dict[str, Any]]) -> bool:
        epoch, self.epoch = self.epoch, None  # ended, even if a callback raises
        return epoch.call_on_fit_task_end(**self.given, reconstruction_attributes=fitted_attributes)

    def _own_copies(self) -> dict[str, Any]:
        fitted = vars(self.given["estimator"])
        return copy.deepcopy({name: fitted[name] for name in FITTED})


class NoTask(nullcontext[None]):
    """A fit that no callback can see."""

    end_epoch = None

    def begin_epoch(self) -> None:
        """Tell nobody."""


def fit_task(
    estimator: Any, X: Any, y: Any, sample_weight: Any, *, epoch_name: str, max_epochs: int
) -> FitTask | NoTask:
    """Set the estimator's callbacks up for a fit, to be entered for it.

    They are given X, y and the weights as the caller of fit gave them.
    """
    if not hasattr(estimator, "_init_callback_context"):
        return NoTask()
    context = estimator._init_callback_context(max_subtasks=max_epochs)
    metadata = None if sample_weight is None else {"sample_weight": sample_weight}
    given = {"estimator": estimator, "X": X, "y": y, "metadata": metadata}
    return FitTask(context, epoch_name, max_epochs, given)


__all__ = ["CallbackSupportMixin", "FitTask", "fit_task", "with_callbacks"]
