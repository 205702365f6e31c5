"""Workers that are killed, clusters that are closed, little memory: the same bits, or an error."""

import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, redirect_stdout

import dask.array as da
import pytest
from distributed import Client, wait
from numpy.testing import assert_array_equal

from skshallow.dask import DaskShallowNetClassifier, _cluster, _holders
from skshallow.dask._connection import call_all
from tests.helpers import ignore_convergence

from .conftest import local_cluster
from .helpers import assert_same_bits, chunked

pytestmark = ignore_convergence

LONG = {"hidden_size": 8, "tol": 0, "n_iter_no_change": 1000, "batch_size": 400, "random_state": 0}


def processes(client):
    """The worker processes."""
    return list(client.run(os.getpid).values())


@pytest.fixture
def impatient(monkeypatch):
    """A cluster counts as lost after a few seconds."""
    for name, seconds in (("LOOK", 0.5), ("ANSWER", 1.0), ("LOST", 3.0)):
        monkeypatch.setattr(_cluster, name, seconds)
    monkeypatch.setattr(_holders, "LOOK", 0.5)


@contextmanager
def during_training(act, client, epochs=3):
    """Call a function in a thread of its own once so many epochs have been printed."""
    lines, acted = [], []

    class Output:
        def write(self, text):
            lines.append(text)

        def flush(self):
            pass

    def when_it_trains():
        while sum("epoch" in line for line in lines) < epochs:
            time.sleep(0.01)
        act(client)
        acted.append(sum("epoch" in line for line in lines))

    thread = threading.Thread(target=when_it_trains, daemon=True)
    thread.start()
    with redirect_stdout(Output()):
        yield acted
    thread.join(10)
    assert acted, "training ended before"


def kill_one(client):
    os.kill(processes(client)[0], signal.SIGKILL)


def test_killed_worker_changes_no_bit(client, moons):
    rows, parameters = chunked(*moons), LONG | {"max_iter": 20}
    expected = DaskShallowNetClassifier(**parameters).fit(*rows)
    with local_cluster(2) as cluster, Client(cluster, set_as_default=False) as own:
        clf = DaskShallowNetClassifier(**parameters, verbose=True, client=own)
        with during_training(kill_one, own) as acted:
            clf.fit(*rows)
        assert acted[0] < 20
    assert_same_bits(clf, expected)


def test_number_of_workers_changes_no_bit(client, moons):
    rows, parameters = chunked(*moons), LONG | {"max_iter": 20}
    expected = DaskShallowNetClassifier(**parameters).fit(*rows)
    with local_cluster(1) as cluster, Client(cluster, set_as_default=False) as own:
        clf = DaskShallowNetClassifier(**parameters, verbose=True, client=own)
        with during_training(lambda _: cluster.scale(3), own):
            clf.fit(*rows)  # while two workers join
        assert_same_bits(clf, expected)
        own.wait_for_workers(3, timeout=60)
        assert_same_bits(clf.set_params(verbose=False).fit(*rows), expected)


@pytest.mark.parametrize("at", range(12, 26))  # the calls of an epoch are of several kinds
def test_interrupt(client, moons, at, monkeypatch):
    # The answers to the call that is interrupted are not taken for those to the next one.
    rows, parameters = chunked(*moons), LONG | {"max_iter": 4}
    expected = DaskShallowNetClassifier(**parameters).fit(*rows)
    call_all, calls = _holders.call_all, []

    def interrupted(connections, call, *rest):
        calls.append(call)
        if len(calls) == at:
            for connection in connections:
                connection.send(pickle.dumps(call))
            raise KeyboardInterrupt
        return call_all(connections, call, *rest)

    monkeypatch.setattr(_holders, "call_all", interrupted)
    clf = DaskShallowNetClassifier(**parameters)
    with pytest.raises(KeyboardInterrupt):
        clf.fit(*rows)
    assert len(calls) >= at
    if hasattr(clf, "loss_curve_"):
        n_epochs = len(clf.loss_curve_)
        assert_array_equal(clf.loss_curve_, expected.loss_curve_[:n_epochs])
        assert clf.loss_ == pytest.approx(clf.loss_curve_[-1], rel=0.1)


def test_strangers_are_turned_away(client, moons, monkeypatch):
    call_all, connect, calls, strangers = _holders.call_all, _holders.connect, [], []

    def counted(*args):
        calls.append(args)
        return call_all(*args)

    def second(address, secret):
        strangers.append(socket.create_connection(address))  # who says nothing
        return connect(address, secret)

    monkeypatch.setattr(_holders, "call_all", counted)
    monkeypatch.setattr(_holders, "connect", second)
    DaskShallowNetClassifier(**LONG | {"max_iter": 2}).fit(*chunked(*moons))
    assert strangers
    assert calls
    for stranger in strangers:
        stranger.close()


@pytest.mark.parametrize("lost", ["workers", "scheduler"])
@pytest.mark.usefixtures("impatient")
def test_lost_cluster(moons, lost):
    cluster = local_cluster(1)
    own = Client(cluster, set_as_default=False)
    clf = DaskShallowNetClassifier(4, max_iter=2, random_state=0, client=own)
    rows = chunked(*moons)
    before = clf.fit(*rows).coefs_
    clf.set_params(**LONG, max_iter=100_000, verbose=True)

    def lose(_):
        since.append(time.monotonic())
        if lost == "workers":
            cluster.scale(0)
        else:
            cluster.close()

    since = []
    try:
        with during_training(lose, own), pytest.raises(RuntimeError, match="cluster"):
            clf.fit(*rows)
        assert time.monotonic() - since[0] < 15
        assert clf.coefs_ is before
    finally:
        own.close()
        cluster.close()


@pytest.mark.usefixtures("impatient")
def test_scheduler_that_does_not_answer(tmp_path):
    file = tmp_path / "scheduler.json"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0"]
    options = ["--no-dashboard", "--host", "127.0.0.1", "--scheduler-file", str(file)]
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as scheduler:
        try:
            own = Client(scheduler_file=str(file), set_as_default=False)
            scheduler.send_signal(signal.SIGSTOP)
            with pytest.raises(RuntimeError, match="scheduler or all workers"):
                DaskShallowNetClassifier(client=own).fit(da.ones((4, 2)), da.arange(4) % 2)
        finally:
            scheduler.kill()
            own.close(timeout=1)


def test_worker_that_does_not_read():
    # A stopped process reads nothing; what is sent fills the buffers of both sides.
    here, there = socket.socketpair()
    here.setblocking(False)

    def look():
        raise FileNotFoundError

    with here, there, pytest.raises(FileNotFoundError):
        call_all([here], (len, {"w": bytes(10_000_000)}), look, 0.1)


def test_less_memory_than_rows(moons):
    # 4 workers of 1.1 GB each for 1.12 GB of rows. Each process takes 0.2 GB at rest.
    with local_cluster(4, memory_limit="1100MB") as cluster, Client(cluster) as own:
        before = processes(own)
        X = da.random.default_rng(0).random(size=(700_000, 200), chunks=(10_000, 200))
        y = (X[:, 0] > 0.5).astype(int)
        clf = DaskShallowNetClassifier(4, n_estimators=1, max_iter=2, random_state=0).fit(X, y)
        assert processes(own) == before
        assert clf.score(X[:1000], y[:1000]) > 0.9


def test_data_are_released(client, moons):
    rows = client.persist(chunked(*moons))
    wait(rows)
    before = _held(client)
    DaskShallowNetClassifier(**LONG | {"max_iter": 2}).fit(*rows)
    for _ in range(50):
        if _held(client) == before:
            break
        time.sleep(0.1)
    assert _held(client) == before


def _held(client):
    return {str(key) for keys in client.has_what().values() for key in keys}
