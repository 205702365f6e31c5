"""Places other than NumPy, and array API dispatch."""

import importlib

import numpy as np
import pytest
from sklearn import config_context

from skshallow import _sklearn
from skshallow._array_api.place import place_of

# On this device of array_api_strict, an implicit conversion to NumPy is an error, as on a GPU.
PLACES = [("array_api_strict", "device1"), ("torch", "cpu"), ("torch", "cuda")]


@pytest.fixture(autouse=True)
def _dispatch(monkeypatch):
    if not _sklearn.HAS_ARRAY_API:
        pytest.skip("scikit-learn 1.9 is the first with all that is needed")
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")
    with config_context(array_api_dispatch=True):
        yield


@pytest.fixture(params=PLACES, ids="-".join)
def place(request, _dispatch):
    namespace, device = request.param
    xp = pytest.importorskip(namespace)
    if namespace == "torch" and not (device == "cpu" or xp.cuda.is_available()):
        pytest.skip(f"there is no {device}")
    if namespace == "array_api_strict":
        device = importlib.import_module(namespace).Device(device)
    return place_of(xp.asarray(np.zeros(1), device=device))


@pytest.fixture
def float64_solvers(monkeypatch):
    """All solvers compute in float64, so that results agree to more digits."""
    from skshallow._training import problem

    monkeypatch.setattr(problem, "working_dtype", lambda *args: np.float64)
