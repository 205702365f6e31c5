"""Functions that tests of several folders share."""

import os
import sys
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

import skshallow
from skshallow import ShallowNetClassifier
from skshallow._data.labels import LabelEncoding, Targets
from skshallow._data.rows import Rows
from skshallow._data.validation_split import split_validation
from skshallow._network.network import Network
from skshallow._settings import Settings

PACKAGE = os.path.dirname(skshallow.__file__)
SOLVERS = ["gd", "sgd", "adam", "lbfgs"]
ACTIVATIONS = ["relu", "tanh", "leaky_relu", "sigmoid", "identity"]
NEGATIVE_SLOPE = 0.3
# (output, number of outputs): two classes, more classes, multilabel
OUTPUT_KINDS = [("sigmoid", 1), ("softmax", 3), ("sigmoid", 3)]

# For tests that limit the number of epochs to save time.
ignore_convergence = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def single_network(*args, **settings):
    """A classifier of one network that trains on all rows until the loss converges."""
    plain = {"n_estimators": 1, "early_stopping": False, "average": False, "tol": 1e-4}
    return ShallowNetClassifier(*args, **(plain | {"n_iter_no_change": 10} | settings))


def in_float64(X):
    """X as a sparse array. On dense rows, sgd and adam compute in float32."""
    return sparse.csr_array(X)


def parameters_of(clf):
    """All weights and biases in one vector."""
    return np.concatenate([part.ravel() for part in clf.coefs_ + clf.intercepts_])


def state_of(clf):
    """The attributes of the estimator, with copies of the arrays in lists."""
    return {
        name: [part.copy() for part in value] if isinstance(value, list) else value
        for name, value in vars(clf).items()
    }


def assert_same_state(before, after):
    assert before.keys() == after.keys()
    for name, value in before.items():
        if isinstance(value, list):
            for one, other in zip(value, after[name], strict=True):
                assert_array_equal(one, other)
        else:
            assert value is after[name]


def build_network(n_features, hidden_size, n_outputs, activation, output, **settings):
    return Network(
        *(n_features, hidden_size, n_outputs),
        activation=(activation, NEGATIVE_SLOPE),
        out_activation=output,
        **settings,
    )


def network_problem(
    activation, kind, *, weighted=False, dtype=np.float64, members=1, m=23, n=4, h=5
):
    """A network, random parameters for it, and one block of data."""
    output, k = kind
    rng = np.random.default_rng(0)
    network = build_network(n, h, k, activation, output, n_members=members, max_rows=m, dtype=dtype)
    parameters = rng.normal(size=network.n_parameters).astype(dtype)
    X = rng.normal(size=(m, n)).astype(dtype)
    Y = np.eye(k)[rng.integers(k, size=m)] if output == "softmax" else rng.integers(2, size=(m, k))
    w = rng.uniform(0, 3, size=(members, m)) if weighted else np.ones((1, m))
    return network, parameters, (X, Y.astype(dtype), w.astype(dtype))


def notes_activation(name, z):
    """Activation and derivative at one number, by the formulas of the notes."""
    if name == "sigmoid":
        g = 1 / (1 + np.exp(-z))
        return g, g * (1 - g)
    if name == "tanh":
        g = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
        return g, 1 - g**2
    if name == "relu":
        return max(0, z), float(z > 0)
    if name == "leaky_relu":
        return max(NEGATIVE_SLOPE * z, z), 1.0 if z > 0 else NEGATIVE_SLOPE
    assert name == "identity", name
    return z, 1.0


def build_rows(X, table, codes, weights):
    """Rows of X with the targets table[codes]."""
    return Rows(X, Targets(table, codes), np.arange(len(codes)), weights)


def split_rows(y, n_members, fraction, weights=None):
    """Rows whose only feature is i / len(y), after the validation split of an ensemble."""
    return split_new_rows(y, n_members, fraction, weights)[0]


def split_new_rows(y, n_members, fraction, weights=None, *, n_classes=None, seed=0, previous=None):
    """Such rows and the split, which can be that of fewer rows."""
    X = np.arange(float(len(y)))[:, np.newaxis] / len(y)
    weights = np.ones(len(y)) if weights is None else weights
    rows = replace(
        build_rows(X, np.arange(float(n_classes or max(y) + 1))[:, np.newaxis], y, weights),
        keys=np.random.default_rng(1).integers(2**64, size=len(y), dtype=np.uint64),
    )
    settings = Settings(n_estimators=n_members, validation_fraction=fraction)
    labels = LabelEncoding(np.arange(n_classes or max(y) + 1), multilabel=False)
    return split_validation(rows, labels, settings, previous, np.random.RandomState(seed))[:2]


class InterruptAtLine:
    """A trace function that raises KeyboardInterrupt at the k-th executed line of the package.

    With ``again``, the next line that is executed after it raises another one.
    """

    def __init__(self, k, again=False):
        self.lines_left = [k, 1] if again else [k]

    def __call__(self, frame, event, arg):
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        if event == "line" and self.lines_left:
            self.lines_left[0] -= 1
            if self.lines_left[0] == 0:
                del self.lines_left[0]
                raise KeyboardInterrupt
        return self


def interrupted(call, k, again=False):
    """Interrupt a call at line k; return whether the interrupt came through."""
    previous = sys.gettrace()
    sys.settrace(InterruptAtLine(k, again))
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(previous)
    return False
