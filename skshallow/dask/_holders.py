"""The bundles of rows on the workers, which are asked for sums over them in each step.

The calls are pure functions of the rows and their arguments. They go through connections to threads
of the workers. If one of these is lost with its worker, tasks of Dask do the same sums: for them
the scheduler finds or computes the lost rows.
"""

import secrets
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from ._cluster import LOOK, Cluster, Watch
from ._connection import call_all, connect, serve
from ._groups import bundles, flat
from ._step_tasks import for_each


class Holders:
    """The groups in bundles, and the connections to the threads that hold these."""

    def __init__(self, cluster: Cluster, groups: list[Any]) -> None:
        parts = bundles(len(groups), cluster.n_threads)
        self.cluster, self.bundles = cluster, [groups[part] for part in parts]
        self.connections: list[Connection] = []
        self.workers: set[str] = set()
        self._connect()

    def _connect(self) -> None:
        """Start a thread where each bundle is, and connect to it."""
        self._disconnect()
        secret = secrets.token_bytes()
        places = self.cluster.places(len(self.bundles))
        threads = self.cluster.submit(serve, self.bundles, secret=secret, places=places)
        addresses = self.cluster.results(threads)
        self.workers = {one[0] for one in self.cluster.client.who_has(threads).values() if one}
        try:
            for address in addresses:
                self.connections.append(connect(address, secret))
        except OSError:
            self._disconnect()

    def _disconnect(self) -> None:
        for connection in self.connections:
            connection.close()
        self.connections = []

    def release(self) -> None:
        """Let the workers forget the rows."""
        self._disconnect()
        self.bundles = []

    def run(self, function: Callable[..., Any], /, **same: Any) -> list[Any]:
        """Return ``function(bundle, **same)`` of each bundle."""
        if self.connections:
            watch = Watch(self.cluster)

            def look() -> None:
                if watch.look() and not self.cluster.workers.keys() >= self.workers:
                    raise EOFError

            try:
                return call_all(self.connections, (function, same), look, LOOK)
            except (OSError, EOFError):
                pass
        results = self.cluster.run(function, self.bundles, **same)
        self._connect()
        return results

    def run_each(self, function: Callable[..., Any], /, **same: Any) -> list[Any]:
        """Return ``function(group, **same)`` of each group."""
        return flat(self.run(for_each, function=function, **same))
