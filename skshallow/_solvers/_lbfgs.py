"""L-BFGS, by SciPy: all rows in every step, and the curvature guessed from the last ten."""

import numpy as np
from scipy.optimize import OptimizeResult, minimize

from .._objective import Objective
from .._typing import Array, Report

MAX_LINE_SEARCH_STEPS = 50


def lbfgs(objective: Objective, w: Array, report: Report, *, max_iter: int, tol: float) -> bool:
    """Minimise until no entry of the gradient is over tol.

    Returns whether it ended by itself: for that reason, or because rounding hides any further
    descent.
    """
    n_reports = 0

    def loss_and_gradient(w: Array) -> tuple[float, Array]:
        dw = np.empty_like(w)  # a new one: SciPy may keep it
        return objective.loss_and_gradient(w, dw), dw

    def end_of_iteration(intermediate_result: OptimizeResult) -> None:
        nonlocal n_reports
        n_reports += 1
        if report(intermediate_result.x, float(intermediate_result.fun)):
            raise StopIteration

    result = minimize(
        loss_and_gradient,
        w,
        method="L-BFGS-B",
        jac=True,
        callback=end_of_iteration,
        options={
            "maxiter": max_iter,
            "maxfun": max_iter * MAX_LINE_SEARCH_STEPS,
            "maxls": MAX_LINE_SEARCH_STEPS,
            "gtol": tol,
            "ftol": 64 * np.finfo(np.float64).eps,
        },
    )
    if n_reports == 0:  # the start could not be bettered, or its loss is not finite
        report(result.x, float(result.fun))
    return result.status in (0, 2)
