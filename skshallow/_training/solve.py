"""Run the solver that the settings name, with the values that "auto" stands for."""

import math
from collections.abc import Callable

from .._data.stored_rows import MAX_EPOCH_ROWS, AnyRows
from .._settings import LARGEST_COUNT, Settings
from .._solvers.gradient_descent import gradient_descent
from .._solvers.lbfgs import lbfgs
from .._solvers.minibatch import Optimizer, minibatch_descent
from .._solvers.schedules import SCHEDULES, inverse_square_root
from .._typing import Report
from .problem import Problem

# Momentum averages over about ten steps and needs about twice as many to change direction.
PATIENCE_STEPS = 20

MIN_BATCH_SIZE = 64  # of "auto"

# If few rows have nearly all weight, an epoch is that of so many times these rows.
ROWS_PER_EFFECTIVE_ROW = 50


def solve(problem: Problem, report: Report) -> tuple[bool, Optimizer | None]:
    """Minimise; return whether the solver converged, and the last state of the optimizer.

    ``report(parameters, loss)`` is called after every epoch, or iteration of L-BFGS. The solver
    stops if it returns True.
    """
    settings, objective, start = problem.settings, problem.objective, problem.start
    w, max_iter, rows = start.parameters, settings.max_iter, objective.rows
    if settings.solver == "lbfgs":
        tol = resolve_tol(settings, rows)
        return lbfgs(objective, w, report, max_iter=max_iter, tol=tol), None

    peak = resolve_learning_rate(settings, rows, objective.network.activation.slope)
    if isinstance(settings.learning_rate, str):
        peak *= problem.rate_factor
    schedule = _resolve_schedule(settings, stream=problem.stream)

    def learning_rate(step: int, progress: float) -> float:
        return peak * schedule(step * problem.step_factor, progress)

    if settings.solver == "gd":
        gradient_descent(objective, w, report, learning_rate=learning_rate, max_iter=max_iter)
        return False, None
    assert start.optimizer is not None, f"{settings.solver} has no optimizer"
    batch_size = resolve_batch_size(settings.batch_size, len(rows))
    in_batches = problem.stream or batch_size < len(rows)
    optimizer = minibatch_descent(
        objective._replace(spares_idle_units=settings.solver == "adam" and in_batches),
        w,
        report,
        optimizer=start.optimizer,
        batch_size=batch_size,
        learning_rate=learning_rate,
        max_iter=max_iter,
        max_epoch_rows=LARGEST_COUNT if problem.stream else resolve_epoch_rows(settings, rows),
        average=settings.average,
        random_state=start.random_state,
    )
    return False, optimizer


def resolve_batch_size(batch_size: int | str, n_rows: int) -> int:
    """Return the rows per batch; "auto" grows with the number of rows, up to 512.

    Large batches have less noise, which sets ReLU units to 0 on all rows, but few rows need steps.
    """
    if isinstance(batch_size, str):
        return max(min(max(n_rows // 16, MIN_BATCH_SIZE), 256), min(n_rows // 128, 512))
    return batch_size


def resolve_epoch_rows(settings: Settings, rows: AnyRows) -> int:
    """Return the largest number of rows of an epoch, after which the validation loss is looked at.

    If a few rows have nearly all weight, a pass over all rows is many passes over these, which the
    network would learn by heart before the first look.
    """
    batch_size = resolve_batch_size(settings.batch_size, len(rows))
    uneven = int(ROWS_PER_EFFECTIVE_ROW * rows.effective_number)
    return max(min(max(uneven, PATIENCE_STEPS * batch_size), MAX_EPOCH_ROWS), batch_size)


def resolve_learning_rate(settings: Settings, rows: AnyRows, slope: float) -> float:
    """Return the learning rate; the automatic one depends on the data.

    "adam" changes each of a unit's n weights by about the same amount, and its Z1 by their sum. So
    the step shrinks with √n, as the initial weights do. Rows with a length below √n, such as word
    counts, allow larger steps, and so does an activation with a small slope at 0.

    With "sgd", the noise of the gradient grows as 1/√(batch size), so small batches get smaller
    steps.
    """
    if not isinstance(settings.learning_rate, str):
        return settings.learning_rate
    if settings.solver == "adam":
        squared_length = min(rows.X.shape[1], rows.mean_squared_length)
        return min(0.03, 0.12 / max(math.sqrt(squared_length), 1)) / slope
    if settings.solver == "gd":
        return 0.1
    batch_size = min(resolve_batch_size(settings.batch_size, len(rows)), len(rows))
    return 0.05 * min(1, math.sqrt(batch_size / MIN_BATCH_SIZE))


def _resolve_schedule(settings: Settings, *, stream: bool) -> Callable[[float, float], float]:
    """Return the schedule; the automatic learning rate of "adam" falls after some steps.

    With many rows there are thousands of steps, and a constant rate sets more and more ReLU units
    to 0 on all rows. A stream has no end, so its rate stays constant.
    """
    automatic = settings.solver == "adam" and isinstance(settings.learning_rate, str)
    if automatic and settings.learning_rate_schedule == "constant" and not stream:
        return inverse_square_root
    return SCHEDULES[settings.learning_rate_schedule]


def resolve_tol(settings: Settings, rows: AnyRows) -> float:
    """Return tol; "auto" falls as 1/√rows from 5,000 to 320,000 rows, as the noise of a loss."""
    if not isinstance(settings.tol, str):
        return settings.tol
    return 0.002 * max(0.125, min(1, math.sqrt(5000 / rows.effective_number)))


def resolve_patience(settings: Settings, rows: AnyRows) -> int:
    """Return the patience in epochs; "auto" is 2, or as many as make PATIENCE_STEPS.

    It is 3 if a pass over the rows is several epochs, between which the loss falls less.

    With momentum the loss can rise for several steps before it falls. "gd" has no momentum and
    needs no longer patience.
    """
    if not isinstance(settings.n_iter_no_change, str):
        return settings.n_iter_no_change
    full_batch = {"gd": 2, "lbfgs": PATIENCE_STEPS}
    if settings.solver in full_batch:
        return full_batch[settings.solver]
    n_rows, epoch_rows = len(rows), resolve_epoch_rows(settings, rows)
    n_batches = math.ceil(min(n_rows, epoch_rows) / resolve_batch_size(settings.batch_size, n_rows))
    return max(3 if n_rows > epoch_rows else 2, math.ceil(PATIENCE_STEPS / n_batches))
