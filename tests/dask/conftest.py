"""A cluster of two processes that the tests share, and a time-out for each test."""

import signal
from importlib.util import find_spec

import numpy as np
import pytest

if find_spec("distributed"):
    from distributed import Client, LocalCluster
else:
    collect_ignore_glob = ["*.py"]  # without the group dask

TIMEOUT = 180  # seconds, on a busy machine


def local_cluster(n_workers, **options):
    """A cluster of processes with one thread each."""
    options |= {"threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    return LocalCluster(n_workers=n_workers, silence_logs=50, **options)


@pytest.fixture(autouse=True)
def _timeout():
    def stop(*_):
        pytest.fail(f"The test has taken {TIMEOUT} s.")  # which no code takes for a time-out

    previous = signal.signal(signal.SIGALRM, stop)
    signal.alarm(TIMEOUT)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, previous)


@pytest.fixture(scope="session")
def client():
    with local_cluster(2) as cluster, Client(cluster) as client:
        yield client


@pytest.fixture(scope="session")
def moons():
    """4,000 rows of two classes with a curved border."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4000, 4)) * [1, 10, 1, 0.1] + [0, 5, 0, 0]
    logits = 2 * np.sin(2 * X[:, 0]) + X[:, 2] * (X[:, 1] - 5) / 5
    return X, (rng.random(len(X)) < 1 / (1 + np.exp(-logits))).astype(int)
