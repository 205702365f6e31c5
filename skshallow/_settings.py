"""The settings of one fit."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import numpy as np


class Settings(SimpleNamespace):
    """The estimator's parameters when a fit begins, by their names. They are never changed."""

    @classmethod
    def of(cls, estimator: Any, names: Iterable[str]) -> "Settings":
        """Read those parameters: NumPy scalars as Python numbers, and the solver of "auto"."""
        values = {name: getattr(estimator, name) for name in names}
        plain = {n: v.item() if isinstance(v, np.generic) else v for n, v in values.items()}
        return cls(**plain | {"solver": resolve_solver(plain["solver"])})

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
