"""Learning-rate schedules: the fraction of ``learning_rate`` in use.

A schedule is a function of the step, which can be a fraction on a cluster, and of ``progress``, the
fraction of the steps of all ``max_iter`` epochs that are done.
"""

import math


def constant(step: float, progress: float) -> float:
    """Return 1."""
    return 1.0


def cosine(step: float, progress: float) -> float:
    """Go from 1 down to 0 along half a cosine (Loshchilov and Hutter, 2017)."""
    return (1 + math.cos(math.pi * progress)) / 2


def one_cycle(step: float, progress: float, warm_up: float = 0.3) -> float:
    """Go up to 1 in the first 30 % of the steps, then down to 0 (Smith and Topin, 2018)."""
    if progress < warm_up:
        return 0.04 + 0.96 * progress / warm_up
    return cosine(step, (progress - warm_up) / (1 - warm_up))


def inverse_square_root(step: float, progress: float, constant_steps: int = 500) -> float:
    """Return 1 at first, and then fall as 1 / √step."""
    return 1 / math.sqrt(max(1, step / constant_steps))


SCHEDULES = {"constant": constant, "cosine": cosine, "one_cycle": one_cycle}
