"""Where an array lives: its namespace and its device.

scikit-learn hands over such arrays with ``array_api_dispatch=True``, from version 1.9 on.
"""

from typing import Any, NamedTuple

import numpy as np
from sklearn import config_context, get_config

from .. import _sklearn


class Place(NamedTuple):
    """A namespace other than NumPy, and a device."""

    xp: Any
    device: Any

    def load(self, array: Any) -> Any:
        """Return a NumPy array in this place, in memory of its own; other arrays as they are."""
        if isinstance(array, np.ndarray):
            return self.xp.asarray(np.array(array), device=self.device)
        return array

    def float_dtypes(self) -> tuple[Any, ...]:
        """Return float64 and float32 of this namespace, without those that the device lacks."""
        info = self.xp.__array_namespace_info__()
        dtypes = info.dtypes(kind="real floating", device=self.device)
        return tuple(dtypes[name] for name in ("float64", "float32") if name in dtypes)


def place_of(array: Any) -> Place | None:
    """Return where an array lives if scikit-learn dispatches it, and it is not of NumPy."""
    dispatch = _sklearn.HAS_ARRAY_API and get_config()["array_api_dispatch"]
    if not (dispatch and hasattr(array, "__dlpack__")):
        return None
    xp, dispatched, device = _sklearn.get_namespace_and_device(array)
    return Place(xp, device) if dispatched and not _sklearn.is_numpy_namespace(xp) else None


def to_host(value: Any) -> Any:
    """Return an array as a NumPy array, in memory of its own; other objects as they are."""
    if isinstance(value, np.ndarray) or not hasattr(value, "__dlpack__"):
        return value
    with config_context(array_api_dispatch=True):
        return np.array(_sklearn.move_to(value, xp=np, device="cpu"))


def dispatched_to_host(value: Any) -> Any:
    """Return an array that scikit-learn dispatches as a NumPy array; other objects as they are."""
    return to_host(value) if place_of(value) is not None else value


def move_arrays(value: Any, move: Any) -> Any:
    """Apply ``move`` to an array, or to those in nested lists and tuples."""
    if type(value) in (list, tuple):
        return type(value)(move_arrays(part, move) for part in value)
    return move(value)


def check_same_place(X: Any, estimator: Any, method: str) -> None:
    """Raise ValueError unless X is where the fitted attributes of the estimator are."""
    if get_config()["array_api_dispatch"]:
        if _sklearn.HAS_ARRAY_API:
            _sklearn.check_same_namespace(X, estimator, attribute="loss_curve_", method=method)
    elif not isinstance(estimator.loss_curve_, np.ndarray):
        raise ValueError(
            f"The classifier was fitted to arrays of {type(estimator.loss_curve_).__module__}: "
            "pass such arrays with sklearn.set_config(array_api_dispatch=True), or convert the "
            "classifier with sklearn.utils._array_api.move_estimator_to."
        )
