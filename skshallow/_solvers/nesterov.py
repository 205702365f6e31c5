"""Stochastic gradient descent with Nesterov momentum."""

from typing import NamedTuple

import numpy as np

from .._typing import Array


class Nesterov(NamedTuple):
    """The state of Nesterov momentum [1]_: v ← μv - α dw, then w ← w + μv - α dw.

    With μ = 0 this is plain gradient descent.

    References
    ----------
    .. [1] Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum
       in deep learning", ICML 2013.
    """

    momentum: float
    v: Array

    @classmethod
    def init(cls, w: Array, momentum: float) -> "Nesterov":
        """Return the state before the first step from parameters w."""
        return cls(momentum, np.zeros_like(w))

    def for_rows(self, n_rows: int) -> "Nesterov":
        """Return the state itself: momentum does not depend on the number of rows."""
        return self

    def update(self, w: Array, dw: Array, learning_rate: float) -> "Nesterov":
        """Make one step and return the next state. This changes w and v, and overwrites dw."""
        v = self.v
        dw *= learning_rate
        v *= self.momentum
        v -= dw
        w -= dw
        w += self.momentum * v
        return self
