"""scikit-learn's callbacks: a task for each fit, and within it one for each epoch.

scikit-learn has callbacks from version 1.9 on.
"""

import copy
from collections.abc import Callable
from functools import wraps
from typing import Any

from .._settings import Settings
from .._typing import Decorator, Method

try:
    from sklearn import callback
    from sklearn.callback import CallbackSupportMixin

    with_callbacks: Decorator = callback.with_callbacks
except ImportError:

    class _NoContext:
        """A context without callbacks."""

        def subcontext(self, **settings: Any) -> "_NoContext":
            """Return the context of a subtask."""
            return self

        def call_on_fit_task_begin(self, **given: Any) -> bool:
            """Do not stop training."""
            return False

        call_on_fit_task_end = call_on_fit_task_begin

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """A mixin without callbacks."""

        def _init_callback_context(self, **settings: Any) -> _NoContext:
            return _NoContext()

    def with_callbacks(method: Method) -> Method:
        """Call the method. Like the decorator of scikit-learn, this adds one frame to the stack."""

        @wraps(method)
        def same(*args: Any, **kwargs: Any) -> Any:
            return method(*args, **kwargs)

        return same  # type: ignore[return-value]


class FitTask:
    """A fit as the callbacks see it, with a task for each epoch.

    The task of an epoch begins when the previous one has ended. The callbacks get ``data``, which
    are X, y and ``metadata``, as the user passed them.
    """

    def __init__(
        self, estimator: Any, settings: Settings, context: Any = None, **data: Any
    ) -> None:
        if context is None:  # else the fit is a task of another one
            context = estimator._init_callback_context(max_subtasks=settings.max_iter)
        self.context = context
        self.epoch: Any = None
        self.epoch_name = "iteration" if settings.solver == "lbfgs" else "epoch"
        self.epochs_to_begin = settings.max_iter
        self.fit_arguments = {"estimator": estimator, **data}
        self.context.call_on_fit_task_begin(**self.fit_arguments)

    def begin_epoch(self) -> None:
        """Tell the callbacks that an epoch begins."""
        self.epochs_to_begin -= 1
        self.epoch = self.context.subcontext(task_name=self.epoch_name)
        self.epoch.call_on_fit_task_begin(**self.fit_arguments)

    def end_epoch(self, state: Callable[[], Any], *, last: bool) -> bool:
        """Tell the callbacks that an epoch has ended; return whether one of them stops training."""
        epoch, self.epoch = self.epoch, None  # it has ended even if a callback raises
        stop = _end(epoch, self.fit_arguments, state)
        if not last and not stop and self.epochs_to_begin:
            self.begin_epoch()
        return stop

    def end(self, state: Any) -> None:
        """Tell the callbacks that the fit has ended without an error."""
        if self.epoch is not None:  # it was begun, but the solver did not need it
            _end(self.epoch, self.fit_arguments, lambda: state)
        _end(self.context, self.fit_arguments, lambda: state)


class NestedFitTask:
    """A fit that consists of several fits, each of which is a task with its epochs."""

    def __init__(self, estimator: Any, n_fits: int, **data: Any) -> None:
        self.context = estimator._init_callback_context(max_subtasks=n_fits)
        self.fit_arguments = {"estimator": estimator, **data}
        self.context.call_on_fit_task_begin(**self.fit_arguments)

    def subtask(self, settings: Settings) -> FitTask:
        """Tell the callbacks that one of the fits begins."""
        context = self.context.subcontext(task_name="network", max_subtasks=settings.max_iter)
        return FitTask(settings=settings, context=context, **self.fit_arguments)

    def end(self, state: Any) -> None:
        """Tell the callbacks that all have ended."""
        _end(self.context, self.fit_arguments, lambda: state)


def _end(context: Any, fit_arguments: dict[str, Any], state: Callable[[], Any]) -> bool:
    """End a task. Callbacks that ask for it get a fitted copy of the estimator."""

    def attributes() -> dict[str, Any]:
        new = copy.deepcopy(state().attributes())
        if hasattr(fit_arguments["estimator"], "feature_names_in_"):
            new.setdefault("feature_names_in_", None)  # not those of the last fit
        return new

    return bool(context.call_on_fit_task_end(**fit_arguments, reconstruction_attributes=attributes))


__all__ = ["CallbackSupportMixin", "FitTask", "NestedFitTask", "with_callbacks"]
