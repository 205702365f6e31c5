"""The groups of rows on the workers, which are asked for sums over them in each step.

The calls are pure functions of the rows and their arguments. They go through connections to threads
of the workers. If one of these is lost with its worker, tasks of Dask do the same sums: for them
the scheduler finds or computes the lost rows.
"""

import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from socket import socket
from typing import Any

from ._cluster import LOOK, Cluster, Watch
from ._connection import call_all, connect, serve
from ._groups import flat, shares, tree_nodes
from ._step_tasks import for_each

AWAKE = 20.0  # seconds


class Holders:
    """The nodes of the tree of groups, and the connections to the threads that hold them."""

    def __init__(self, cluster: Cluster, groups: list[Any]) -> None:
        nodes = tree_nodes(len(groups), cluster.n_threads)
        self.cluster, self.nodes = cluster, [groups[node] for node in nodes]
        self.connections: list[socket] = []
        self.workers: set[str] = set()  # that have the threads
        self.unreachable: set[str] = set()  # all workers, if one of them could not be reached
        self.seen = time.monotonic()
        self._connect()

    def _connect(self) -> None:
        """Start the threads, each with its share of the nodes, and connect to them."""
        workers = {*self.cluster.workers}
        if workers == self.unreachable or self.cluster.is_encrypted:
            return
        secret = secrets.token_bytes()
        parts = shares(len(self.nodes), self.cluster.n_threads)
        nodes, places = [self.nodes[part] for part in parts], self.cluster.places(len(parts))
        threads = self.cluster.submit(serve, nodes, secret=secret, places=places)
        addresses = self.cluster.results(threads)
        self.workers = self.cluster.places_of(threads)
        with ExitStack() as opened:  # closes those that are open if one fails
            try:
                if None in addresses:
                    raise OSError
                connections = [opened.enter_context(connect(one, secret)) for one in addresses]
            except OSError:
                self.unreachable = workers
            else:
                opened.pop_all()
                self.connections = connections

    def _disconnect(self) -> None:
        connections, self.connections = self.connections, []
        for connection in connections:
            connection.close()

    def release(self) -> None:
        """Let the workers forget the rows."""
        self._disconnect()
        self.nodes = []

    def run(self, function: Callable[..., Any], /, **same: Any) -> list[Any]:
        """Return ``function(node, **same)`` of each node, which is a list of groups."""
        if self.connections:
            self._keep_awake()
            watch = Watch(self.cluster)

            def look() -> None:
                if watch.look() and not self.cluster.workers.keys() >= self.workers:
                    raise EOFError

            try:
                return flat(call_all(self.connections, (function, same), look, LOOK))
            except (OSError, EOFError):  # a worker is lost
                self._disconnect()
            except BaseException:  # answers that come later would be taken for those of others
                self._disconnect()
                raise
        results = self.cluster.run(function, self.nodes, **same)
        self._connect()
        return results

    def _keep_awake(self) -> None:
        """Submit a task now and then: without one, a scheduler may take the cluster for idle."""
        if time.monotonic() - self.seen > AWAKE:
            self.seen, self.task = time.monotonic(), self.cluster.submit(len, [()])

    def run_each(self, function: Callable[..., Any], /, **same: Any) -> list[Any]:
        """Return ``function(group, **same)`` of each group."""
        return flat(self.run(for_each, function=function, **same))
