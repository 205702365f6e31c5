"""DaskShallowNetClassifier: time of a fit and of its rounds, and what they say of large clusters.

Run ``python docs/benchmarks/dask_scaling.py`` with the group ``dask``. It starts clusters of
processes with one thread each on this machine.

- A fit of 2,000,000 rows of 30 columns (``smooth`` in ``large.py``) on two workers, and the fit of
  the same rows in one process.
- Seconds of a round, which is a step of Adam, against the number of chunks, of parameters, of rows
  of a mini-batch, and of workers. They are medians of differences between fits of 2 and 12 epochs.
- From these, a computed table for 10⁹ rows of 100 columns. Nothing of it was run.
"""

import common  # isort: skip

import argparse
import statistics
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dask.array as da
import large
import numpy as np
from distributed import Client, LocalCluster, wait
from sklearn.metrics import log_loss

from skshallow import ShallowNetClassifier
from skshallow.dask import DaskShallowNetClassifier

BATCH, TINY_BATCH, ROUND_ROWS, N_FEATURES = 2048, 256, 2**17, large.N_FEATURES
# The computed table. A fit has about EPOCHS epochs, whatever the number of rows.
FAR_ROWS, FAR_FEATURES, WORKERS = 10**9, 100, (1, 2, 4, 10, 30, 100, 300)
VARIED = {"n_chunks": (4, 16, 64), "batch": (256, 2048, 16_384), "hidden_size": (16, 256)}
N_REPEATS, TIMED_EPOCHS = 5, 10
EPOCHS, EPOCH_ROWS, NETWORK_BYTES = 40, 2**18, 1.25e9  # a second, of 10 Gbit/s


@contextmanager
def cluster(n_workers: int) -> Iterator[Client]:
    """A cluster of processes with one thread each."""
    options: dict[str, Any] = {"threads_per_worker": 1, "dashboard_address": ":0"}
    local = LocalCluster(n_workers=n_workers, silence_logs=50, **options)
    with local, Client(local) as client:
        yield client


def on_cluster(client: Client, X: Any, y: Any, n_chunks: int) -> tuple[Any, Any]:
    """The rows in so many chunks, which the workers have."""
    rows = -(-len(X) // n_chunks)
    arrays = client.persist([da.from_array(X, chunks=(rows, -1)), da.from_array(y, chunks=rows)])
    wait(arrays)
    return arrays


def compare_fits(n_rows: int, seeds: int) -> str:
    """A table of fits in one process and on two workers."""
    X, y, _ = large.data(large.smooth, n_rows, seed=0)
    X_test, y_test, _ = large.data(large.smooth, 50_000, seed=1)
    rows: list[list[object]] = []
    with cluster(2) as client:
        chunks = on_cluster(client, X, y, 20)
        for seed in range(seeds):
            seconds = {}
            for where, model, data in (
                ("one process", ShallowNetClassifier(random_state=seed), (X, y)),
                ("two workers", DaskShallowNetClassifier(random_state=seed), chunks),
            ):
                start = time.perf_counter()
                model.fit(*data)
                seconds[where] = time.perf_counter() - start
                loss = log_loss(y_test, model.predict_proba(X_test))
                rows.append([seed, where, f"{seconds[where]:.1f}", model.n_iter_, f"{loss:.4f}"])
                print(*rows[-1], flush=True)
            ratio = seconds["two workers"] / seconds["one process"]
            rows.append([seed, "ratio of the times", f"{ratio:.2f}", "", ""])
    return common.table(["seed", "fit", "seconds", "epochs", "log-loss"], rows)


def seconds_a_round(
    client: Client,
    n_features: int = N_FEATURES,
    n_chunks: int = 16,
    batch: int = BATCH,
    **network: Any,
) -> float:
    """Seconds of a step on the workers."""
    rng = np.random.default_rng(0)
    n_rows = min(ROUND_ROWS, 256 * batch)
    X = rng.normal(size=(n_rows, n_features)).astype(np.float32)
    rows = on_cluster(client, X, (X[:, 0] > 0).astype(int), n_chunks)
    options = {
        "early_stopping": False,
        "tol": 0,
        "n_iter_no_change": 99,
        "batch_size": batch,
        "random_state": 0,
    } | network

    def seconds(n_epochs: int) -> float:
        start = time.perf_counter()
        DaskShallowNetClassifier(max_iter=n_epochs, **options).fit(*rows)
        return time.perf_counter() - start

    return (seconds(2 + TIMED_EPOCHS) - seconds(2)) / (TIMED_EPOCHS * -(-n_rows // batch))


def in_turn(client: Client, variants: list[dict[str, int]]) -> list[float]:
    """The median seconds of a round of each variant, which are measured in turn."""
    rounds = [[seconds_a_round(client, **one) for one in variants] for _ in range(N_REPEATS)]
    return [statistics.median(seconds) for seconds in zip(*rounds, strict=True)]


def computed(by_workers: dict[int, float], full: float, seconds_to_load: float) -> str:
    """The table for FAR_ROWS rows, from seconds a round of tiny batches and of full ones.

    A round costs the client a constant and a term for each worker; the bytes of the weights and
    gradients, which pass its network one after the other; and each worker its rows.
    """
    n_workers = np.array([*by_workers])
    each, constant = np.polyfit(n_workers, [*by_workers.values()], 1)
    columns = FAR_FEATURES / N_FEATURES
    a_row = 2 * (full - by_workers[2]) / (BATCH - TINY_BATCH) * columns
    network = ShallowNetClassifier().n_estimators * (64 * (FAR_FEATURES + 2) + 1) * 4
    rows = []
    for n in WORKERS:
        messages, sums = constant + each * n, a_row * BATCH / n
        wire = 2 * n * network / NETWORK_BYTES
        a_round = messages + sums + wire
        fit = EPOCHS * EPOCH_ROWS / BATCH * a_round
        load = seconds_to_load * columns * FAR_ROWS / 2e6 * 2 / n
        parts = [1000 * one for one in (messages, wire, sums, a_round)]
        gigabytes = FAR_ROWS * FAR_FEATURES * 4 / n / 1e9
        rows.append([n, *(f"{part:.1f}" for part in parts), f"{fit:.0f}", f"{load:.0f}"])
        rows[-1].append(f"{gigabytes:,.0f}")
    header = ["workers", "messages, ms", "bytes, ms", "sums, ms", "a round, ms"]
    header += ["training, s", "loading, s", "GB of rows each"]
    return common.table(header, rows)


def seconds_to_load(client: Client, n_rows: int) -> float:
    """Seconds of a fit of one step: nearly all of them before it."""
    X, y, _ = large.data(large.smooth, n_rows, seed=0)
    rows = on_cluster(client, X, y, 20)
    start = time.perf_counter()
    options = {"max_iter": 1, "batch_size": n_rows, "early_stopping": False, "solver": "gd"}
    DaskShallowNetClassifier(1, n_estimators=1, random_state=0, **options).fit(*rows)
    return time.perf_counter() - start


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    packages = ("scikit-learn", "numpy", "scipy", "dask", "distributed")
    print(f"On {common.machine(*packages)}.\n")
    print(compare_fits(args.rows, args.seeds), "\n", flush=True)
    by_workers = {}
    for n_workers in (1, 2, 4, 8):
        with cluster(n_workers) as client:
            (by_workers[n_workers],) = in_turn(client, [{"batch": TINY_BATCH}])
    rows: list[list[object]] = [[n, f"{1000 * one:.2f}"] for n, one in by_workers.items()]
    print(common.table(["workers", f"ms a round of {TINY_BATCH} rows"], rows), "\n", flush=True)
    with cluster(2) as client:
        for name, values in VARIED.items():
            seconds = in_turn(client, [{name: n} for n in values])
            rows = [[n, f"{1000 * one:.2f}"] for n, one in zip(values, seconds, strict=True)]
            print(common.table([name, "ms a round"], rows), "\n", flush=True)
        (full,) = in_turn(client, [{}])
        print(computed(by_workers, full, seconds_to_load(client, 2_000_000)))


if __name__ == "__main__":
    main()
