"""Fixtures that tests of several folders share."""

import pytest
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from skshallow import ShallowNetClassifier

# pytest rewrites assertions only in test files and in the modules named here.
pytest.register_assert_rewrite("tests.helpers", "tests.plot.helpers")


@pytest.fixture(scope="session", autouse=True)
def _one_blas_thread():
    """Limit BLAS to one thread: the workers of a parallel test run share the cores."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def cancer():
    return load_breast_cancer(return_X_y=True)


@pytest.fixture(scope="module")
def small(cancer):
    """60 standardised rows of two classes that overlap."""
    X, y = cancer
    return StandardScaler().fit_transform(X[:60, 4:8]), y[:60]


@pytest.fixture(scope="module")
def binary_iris():
    """The 100 rows of the first two classes of iris."""
    X, y = load_iris(return_X_y=True)
    return X[:100], y[:100]


@pytest.fixture
def net():
    """A classifier that trains in a short time."""
    return ShallowNetClassifier(16, "tanh", max_iter=40, random_state=0)
