"""scikit-learn's callbacks: a task for each fit, and within it one for each epoch.

They came with scikit-learn 1.9; before it there are none to call.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any

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
    """A fit as the callbacks see it: begun, with ``max_epochs`` epochs at most to come.

    An epoch's task begins when the one before has ended.
    """

    def __init__(self, context: Any, epoch_name: str, max_epochs: int, given: dict[str, Any]):
        self.context = context
        self.epoch_name = epoch_name
        self.epochs_to_begin = max_epochs
        self.given = given
        context.call_on_fit_task_begin(**given)
        self._begin_epoch()

    def _begin_epoch(self) -> None:
        self.epochs_to_begin -= 1
        self.epoch = self.context.subcontext(task_name=self.epoch_name)
        self.epoch.call_on_fit_task_begin(**self.given)

    def end_epoch(
        self, fitted_attributes: Callable[[Monitor], dict[str, Any]], monitor: Monitor
    ) -> bool:
        """Tell the callbacks, who may look at a copy fitted so far; whether one says to stop."""
        stop = self.epoch.call_on_fit_task_end(
            **self.given, reconstruction_attributes=partial(fitted_attributes, monitor)
        )
        self.epoch = None
        if monitor.stop is None and not stop and self.epochs_to_begin:
            self._begin_epoch()
        return bool(stop)

    def end(self) -> None:
        """Tell the callbacks that the fit has ended; the estimator's attributes are set."""
        if self.epoch is not None:  # a solver found nothing more to do
            self.epoch.call_on_fit_task_end(estimator=self.given["estimator"])
        self.context.call_on_fit_task_end(**self.given, reconstruction_attributes={})


@contextmanager
def fit_task(
    estimator: Any, X: Any, y: Any, sample_weight: Any, *, epoch_name: str, max_epochs: int
) -> Iterator[FitTask | None]:
    """What is inside is a task to the estimator's callbacks; None if there are none to call.

    They are given X, y and the weights as the caller of fit gave them.
    """
    if not hasattr(estimator, "_init_callback_context"):
        yield None
        return
    context = estimator._init_callback_context(max_subtasks=max_epochs)
    metadata = None if sample_weight is None else {"sample_weight": sample_weight}
    given = {"estimator": estimator, "X": X, "y": y, "metadata": metadata}
    task = FitTask(context, epoch_name, max_epochs, given)
    yield task
    task.end()


__all__ = ["CallbackSupportMixin", "FitTask", "fit_task", "with_callbacks"]
