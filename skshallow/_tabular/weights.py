"""Weights of networks in the mean of their logits."""

import math

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import softmax

from .._training.problem import Problem
from .._training.trainer import Result
from .._typing import Array

# A network whose validation loss is higher than the lowest by this share of it has 1/e of the
# weight.
TEMPERATURE = 0.06
TINY_LOSS = 1e-12
# The mean is scaled to the least validation loss, with a penalty as of rows of so much weight.
PSEUDO_WEIGHT = 20
SEARCH = {"xatol": 1e-2}


def weights_and_loss(fitted: list[tuple[Problem, Result]]) -> tuple[Array, float | None]:
    """Return the networks' weights, and the validation loss of the weighted sum of their logits.

    Their validation rows are the same. The sum of the weights is not 1: it makes the probabilities
    more or less extreme, as the validation rows ask for (temperature scaling [1]_). Without such
    rows the weights are equal.

    References
    ----------
    .. [1] Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017.
    """
    objective = fitted[0][0].objective
    if not objective.has_validation_rows:
        return np.full(len(fitted), 1 / len(fitted)), None
    logits = []
    for problem, result in fitted:
        Z2, Y, w = problem.objective.validation_logits(result.parameters)
        logits.append(Z2)
    cross_entropy = objective.network.output.cross_entropy

    def loss(Z2: Array) -> float:
        return float((cross_entropy(Z2.copy(), Y) * w).sum())

    losses = np.array([loss(Z2) for Z2 in logits])
    weights = softmax(-losses / (TEMPERATURE * max(losses.min(), TINY_LOSS)))
    mean = np.tensordot(weights.astype(Z2.dtype), np.stack(logits), axes=1)
    penalty = PSEUDO_WEIGHT / objective.validation_weight

    def penalized_loss(log_scale: float) -> float:
        return loss(math.exp(log_scale) * mean) + penalty * log_scale**2

    best = minimize_scalar(penalized_loss, bounds=(-1, 1), method="bounded", options=SEARCH)
    scale = math.exp(best.x)
    return scale * weights, loss(scale * mean)
