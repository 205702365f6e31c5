"""Objects on the workers that hold the rows, and are asked for sums over them in each step.

They are Dask actors. A task takes about ten messages between client, scheduler and worker, a call
of an actor four. The calls are pure functions of the rows and their arguments. If an actor is lost
with its worker, tasks do the same sums: for them the scheduler finds or computes the lost rows.
"""

import asyncio
import copy
import gc
from collections.abc import Callable
from typing import Any

from ._cluster import LOOK, Cluster, ClusterLostError, Watch, for_each
from ._groups import flat


class Holder:
    """The actor that holds one bundle of groups."""

    def __init__(self, bundle: list[Any]) -> None:
        self.bundle = bundle

    async def call(self, function: Callable[..., Any], /, **same: Any) -> Any:
        """Call a function of the bundle in a thread: an actor has one thread for each worker."""
        return await asyncio.to_thread(function, self.bundle, **same)


class Holders:
    """All bundles and their actors, as the client sees them."""

    def __init__(self, cluster: Cluster, bundles: list[Any]) -> None:
        self.cluster, self.bundles = cluster, bundles
        self.futures: list[Any] = []
        self.actors: list[Any] = []
        self.addresses: list[str] = []
        self._make_actors()

    def _make_actors(self) -> None:
        """Make an actor where each bundle is; none if a worker is lost meanwhile."""
        self.release_actors()
        self.cluster.results(self.cluster.submit(len, self.bundles))  # they are there
        places = self.cluster.places(self.bundles)
        self.futures = self.cluster.submit(Holder, self.bundles, actor=True, places=places)
        try:
            found = self.cluster.results(self.futures)
            # A copy belongs to the current client, the actor to the last one that was made.
            self.actors = [copy.copy(actor) for actor in found]
            self.addresses = flat(self.cluster.places(self.futures))
        except ClusterLostError:
            raise
        except RuntimeError:  # of Dask, if the worker of an actor is lost
            self.release_actors()

    def release_actors(self) -> None:
        """Let the workers forget the actors."""
        self.futures, self.actors, self.addresses = [], [], []

    def release(self) -> None:
        """Let the workers forget the rows."""
        self.release_actors()
        self.bundles = []
        gc.collect()  # Dask's calls of an actor leave cycles of references to it

    def run(self, function: Callable[..., Any], /, **same: Any) -> list[Any]:
        """Return ``function(bundle, **same)`` of each bundle."""
        if self.actors:
            try:
                calls = [actor.call(function, **same) for actor in self.actors]
                return [
                    self._result(call, address)
                    for call, address in zip(calls, self.addresses, strict=True)
                ]
            except ClusterLostError:
                raise
            except (OSError, RuntimeError):  # of Dask, if the worker of an actor is lost
                pass
        results = self.cluster.run(function, self.bundles, **same)
        self._make_actors()
        return results

    def run_each(self, function: Callable[..., Any], /, **same: Any) -> list[Any]:
        """Return ``function(group, **same)`` of each group."""
        return flat(self.run(for_each, function=function, **same))

    def _result(self, call: Any, address: str) -> Any:
        """Return the result of a call; raise OSError if the worker at that address is lost."""
        watch = Watch(self.cluster)
        while True:
            try:
                return call.result(timeout=LOOK)
            except TimeoutError:
                if watch.look() and address not in self.cluster.workers:
                    raise OSError(f"The worker at {address} is gone.") from None
