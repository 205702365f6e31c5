"""Weights of networks in the mean of their logits."""

import numpy as np
from scipy.special import softmax

from .._training.problem import Problem
from .._training.start import fitted_parameters
from .._training.trainer import Result
from .._typing import Array

# A network whose validation loss is higher than the lowest by this share of it has 1/e of the
# weight.
TEMPERATURE = 0.06
TINY_LOSS = 1e-12


def weights_and_loss(problems: list[Problem], results: list[Result]) -> tuple[Array, float | None]:
    """Return the networks' weights, and the validation loss of their mean.

    Their validation rows are the same. Without such rows the weights are equal.
    """
    if not problems[0].objective.has_validation_rows:
        return np.full(len(problems), 1 / len(problems)), None
    logits = []
    for problem, result in zip(problems, results, strict=True):
        objective, state = problem.objective, result.state
        parameters = fitted_parameters(state, objective.network, objective.rows.scaling)
        Z2, Y, w = objective.validation_logits(parameters)
        logits.append(Z2)
    cross_entropy = problems[0].objective.network.output.cross_entropy

    def loss(Z2: Array) -> float:
        return float((cross_entropy(Z2.copy(), Y) * w).sum())

    losses = np.array([loss(Z2) for Z2 in logits])
    weights = softmax(-losses / (TEMPERATURE * max(losses.min(), TINY_LOSS)))
    return weights, loss(np.tensordot(weights.astype(Z2.dtype), np.stack(logits), axes=1))
