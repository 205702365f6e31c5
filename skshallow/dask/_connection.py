"""Connections from the client to threads of the workers, which call functions of their rows.

A task of Dask takes about ten messages by its scheduler, and tens of milliseconds; a call through a
connection takes two messages, and less than a millisecond. Who opens one has to know its secret.
"""

import pickle
import socket
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, answer_challenge, deliver_challenge, wait
from threading import Thread, Timer
from typing import Any
from urllib.parse import urlsplit

from distributed import get_worker

# Seconds in which the client has to connect, to find a worker, and to show that it has the secret.
OPEN, REACH, SHAKE = 60.0, 3.0, 1.0
BROKEN = (OSError, EOFError, AuthenticationError, AssertionError)


def serve(nodes: list[Any], secret: bytes) -> tuple[str, int] | None:
    """Call functions of each of the nodes in a thread of this worker, for who has the secret.

    Return the address, or None if there is none. The thread ends, and releases the rows, when the
    connection is closed.
    """
    host = urlsplit(get_worker().address)
    name = "127.0.0.1" if host.scheme == "inproc" else host.hostname or ""
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    try:
        server = socket.create_server((name, 0), family=family)
    except OSError:  # behind a router, the address is not one of this machine
        return None
    server.settimeout(OPEN)
    Thread(target=_serve, args=(server, nodes, secret), daemon=True).start()
    address: tuple[str, int] = server.getsockname()[:2]
    return address


def _serve(server: socket.socket, nodes: list[Any], secret: bytes) -> None:
    with suppress(OSError, EOFError), server, _accept(server, secret) as connection:
        while True:
            function, same = pickle.loads(connection.recv_bytes())
            connection.send_bytes(pickle.dumps(_outcome(function, nodes, same)))


def _accept(server: socket.socket, secret: bytes) -> Connection:
    """Return the connection of the first who has the secret; others are turned away."""
    while True:
        accepted, _ = server.accept()
        with suppress(OSError):
            return _connection(accepted, secret, SHAKE, deliver_challenge, answer_challenge)


def _outcome(function: Callable[..., Any], nodes: list[Any], same: dict[str, Any]) -> Any:
    """Return the results of a call, or the error that it raises."""
    try:
        return [function(node, **same) for node in nodes]
    except Exception as error:
        return error


def connect(address: tuple[str, int], secret: bytes) -> Connection:
    """Return the connection to a thread; raise OSError if it cannot be reached."""
    opened = socket.create_connection(address, timeout=REACH)
    return _connection(opened, secret, REACH, answer_challenge, deliver_challenge)


def _connection(
    opened: socket.socket, secret: bytes, seconds: float, *steps: Callable[..., None]
) -> Connection:
    """Return the connection once both sides have shown that they have the secret.

    Raise OSError if that fails, or is not done after so many ``seconds``.
    """
    opened.settimeout(None)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection = Connection(opened.dup().detach())
    timer = Timer(seconds, _shut, [opened])
    timer.start()
    try:
        for step in steps:
            step(connection, secret)
    except BROKEN as error:
        connection.close()
        raise OSError from error
    finally:
        timer.cancel()
        timer.join()
        opened.close()
    return connection


def _shut(opened: socket.socket) -> None:
    with suppress(OSError):  # the other side has already closed it
        opened.shutdown(socket.SHUT_RDWR)


def call_all(
    connections: list[Connection], call: tuple[Any, ...], look: Callable[[], None], seconds: float
) -> list[Any]:
    """Return the results of the same call in all threads.

    While they are not there, ``look()`` is called every so many ``seconds``, and may raise an
    error. OSError or EOFError says that a worker is lost.
    """
    pickled = pickle.dumps(call)
    for connection in connections:
        connection.send_bytes(pickled)
    waiting = list(connections)
    while waiting:
        ready = wait(waiting, seconds)
        if not ready:
            look()
        waiting = [one for one in waiting if one not in ready]
    results = [pickle.loads(connection.recv_bytes()) for connection in connections]
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results
