"""Adam."""

import math
from typing import Any

import numpy as np

from .._pieces import pieces
from .._typing import Array


class Adam:
    """Steps of about α for each parameter, by running means of dw and dw² [1]_.

    With t the number of steps so far::

        m ← β₁m + dw      v ← β₂v + dw²
        w ← w - α √(1-β₂ᵗ) / (1-β₁ᵗ) · (1-β₁) m / (√(1-β₂) √v + ε)

    m and v are sums here, which the factors in the last line make means.

    References
    ----------
    .. [1] Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, with the order
       of the corrections at the end of its section 2.
    """

    beta_1 = 0.9
    beta_2 = 0.99
    epsilon = 1e-8

    def __init__(self, n_parameters: int, dtype: Any) -> None:
        self.t = 0
        self.m, self.v = np.zeros((2, n_parameters), dtype)

    def step(self, w: Array, dw: Array, learning_rate: float) -> None:
        """One step; dw is overwritten."""
        self.t += 1
        root = math.sqrt(1 - self.beta_2)
        epsilon = self.epsilon / root
        bias_correction = math.sqrt(1 - self.beta_2**self.t) / (1 - self.beta_1**self.t)
        learning_rate *= bias_correction * (1 - self.beta_1) / root
        for w_, dw_, m, v in pieces(w, dw, self.m, self.v):
            m *= self.beta_1
            m += dw_
            v *= self.beta_2
            np.square(dw_, out=dw_)
            v += dw_
            change = np.sqrt(v, out=dw_)
            change += epsilon
            np.divide(m, change, out=change)
            change *= learning_rate
            w_ -= change
