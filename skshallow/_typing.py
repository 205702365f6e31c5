"""Type aliases."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeAlias, TypeVar

import numpy as np

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

# W1 (n, e·h), b1 (e·h,), W2 (e, h, k), b2 (e, 1, k) of an ensemble of e members
Layers: TypeAlias = tuple[Array, Array, Array, Array]

# X (r, n): a dense array, or an object with `X @ W` and `X.T @ dZ`; Y (r, k); w (e, r) or (1, r).
# If each member has its own rows: a list of e such X; Y (e, r, k); w (e, r).
Block: TypeAlias = tuple[Any, Array, Array]
Blocks: TypeAlias = Iterable[Block]

# Called with (parameters, loss) after every epoch; True tells the solver to stop.
Report: TypeAlias = Callable[[Array, float], bool]

# Called with (step, progress), where progress is the fraction of all steps that are done.
LearningRate: TypeAlias = Callable[[int, float], float]

Method = TypeVar("Method", bound=Callable[..., Any])


class Decorator(Protocol):
    """A decorator that keeps the signature of a method; those of scikit-learn have no types."""

    def __call__(self, method: Method, /) -> Method: ...
