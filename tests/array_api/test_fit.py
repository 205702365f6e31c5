"""A fit on a device is that of the NumPy path, to rounding."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_multilabel_classification

from skshallow import ShallowNetClassifier
from skshallow._array_api.place import place_of, to_host
from skshallow._data import rows
from tests.array_api.helpers import arrays_of, assert_same_fit
from tests.helpers import SOLVERS, ignore_convergence

pytestmark = [ignore_convergence, pytest.mark.usefixtures("float64_solvers")]


@pytest.fixture(scope="module")
def data():
    """Rows of three classes, of which some are equal, with weights."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 4)) * [1, 2, 0.5, 1] + [0, 3, 0, 0]
    X[100:] = X[:20]
    y = np.digitize(X[:, 0] + X[:, 1] * X[:, 2], [0, 1])
    y[100:] = y[:20]
    return X, y, rng.uniform(0, 2, size=120)


def fits(place, clf, *args, **kwargs):
    """The classifier after the same fit in NumPy and in that place."""

    def load(value):
        return place.load(value) if isinstance(value, np.ndarray) else value

    moved = {name: load(value) for name, value in kwargs.items()}
    return clone(clf).fit(*args, **kwargs), clone(clf).fit(*map(load, args), **moved)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("solver", SOLVERS)
def test_one_epoch(place, data, solver, n_classes):
    X, y, _ = data
    clf = ShallowNetClassifier(5, solver=solver, max_iter=1, batch_size=16, random_state=0)
    assert_same_fit(*fits(place, clf, X, np.minimum(y, n_classes - 1)))


@pytest.mark.parametrize(
    "settings",
    [
        {"class_weight": "balanced", "activation": "tanh"},
        {"class_weight": {0: 2.0, 1: 1.0, 2: 0.0}},
        {"early_stopping": False, "n_estimators": 1, "average": False},
        {"standardize": False, "activation": "sigmoid"},
        {"init": "normal", "activation": "identity"},
        {"learning_rate_schedule": "one_cycle", "activation": "leaky_relu"},
    ],
    ids=str,
)
def test_settings(place, data, settings):
    X, y, w = data
    clf = ShallowNetClassifier(5, max_iter=4, random_state=0, batch_size=20, **settings)
    assert_same_fit(*fits(place, clf, X, y, sample_weight=w))


def test_validation_data(place, data):
    X, y, w = data
    clf = ShallowNetClassifier(5, max_iter=4, random_state=0)
    train, val = slice(0, 80), slice(80, None)
    validation = {"X_val": X[val], "y_val": y[val], "sample_weight_val": w[val]}
    assert_same_fit(*fits(place, clf, X[train], y[train], **validation))


def test_multilabel(place):
    X, Y = make_multilabel_classification(80, 6, n_classes=3, random_state=0)
    clf, device_clf = fits(place, ShallowNetClassifier(5, max_iter=4, random_state=0), X, Y)
    assert_same_fit(clf, device_clf)
    assert np.array_equal(to_host(device_clf.predict(place.load(X))), clf.predict(X))


def test_rows_in_chunks(place, data, monkeypatch):
    X, y, w = data
    monkeypatch.setattr(rows, "CHUNK_BYTES", 2000)
    monkeypatch.setattr(rows, "MAX_EPOCH_ROWS", 60)
    clf = ShallowNetClassifier(5, max_iter=3, random_state=0, batch_size=8)
    assert_same_fit(*fits(place, clf, X, y, sample_weight=w))


def test_warm_start(place, data):
    X, y, _ = data
    clf = ShallowNetClassifier(5, max_iter=3, random_state=0, warm_start=True)
    clf, device_clf = fits(place, clf, X, y)
    device_X = place.load(X)
    assert_same_fit(clf.fit(X, y), device_clf.fit(device_X, place.load(y)))
    clf.set_params(max_iter=200).fit(X, y)
    device_clf.set_params(max_iter=200).fit(device_X, place.load(y))
    assert device_clf._converged is not None
    coefs = device_clf.coefs_
    assert device_clf.fit(device_X, place.load(y)).coefs_ is coefs  # nothing has changed
    device_X[0, 0] += 1
    assert device_clf.fit(device_X, place.load(y)).coefs_ is not coefs


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_partial_fit(place, data, solver):
    X, y, w = data
    clf = ShallowNetClassifier(5, solver=solver, batch_size=10, random_state=0)
    device_clf = clone(clf)
    for start in (0, 40, 80):
        part = slice(start, start + 40)
        clf.partial_fit(X[part], y[part], classes=[0, 1, 2], sample_weight=w[part])
        device_clf.partial_fit(
            place.load(X[part]),
            place.load(y[part]),
            classes=[0, 1, 2],
            sample_weight=place.load(w[part]),
        )
    assert_same_fit(clf, device_clf)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_attributes_are_where_X_is(place, data, dtype):
    X, y, _ = data
    clf, device_clf = fits(place, ShallowNetClassifier(5, max_iter=2), X.astype(dtype), y)
    arrays = arrays_of(device_clf)
    assert {"coefs_[0]", "intercepts_[1]", "classes_[0]", "loss_curve_[0]"} <= arrays.keys()
    assert {name: place_of(array) for name, array in arrays.items()} == dict.fromkeys(arrays, place)
    assert to_host(device_clf.coefs_[0]).dtype == dtype
    assert arrays_of(clf).keys() == arrays.keys()


def test_integers_are_converted(place, data):
    X, y, _ = data
    clf = ShallowNetClassifier(5, max_iter=2, random_state=0)
    assert_same_fit(*fits(place, clf, np.rint(3 * X).astype(np.int64), y))
