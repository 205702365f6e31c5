"""Adam."""

import math
from typing import Any

import numpy as np

from .._typing import Array


class Adam:
    """Steps of about α for each parameter, by running means of dw and dw² [1]_.

    With t the number of steps so far::

        m ← β₁m + (1-β₁) dw      v ← β₂v + (1-β₂) dw²
        w ← w - α √(1-β₂ᵗ) / (1-β₁ᵗ) · m / (√v + ε)

    References
    ----------
    .. [1] Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, with the order
       of the corrections at the end of its section 2.
    """

    beta_1 = 0.9
    beta_2 = 0.999
    epsilon = 1e-8

    def __init__(self, n_parameters: int, dtype: Any) -> None:
        self.t = 0
        self.m, self.v, self._work = np.zeros((3, n_parameters), dtype)

    def step(self, w: Array, dw: Array, learning_rate: float) -> None:
        """One step; dw is overwritten."""
        m, v, work = self.m, self.v, self._work
        self.t += 1
        m *= self.beta_1
        m += np.multiply(dw, 1 - self.beta_1, out=work)
        v *= self.beta_2
        np.square(dw, out=dw)
        dw *= 1 - self.beta_2
        v += dw
        np.sqrt(v, out=work)
        work += self.epsilon
        np.divide(m, work, out=work)
        work *= learning_rate * math.sqrt(1 - self.beta_2**self.t) / (1 - self.beta_1**self.t)
        w -= work
