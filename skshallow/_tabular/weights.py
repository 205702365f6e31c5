"""Weights of networks in the mean of their logits."""

import numpy as np
from scipy.special import softmax

from .._training.problem import Problem
from .._training.trainer import Result
from .._typing import Array

# A network whose validation loss is higher than the lowest by this share of it has 1/e of the
# weight.
TEMPERATURE = 0.06
TINY_LOSS = 1e-12


def weights_and_loss(fitted: list[tuple[Problem, Result]]) -> tuple[Array, float | None]:
    """Return the networks' weights, and the validation loss of their mean.

    Their validation rows are the same. Without such rows the weights are equal.
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
    return weights, loss(np.tensordot(weights.astype(Z2.dtype), np.stack(logits), axes=1))
