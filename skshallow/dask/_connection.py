"""Connections from the client to threads of the workers, which call functions of their rows.

A task of Dask takes about ten messages by its scheduler, and tens of milliseconds; a call through a
connection takes two messages, and less than a millisecond. Who opens one has to know its secret.
"""

import pickle
import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, answer_challenge, deliver_challenge
from threading import Thread, Timer
from typing import Any
from urllib.parse import urlsplit

from distributed import get_worker

# Seconds in which the client has to connect, to find a worker, and to show that it has the secret.
OPEN, REACH, SHAKE = 60.0, 3.0, 1.0
# An answer begins with its number of bytes, in so many bytes.
LENGTH = 8
RECEIVE_BYTES = 2**20


def serve(nodes: list[Any], secret: bytes) -> tuple[str, int] | None:
    """Call functions of each of the nodes in a thread, for the first who has the secret.

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
    with suppress(OSError, EOFError, pickle.UnpicklingError):  # the client is gone
        with server:
            accepted = _accept(server, secret)
        with accepted, accepted.makefile("rb") as calls:
            while True:
                function, same = pickle.load(calls)
                answer = pickle.dumps(_outcome(function, nodes, same))
                accepted.sendall(len(answer).to_bytes(LENGTH))
                accepted.sendall(answer)


def _accept(server: socket.socket, secret: bytes) -> socket.socket:
    """Return the connection of the first who has the secret; others are turned away."""
    while True:
        accepted, _ = server.accept()
        with suppress(OSError):
            _shake_hands(accepted, secret, SHAKE, deliver_challenge, answer_challenge)
            return accepted


def _outcome(function: Callable[..., Any], nodes: list[Any], same: dict[str, Any]) -> Any:
    """Return the results of a call, or the error that it raises."""
    try:
        return [function(node, **same) for node in nodes]
    except Exception as error:
        return error


def connect(address: tuple[str, int], secret: bytes) -> socket.socket:
    """Return the connection to a thread; raise OSError if it cannot be reached."""
    opened = socket.create_connection(address, timeout=REACH)
    _shake_hands(opened, secret, REACH, answer_challenge, deliver_challenge)
    opened.setblocking(False)
    return opened


def _shake_hands(
    opened: socket.socket, secret: bytes, seconds: float, *steps: Callable[..., None]
) -> None:
    """Show the other side that this one has the secret, and the other way round.

    Close the connection and raise OSError if that fails, or takes more than so many ``seconds``.
    """
    opened.settimeout(None)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    timer = Timer(seconds, _shut, [opened])
    timer.start()
    try:
        with Connection(opened.dup().detach()) as connection:
            for step in steps:
                step(connection, secret)
    except (OSError, EOFError, AuthenticationError, AssertionError) as error:
        opened.close()
        raise OSError from error
    finally:
        timer.cancel()
        timer.join()


def _shut(opened: socket.socket) -> None:
    with suppress(OSError):  # the other side has already closed it
        opened.shutdown(socket.SHUT_RDWR)


def call_all(
    connections: list[socket.socket],
    call: tuple[Any, ...],
    look: Callable[[], None],
    seconds: float,
) -> list[Any]:
    """Return the results of the same call in all threads.

    While nothing comes or goes, ``look()`` is called every so many ``seconds``, and may raise an
    error. OSError or EOFError says that a worker is lost.
    """
    pickled = memoryview(pickle.dumps(call))
    answers = {connection: bytearray() for connection in connections}
    with selectors.DefaultSelector() as selector:
        for one in connections:
            selector.register(one, selectors.EVENT_WRITE, pickled)
        while selector.get_map():
            ready = selector.select(seconds)
            if not ready:
                look()
            for key, event in ready:
                connection: Any = key.fileobj
                if event & selectors.EVENT_WRITE:
                    rest = key.data[connection.send(key.data) :]
                    event = selectors.EVENT_WRITE if rest else selectors.EVENT_READ
                    selector.modify(connection, event, rest)
                elif _receive(connection, answers[connection]):
                    selector.unregister(connection)
    results = [pickle.loads(memoryview(answer)[LENGTH:]) for answer in answers.values()]
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def _receive(connection: socket.socket, answer: bytearray) -> bool:
    """Append what has come to the answer; return whether it is complete."""
    received = connection.recv(RECEIVE_BYTES)
    if not received:
        raise EOFError
    answer += received
    return len(answer) >= LENGTH and len(answer) == LENGTH + int.from_bytes(answer[:LENGTH])
