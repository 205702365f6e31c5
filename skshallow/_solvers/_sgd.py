"""Stochastic gradient descent with Nesterov momentum."""

from typing import Any

import numpy as np

from .._typing import Array


class NesterovMomentum:
    """v ← μv - α dw, then w ← w + μv - α dw [1]_; with μ = 0 plain gradient descent.

    References
    ----------
    .. [1] Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum
       in deep learning", ICML 2013.
    """

    def __init__(self, n_parameters: int, dtype: Any, momentum: float) -> None:
        self.momentum = momentum
        self.velocity = np.zeros(n_parameters, dtype)

    def step(self, w: Array, dw: Array, learning_rate: float) -> None:
        """One step; dw is overwritten."""
        v = self.velocity
        dw *= learning_rate
        v *= self.momentum
        v -= dw
        w -= dw
        w += self.momentum * v
