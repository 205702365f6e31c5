"""Adam."""

import math
from typing import NamedTuple

import numpy as np

from .._typing import Array
from .cache_blocks import cache_blocks

BETA_1 = 0.9
BETA_2 = 0.99
EPSILON = 1e-8


class Adam(NamedTuple):
    """The state of Adam [1]_: steps of about α for each parameter.

    With t the number of steps so far::

        m ← β₁m + dw      v ← β₂v + dw²
        w ← w - α √(1-β₂ᵗ) / (1-β₁ᵗ) · (1-β₁) m / (√(1-β₂) √v + ε)

    m and v are sums; the factors in the last line turn them into running means.

    References
    ----------
    .. [1] Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, with the order
       of the corrections at the end of its section 2.
    """

    t: int
    m: Array
    v: Array

    @classmethod
    def init(cls, w: Array) -> "Adam":
        """Return the state before the first step from parameters w."""
        return cls(0, *np.zeros((2, len(w)), w.dtype))

    def update(self, w: Array, dw: Array, learning_rate: float) -> "Adam":
        """Make one step and return the next state. This changes w, m and v, and overwrites dw."""
        t, m, v = self
        t += 1
        root = math.sqrt(1 - BETA_2)
        epsilon = EPSILON / root
        bias_correction = math.sqrt(1 - BETA_2**t) / (1 - BETA_1**t)
        learning_rate *= bias_correction * (1 - BETA_1) / root
        for w_, dw_, m_, v_ in cache_blocks(w, dw, m, v):
            m_ *= BETA_1
            m_ += dw_
            v_ *= BETA_2
            np.square(dw_, out=dw_)
            v_ += dw_
            change = np.sqrt(v_, out=dw_)
            change += epsilon
            np.divide(m_, change, out=change)
            change *= learning_rate
            w_ -= change
        return Adam(t, m, v)
