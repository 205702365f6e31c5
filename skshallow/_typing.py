"""The array types that the rooms hand to one another."""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

# W1 (n, e·h), b1 (e·h,), W2 (e, h, k), b2 (e, 1, k) of a committee of e members
Layers: TypeAlias = tuple[Array, Array, Array, Array]

# X (r, n): a dense array or anything else with `X @ W` and `X.T @ dZ`; Y (r, k); w (e, r) or (1, r)
# Where each member has rows of its own: a list of such X, one for each; Y (e, r, k); w (e, r)
Block: TypeAlias = tuple[Any, Array, Array]
Blocks: TypeAlias = Iterable[Block]

# (parameters, loss) after an epoch; True tells the solver to stop
Report: TypeAlias = Callable[[Array, float], bool]
