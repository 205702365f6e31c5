"""Learning-rate schedules: the share of ``learning_rate`` in use, by the share of training done."""

import math


def constant(progress: float) -> float:
    """Always the whole learning rate."""
    return 1.0


def cosine(progress: float) -> float:
    """From 1 down to 0 along half a cosine (Loshchilov and Hutter, 2017)."""
    return (1 + math.cos(math.pi * progress)) / 2


def one_cycle(progress: float, warm_up: float = 0.3) -> float:
    """Up to 1 in the first 30 % of training, then down to 0 (Smith and Topin, 2018)."""
    if progress < warm_up:
        return 0.04 + 0.96 * progress / warm_up
    return cosine((progress - warm_up) / (1 - warm_up))


SCHEDULES = {"constant": constant, "cosine": cosine, "one_cycle": one_cycle}
