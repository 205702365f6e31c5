"""Run tasks on the workers of a cluster, and say so if it fails."""

import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from distributed import CancelledError, Client, Future, KilledWorker, default_client, wait

# Seconds between two looks at the cluster, in which the scheduler has to answer to one, and after
# which the cluster counts as lost.
LOOK, ANSWER, LOST = 2.0, 5.0, 15.0

CLOSED = (
    "The cluster was closed or restarted, or lost rows that no task can compute again, such as "
    "scattered ones: start it or scatter them again, and call fit again."
)
GONE = "The scheduler or all workers of the cluster are gone: start them again, and call fit again."


class ClusterLostError(RuntimeError):
    """The scheduler or all workers have gone."""


class Cluster:
    """The workers behind a client."""

    def __init__(self, client: Client | None) -> None:
        if client is None:
            try:
                client = default_client()
            except ValueError as error:
                raise ValueError(
                    "There is no Dask client: make one with distributed.Client(), or pass client."
                ) from error
        if not isinstance(client, Client):
            raise TypeError(
                f"client is a {type(client).__name__}: pass a distributed.Client, for example "
                "Client(address)."
            )
        if client.status in ("closing", "closed"):
            raise ValueError("The client is closed: pass one that is connected to a cluster.")
        if client.asynchronous:
            raise ValueError("The client is asynchronous: pass one that was made without it.")
        self.client = client

    @property
    def workers(self) -> dict[str, Any]:
        """What the scheduler tells of the workers, by their addresses."""
        workers: dict[str, Any] = self._ask("identity", LOST, n_workers=-1)["workers"]
        return workers

    def places_of(self, futures: list[Future]) -> set[str]:
        """Return the addresses of the workers that have the results."""
        found = self._ask("who_has", LOST, keys=[future.key for future in futures])
        return {address for addresses in found.values() for address in addresses}

    def _ask(self, question: str, seconds: float, **arguments: Any) -> dict[str, Any]:
        """Return the scheduler's answer; raise ClusterLostError if there is none in that time."""

        async def ask() -> dict[str, Any]:
            answer: dict[str, Any] = await getattr(self.client.scheduler, question)(**arguments)
            return answer

        if self.client.status in ("closing", "closed"):
            raise ClusterLostError(CLOSED)
        try:
            answer: dict[str, Any] = self.client.sync(ask, callback_timeout=seconds)
        except OSError as error:
            raise ClusterLostError(GONE) from error
        return answer

    @property
    def n_threads(self) -> int:
        """Number of tasks that run at once, or 1 while there is no worker."""
        return max(sum(worker["nthreads"] for worker in self.workers.values()), 1)

    @property
    def is_encrypted(self) -> bool:
        """Whether the workers talk to each other by TLS."""
        return any(address.startswith("tls:") for address in self.workers)

    def places(self, n_parts: int) -> list[list[str]]:
        """Return the address of a worker for each part of the data, or none without workers."""
        threads = [address for address, one in self.workers.items() for _ in range(one["nthreads"])]
        return [threads[i * len(threads) // n_parts :][:1] for i in range(n_parts)]

    def submit(
        self,
        function: Callable[..., Any],
        /,
        *lists: Sequence[Any],
        places: list[list[str]] | None = None,
        **same: Any,
    ) -> list[Any]:
        """Return a future of ``function(*items, **same)`` for each row of items of the lists.

        ``places`` are the workers that are asked first.
        """
        name = f"{function.__name__.strip('_')}-{uuid4().hex}"
        places = places or [[]] * len(lists[0])
        return [
            self.client.submit(
                *(function, *items),
                **same,
                key=f"{name}-{i}",
                pure=False,
                workers=place or None,
                allow_other_workers=bool(place),
            )
            for i, (place, *items) in enumerate(zip(places, *lists, strict=True))
        ]

    def advance(
        self, futures: list[Any], function: Callable[..., Any], /, *lists: Any, **same: Any
    ) -> None:
        """Replace each future by one of ``function(result, *items, **same)``.

        The workers forget the results when they are no longer needed.
        """
        futures[:] = self.submit(function, futures, *lists, **same)

    def run(self, function: Callable[..., Any], /, *lists: Sequence[Any], **same: Any) -> list[Any]:
        """Return ``function(*items, **same)`` for each row of items of the lists."""
        return self.results(self.submit(function, *lists, **same))

    def results(self, futures: list[Future]) -> list[Any]:
        """Return the results in order; raise the error of a task, or that the cluster is lost."""
        watch = Watch(self)
        while True:
            try:
                wait(futures, timeout=LOOK)
            except TimeoutError:
                watch.look()
                continue
            except (CancelledError, OSError) as error:
                raise ClusterLostError(CLOSED) from error
            for future in futures:
                if future.status == "error":
                    _raise_error(future)
            try:
                return list(self.client.sync(self._gather, futures, callback_timeout=LOST))
            except TimeoutError:
                watch.look()
            except (CancelledError, OSError) as error:
                raise ClusterLostError(CLOSED) from error

    async def _gather(self, futures: list[Future]) -> list[Any]:
        direct = self.client.direct_to_workers
        results: list[Any] = await self.client.gather(futures, direct=direct, asynchronous=True)
        return results

    def is_alive(self) -> bool:
        """Whether the scheduler can be reached and has workers."""
        try:
            return len(self._ask("identity", ANSWER, n_workers=-1)["workers"]) > 0
        except ClusterLostError:
            return False


class Watch:
    """Notes since when a cluster is not alive."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster, self.lost_since = cluster, float("inf")

    def look(self) -> bool:
        """Return whether it is alive; raise ClusterLostError if it has not been for too long."""
        asked, alive = time.monotonic(), self.cluster.is_alive()
        self.lost_since = float("inf") if alive else min(self.lost_since, asked)
        if time.monotonic() - self.lost_since > LOST:
            raise ClusterLostError(GONE)
        return alive


def _raise_error(future: Future) -> None:
    """Raise the error of a task, which may be the user's."""
    try:
        future.result()
    except KilledWorker as error:
        raise ClusterLostError(
            "A task ended several workers, probably because their memory is too small: give them "
            "more, or make the chunks of X smaller."
        ) from error
