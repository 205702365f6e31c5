"""Adam."""

import math
from typing import NamedTuple

import numpy as np

from .._typing import Array
from .cache_blocks import cache_blocks

BETA_1 = 0.9
EPSILON = 1e-8

# The weights of units that are 0 on all rows decay to subnormal numbers, as do their m and v.
# Processors are 10 to 20 times slower with these, so they are set to 0 every FLUSH_STEPS steps.
SMALLEST = 1e-18
FLUSH_STEPS = 128


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
    beta_2: float
    m: Array
    v: Array

    @classmethod
    def init(cls, w: Array, beta_2: float = 0.99) -> "Adam":
        """Return the state before the first step from parameters w."""
        return cls(0, beta_2, *np.zeros((2, len(w)), w.dtype))

    def for_rows(self, n_rows: int) -> "Adam":
        """Return the state with β₂ for that many rows: v is a mean over 100 to 1,000 steps.

        A long mean keeps the steps small after a rare large gradient, so fewer ReLU units become 0
        on all rows. With few rows there are too few steps for it.
        """
        return self._replace(beta_2=1 - 0.01 * min(1, max(0.1, 10_000 / n_rows)))

    def update(self, w: Array, dw: Array, learning_rate: float) -> "Adam":
        """Make one step and return the next state. This changes w, m and v, and overwrites dw."""
        t, beta_2, m, v = self
        t += 1
        root = math.sqrt(1 - beta_2)
        epsilon = EPSILON / root
        bias_correction = math.sqrt(1 - beta_2**t) / (1 - BETA_1**t)
        learning_rate *= bias_correction * (1 - BETA_1) / root
        if not isinstance(w, np.ndarray):  # but an array on a device
            m *= BETA_1
            m += dw
            v *= beta_2
            v += dw * dw
            w -= learning_rate * m / (v**0.5 + epsilon)
            return Adam(t, beta_2, m, v)
        for w_, dw_, m_, v_ in cache_blocks(w, dw, m, v):
            m_ *= BETA_1
            m_ += dw_
            v_ *= beta_2
            np.square(dw_, out=dw_)
            v_ += dw_
            change = np.sqrt(v_, out=dw_)
            change += epsilon
            np.divide(m_, change, out=change)
            change *= learning_rate
            w_ -= change
            if t % FLUSH_STEPS == 0:
                for vector, smallest in ((w_, SMALLEST), (m_, SMALLEST), (v_, SMALLEST**2)):
                    vector *= np.abs(vector) > smallest
        return Adam(t, beta_2, m, v)
