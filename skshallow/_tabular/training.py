"""One fit of a TabularNetClassifier: a network for each of two encodings of the table."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from .._data.validation import Samples
from .._fitted.state import FittedState
from .._training.problem import Problem, pose_problem
from .._training.trainer import Result, train
from .readers import Reader, new_readers
from .state import TabularState
from .weights import weights_and_loss


class TabularResult(NamedTuple):
    """How the fit ended."""

    state: TabularState
    warnings: list[str]
    convergence_warnings: list[str]
    interrupt: KeyboardInterrupt | None  # to raise once the state is installed


def fit_table(
    samples: Samples,
    validation: Samples | None,
    parameters: dict[str, Any],
    new_task: Callable[..., Any],
) -> TabularResult:
    """Train one network after the other, and weigh them by their validation losses.

    All hold the same rows out. A KeyboardInterrupt ends training; the networks so far are kept.
    ``new_task(settings)`` begins a task of the callbacks.
    """
    tables, readers = new_readers(samples, validation, parameters)
    fitted: list[tuple[Problem, Result]] = []

    def state_with(current: FittedState) -> TabularState:
        states = [*(result.state for _, result in fitted), current]
        return TabularState.of_networks(tables, readers, states)

    def fit_network(reader: Reader) -> None:
        settings = reader.settings
        split = fitted[0][0].data.split if fitted else None
        problem = pose_problem(*reader.encoded(tables), settings, None, split=split)
        assert problem is not None, "a first fit always has something to learn"
        task = new_task(settings)

        def end_epoch(state: Callable[[], FittedState], *, last: bool) -> bool:
            return bool(task.end_epoch(lambda: state_with(state()), last=last))

        task.begin_epoch()
        result = train(problem, end_epoch)
        task.end(state_with(result.state))
        fitted.append((problem, result))

    interrupt = None
    for reader in readers:
        try:
            fit_network(reader)
            interrupt = fitted[-1][1].interrupt
        except KeyboardInterrupt as error:  # before its first epoch has ended
            if not fitted:
                raise
            interrupt = error
        if interrupt is not None:
            break
    states = [result.state for _, result in fitted]
    return TabularResult(
        TabularState.of_networks(tables, readers, states, *weights_and_loss(fitted)),
        tables.warnings
        + _distinct(message for problem, _ in fitted for message in problem.warnings),
        _distinct(result.warning for _, result in fitted if result.warning is not None),
        interrupt,
    )


def _distinct(messages: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(messages))
