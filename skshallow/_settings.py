"""The settings of one fit."""

import math
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, Literal, TypeAlias

import numpy as np

ActivationName: TypeAlias = Literal["relu", "tanh", "leaky_relu", "sigmoid", "identity"]
SolverName: TypeAlias = Literal["auto", "adam", "sgd", "gd", "lbfgs"]
InitName: TypeAlias = Literal["he", "glorot", "normal"]
ScheduleName: TypeAlias = Literal["constant", "cosine", "one_cycle"]
Auto: TypeAlias = Literal["auto"]
Int: TypeAlias = int | np.integer[Any]
Float: TypeAlias = float | Int | np.floating[Any]

# Counts of rows, units or epochs. A larger one than LARGEST_COUNT means the same as it.
COUNTS = ("hidden_size", "n_estimators", "batch_size", "max_iter", "n_iter_no_change")
LARGEST_COUNT = 2**53


class Settings(SimpleNamespace):
    """The estimator's parameters when a fit begins, by their names. They are never changed."""

    @classmethod
    def of(cls, estimator: Any, names: Iterable[str]) -> "Settings":
        """Read those parameters: numbers as Python numbers, and the solver of "auto"."""
        values = {name: _as_python_number(name, getattr(estimator, name)) for name in names}
        return cls(**values | {"solver": resolve_solver(values["solver"])})

    def for_one_epoch(self) -> "Settings":
        """Return the settings of a call of partial_fit."""
        constant = {"learning_rate_schedule": "constant", "average": False}
        return self.replace(max_iter=1, early_stopping=False, **constant)

    def replace(self, **changes: Any) -> "Settings":
        """Return the settings with other values for some of them."""
        return Settings(**vars(self) | changes)


def resolve_solver(solver: str) -> str:
    """Return the solver that "auto" stands for."""
    return "adam" if solver == "auto" else solver


def _as_python_number(name: str, value: Any) -> Any:
    """Return a number as a Python number that float64 can hold, and other values as they are."""
    if isinstance(value, np.generic):
        value = float(value) if isinstance(value, np.floating) else value.item()
    if name in COUNTS and isinstance(value, int):
        return min(int(value), LARGEST_COUNT)
    if isinstance(value, int | float):
        try:
            finite = math.isfinite(value)
        except OverflowError:
            finite = False
        if not finite:
            raise ValueError(f"{name} is larger than any float64: choose a smaller number.")
    return value
