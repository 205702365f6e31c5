"""One fit of a TabularNetClassifier: a network for each of two encodings of the table."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from .._data.validation import Samples
from .._fitted.state import FittedState
from .._training.problem import Problem, pose_problem
from .._training.trainer import Result, train
from .readers import new_readers
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
    problems: list[Problem] = []
    results: list[Result] = []
    interrupt: KeyboardInterrupt | None = None

    def state_with(current: FittedState) -> TabularState:
        states = [*(result.state for result in results), current]
        return TabularState.of_networks(tables, readers, states)

    for reader in readers:
        settings = reader.settings
        same_split = problems[0].data if problems else None
        problem = pose_problem(*reader.encoded(tables), settings, None, same_split=same_split)
        assert problem is not None, "a first fit always has something to learn"
        task = new_task(settings)

        def end_epoch(state: Callable[[], FittedState], *, last: bool, task: Any = task) -> bool:
            return bool(task.end_epoch(lambda: state_with(state()), last=last))

        task.begin_epoch()
        try:
            result = train(problem, end_epoch)
        except KeyboardInterrupt as error:  # before the first epoch has ended
            if not results:
                raise
            interrupt = error
            break
        task.end(state_with(result.state))
        problems.append(problem)
        results.append(result)
        interrupt = result.interrupt
        if interrupt is not None:
            break
    state = TabularState.of_networks(
        tables,
        readers,
        [result.state for result in results],
        *weights_and_loss(problems, results),
    )
    return TabularResult(
        state,
        _distinct(message for problem in problems for message in problem.warnings),
        _distinct(result.warning for result in results if result.warning is not None),
        interrupt,
    )


def _distinct(messages: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(messages))
