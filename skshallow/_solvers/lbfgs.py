"""L-BFGS of SciPy: all rows in every step, with the curvature estimated from the last ten."""

import numpy as np
from scipy.optimize import OptimizeResult, minimize

from .._typing import Array, Report
from .objective import Objective

MAX_LINE_SEARCH_STEPS = 50


def lbfgs(objective: Objective, w: Array, report: Report, *, max_iter: int, tol: float) -> bool:
    """Minimise until no entry of the gradient exceeds tol; return whether it converged.

    It has also converged if no step reduces J, because of rounding or at the kinks of ReLU.
    """
    n_members = objective.network.n_members  # dw is the gradient of the sum of the members' J
    n_reports = 0

    def loss_and_gradient(w: Array) -> tuple[float, Array]:
        dw = np.empty_like(w)  # a new array, since SciPy may keep it
        return n_members * objective.loss_and_gradient(w, dw), dw

    def end_of_iteration(intermediate_result: OptimizeResult) -> None:
        nonlocal n_reports
        n_reports += 1
        if report(intermediate_result.x, float(intermediate_result.fun) / n_members):
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
            "ftol": 0,  # `report` tests the loss
        },
    )
    if n_reports == 0:  # no step reduced the loss, or it is not finite
        report(result.x, float(result.fun) / n_members)
    return result.status in (0, 2)
