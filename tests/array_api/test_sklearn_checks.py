"""scikit-learn's own checks of array API support."""

import pytest
from sklearn.utils import estimator_checks

from skshallow import ShallowNetClassifier
from tests.helpers import ignore_convergence

# The checks have 30 rows.
pytestmark = [ignore_convergence]
ESTIMATORS = [
    ShallowNetClassifier(max_iter=10),
    ShallowNetClassifier(max_iter=10, solver="gd"),
    ShallowNetClassifier(max_iter=10, solver="lbfgs"),
    ShallowNetClassifier(max_iter=10, early_stopping=False, n_estimators=1, standardize=False),
]


PLACES = [
    ("numpy", None),
    ("array_api_strict", "CPU_DEVICE"),
    ("array_api_strict", "device1"),
    ("torch", "cpu"),
    ("torch", "cuda"),
]


@pytest.mark.parametrize(("namespace", "device"), PLACES)
@pytest.mark.parametrize("clf", ESTIMATORS, ids=str)
def test_input(clf, namespace, device):
    if device == "cuda" and not pytest.importorskip("torch").cuda.is_available():
        pytest.skip("there is no cuda")
    for dtype in ("float32", "float64"):
        for weighted in (False, True):
            estimator_checks.check_array_api_input(
                *("ShallowNetClassifier", clf, namespace, device, dtype),
                # "adam" computes in float32, and the check expects the digits of the dtype of X.
                check_values=clf.solver != "auto" or dtype == "float32",
                check_sample_weight=weighted,
            )


@pytest.mark.parametrize("clf", ESTIMATORS, ids=str)
def test_mixed_input(clf):
    place = estimator_checks.NamespaceAndDevice
    numpy, torch = place("numpy", None), place("torch", "cpu")
    strict = place("array_api_strict", "device1")
    for X_in, y_in in ((torch, strict), (strict, numpy), (numpy, strict)):
        estimator_checks.check_array_api_mixed_inputs("ShallowNetClassifier", clf, X_in, y_in)


def test_same_namespace():
    clf = ESTIMATORS[0]
    estimator_checks.check_array_api_same_namespace("ShallowNetClassifier", clf, "array_api_strict")
