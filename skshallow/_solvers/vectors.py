"""Vectors of parameters, as NumPy arrays or as arrays on a device.

On a device, the operators of the array suffice, so no namespace is needed here.
"""

import math
from typing import Any

import numpy as np

from .cache_blocks import cache_blocks


def copy_vector(w: Any) -> Any:
    """Return a copy."""
    return w.copy() if isinstance(w, np.ndarray) else 1 * w


def is_finite_vector(w: Any) -> bool:
    """Whether all numbers are finite."""
    if isinstance(w, np.ndarray):
        return bool(np.isfinite(w).all())
    zeros = 0 * w  # or NaN
    return math.isfinite(float(zeros @ zeros))


def move_towards(mean: Any, w: Any, rate: float, work: Any) -> None:
    """Move ``mean`` by that fraction of the distance to ``w``; this overwrites ``work``."""
    if not isinstance(w, np.ndarray):
        mean += rate * (w - mean)
        return
    for w_, mean_, change in cache_blocks(w, mean, work):
        np.subtract(w_, mean_, out=change)
        change *= rate
        mean_ += change
