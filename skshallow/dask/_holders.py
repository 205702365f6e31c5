"""The groups of rows on the workers, which are asked for sums over them in each step.

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
from ._groups import flat, shares, tree_nodes
from ._step_tasks import for_each


class Holders:
    """The nodes of the tree of groups, and the connections to the threads that hold them."""

    def __init__(self, cluster: Cluster, groups: list[Any]) -> None:
        nodes = tree_nodes(len(groups), cluster.n_threads)
        self.cluster, self.nodes = cluster, [groups[node] for node in nodes]
        self.connections: list[Connection] = []
        self.workers: set[str] = set()
        self._connect()

    def _connect(self) -> None:
        """Start the threads, each with its share of the nodes, and connect to them."""
        self._disconnect()
        secret = secrets.token_bytes()
        parts = shares(len(self.nodes), self.cluster.n_threads)
        nodes, places = [self.nodes[part] for part in parts], self.cluster.places(len(parts))
        threads = self.cluster.submit(serve, nodes, secret=secret, places=places)
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
        self.nodes = []

    def run(self, function: Callable[..., Any], /, **same: Any) -> list[Any]:
        """Return ``function(node, **same)`` of each node, which is a list of groups."""
        if self.connections:
            watch = Watch(self.cluster)

            def look() -> None:
                if watch.look() and not self.cluster.workers.keys() >= self.workers:
                    raise EOFError

            try:
                return flat(call_all(self.connections, (function, same), look, LOOK))
            except (OSError, EOFError):
                pass
        results = self.cluster.run(function, self.nodes, **same)
        self._connect()
        return results

    def run_each(self, function: Callable[..., Any], /, **same: Any) -> list[Any]:
        """Return ``function(group, **same)`` of each group."""
        return flat(self.run(for_each, function=function, **same))
