"""The threads of BLAS during a fit."""

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from math import prod
from typing import Any

from threadpoolctl import ThreadpoolController

from .._network.network import Network

# Multiplications of a block of rows with W1, above which more than one thread is worth it.
MANY_MULTIPLICATIONS = 2**28


@cache
def _controller() -> Any:
    return ThreadpoolController()


def blas_threads(network: Network) -> AbstractContextManager[Any]:
    """Limit BLAS to one thread while a network is trained, unless the network is large.

    A product takes about a millisecond at most. More threads shorten a fit by less than a sixth,
    and if other work keeps the cores busy, they wait for each other ten times as long.
    """
    if network.max_rows * prod(network.shapes[0]) > MANY_MULTIPLICATIONS:
        return nullcontext()
    return _controller().limit(limits=1, user_api="blas")
