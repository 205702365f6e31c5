"""The threads of BLAS during a fit."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from math import prod
from typing import Any
from weakref import WeakSet

from threadpoolctl import ThreadpoolController  # scikit-learn requires it

from .._network.network import Network

# Multiplications of a block of rows with W1, above which more than one thread is worth it.
MANY_MULTIPLICATIONS = 2**28


class _Fit:
    """A fit that runs."""


# The number of threads is one for the process, and fits may overlap. The last one that ends takes
# back what all have limited. (There is no lock: an interrupt could leave it locked.)
_running: WeakSet[_Fit] = WeakSet()
_limiters: list[Any] = []


@cache
def _controller() -> Any:
    return ThreadpoolController().select(user_api="blas")


@contextmanager
def blas_threads(network: Network) -> Iterator[None]:
    """Limit BLAS to one thread while a network is trained, unless the network is large.

    A product takes about a millisecond at most. More threads shorten a fit by less than a sixth,
    and if other work keeps the cores busy, they wait for each other ten times as long.
    """
    if network.max_rows * prod(network.shapes[0]) > MANY_MULTIPLICATIONS:
        yield
        return
    fit = _Fit()
    _running.add(fit)
    try:
        if any(library.num_threads > 1 for library in _controller().lib_controllers):
            _limiters.append(_controller().limit(limits=1))
        yield
    finally:
        _running.discard(fit)
        while _limiters and not _running:
            _limiters.pop().restore_original_limits()
