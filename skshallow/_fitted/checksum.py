"""Checksums: of arrays and other objects, and of the state of a stored estimator."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .._array_api.place import to_host


def checksum(*parts: Any) -> str:
    """Return the same string for equal arrays and for other objects of equal repr."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            little_endian = part.dtype.newbyteorder("<")  # on every machine
            digest.update(repr((little_endian.str, part.shape)).encode())
            digest.update(np.ascontiguousarray(part, little_endian).reshape(-1).view(np.uint8).data)
        else:
            digest.update(repr(part).encode())
    return digest.hexdigest()


def with_checksum(state: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Return the state with a checksum of those of its values that it has, and their names."""
    names = [name for name in names if name in state]
    return {**state, "_seal": {"names": names, "checksum": _state_checksum(state, names)}}


def verified(
    state: Any,
    defaults: dict[str, Any],
    attributes: list[str],
    check: Callable[[dict[str, Any], list[str]], None],
    class_name: str,
) -> dict[str, Any]:
    """Return the state without its checksum; raise ValueError if it does not match.

    Another version may have stored it: parameters that it did not have get their ``defaults``, and
    parameters that only it had are dropped. ``check(state, names)`` raises an error if the state
    is not that of a usable estimator.
    """
    match state:
        case {"_seal": {"names": list(names), "checksum": stored}}:
            names = [str(name) for name in names]
        case _:
            raise corrupt(
                class_name, "its state has no checksum, which all versions since 0.1.0 store"
            )
    check(state, names)
    if stored != _state_checksum(state, names):
        raise corrupt(class_name, "its numbers or its texts have changed since it was stored")
    dropped = {"_seal", *names} - {*defaults, *attributes}
    return defaults | {name: value for name, value in state.items() if name not in dropped}


def corrupt(class_name: str, flaw: str) -> ValueError:
    """Return the error for a stored estimator that cannot be used."""
    return ValueError(
        f"This is not an intact {class_name}: {flaw}. Load it from an intact file, or fit it again."
    )


def _state_checksum(state: dict[str, Any], names: list[str]) -> str:
    return checksum(*_values([(name, state[name]) for name in names]))


def _values(part: Any) -> Iterator[Any]:
    """Yield the arrays, numbers and strings in nested lists and dicts; skip other objects."""
    part = to_host(part)
    match part:
        case list() | tuple():
            for inner in part:
                yield from _values(inner)
        # skops loses one of two boolean keys. Such a model must still load.
        case dict() if not any(isinstance(key, bool | np.bool_) for key in part):
            yield from _values(list(part.items()))
        case np.ndarray() if part.dtype.hasobject:
            yield from _values(part.tolist())
        case np.floating():  # its repr differs between versions of NumPy
            yield float(part)
        case np.generic():
            yield part.item()
        case np.ndarray() | bool() | int() | float() | str() | None:
            yield part
