"""Predictions on a device are those of the same model in NumPy."""

import copy
import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_iris

from skshallow import ShallowNetClassifier
from skshallow._array_api import network
from skshallow._array_api.place import place_of, to_host
from skshallow._fitted.state import FittedState
from tests.helpers import ignore_convergence

pytestmark = ignore_convergence
METHODS = ["decision_function", "predict", "predict_proba", "predict_log_proba"]
X, y = load_iris(return_X_y=True)


def moved(clf, place):
    """The fitted classifier with its arrays in that place."""
    device_clf = copy.copy(clf)
    FittedState.of(clf).on(place).install(device_clf)
    return device_clf


@pytest.fixture(scope="module", params=[2, 3])
def fitted(request):
    return ShallowNetClassifier(8, max_iter=5, random_state=0, tol=1).fit(
        X, np.minimum(y, request.param - 1)
    )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("method", METHODS)
def test_methods(place, fitted, method, dtype, monkeypatch):
    monkeypatch.setattr(network, "BLOCK_BYTES", 1)  # several blocks, of 256 rows
    rows = np.tile(X, (4, 1)).astype(dtype)
    expected = getattr(fitted, method)(rows)
    result = getattr(moved(fitted, place), method)(place.load(rows))
    assert place_of(result) == place
    assert to_host(result).dtype == expected.dtype
    atol = 1e-12 if dtype == np.float64 else 1e-5
    assert_allclose(to_host(result), expected, rtol=0, atol=atol)


def test_score(place, fitted):
    device_clf = moved(fitted, place)
    score = device_clf.score(place.load(X), place.load(y))
    assert score == pytest.approx(fitted.score(X, y))


def test_labels_that_are_no_numbers(place):
    names = np.array(["a", "b", "c"])[y]
    clf = ShallowNetClassifier(8, max_iter=5, random_state=0, tol=1).fit(X, names)
    predicted = ShallowNetClassifier(8, max_iter=5, random_state=0, tol=1)
    predicted = predicted.fit(place.load(X), names).predict(place.load(X))
    assert isinstance(predicted, np.ndarray)
    assert (predicted == clf.predict(X)).mean() > 0.99


def test_no_rows_are_refused_as_by_scikit_learn(place, fitted):
    device_clf = moved(fitted, place)
    for method in METHODS:
        with pytest.raises(ValueError, match="0 sample"):
            getattr(fitted, method)(X[:0])
        with pytest.raises(ValueError, match="0 sample"):
            getattr(device_clf, method)(place.load(X[:0]))


def test_invalid_rows_are_refused(place, fitted):
    device_clf = moved(fitted, place)
    with pytest.raises(ValueError, match="NaN"):
        device_clf.predict(place.load(np.full((2, 4), np.nan)))
    with pytest.raises(ValueError, match="3 features"):
        device_clf.predict(place.load(X[:, :3]))


def test_logits_that_overflow_are_finite(place, fitted):
    rows = np.array([[1e308, -1e308, 1e308, 1e308]])
    result = to_host(moved(fitted, place).decision_function(place.load(rows)))
    assert np.isfinite(result).all()
    assert_allclose(result, fitted.decision_function(rows))


def test_stored_and_copied_models_stay_where_they_are(place, fitted):
    device_clf = moved(fitted, place)
    for other in (pickle.loads(pickle.dumps(device_clf)), copy.deepcopy(device_clf)):
        result = other.predict_proba(place.load(X))
        assert place_of(result) == place
        assert_allclose(to_host(result), fitted.predict_proba(X), atol=1e-12)


def test_changes_of_a_stored_model_are_found(place, fitted):
    device_clf = moved(fitted, place)
    state = device_clf.__getstate__()
    state["coefs_"] = [state["coefs_"][0] * 1.5, state["coefs_"][1]]
    with pytest.raises(ValueError, match="changed since it was stored"):
        ShallowNetClassifier().__setstate__(state)
    state["coefs_"] = [state["coefs_"][0] * np.inf, state["coefs_"][1]]
    with pytest.raises(ValueError, match="not all finite"):
        ShallowNetClassifier().__setstate__(state)


def test_move_estimator_to_numpy_and_back(place, fitted):
    from sklearn.utils._array_api import move_estimator_to

    device_clf = move_estimator_to(fitted, place.xp, place.device)
    assert place_of(device_clf.predict_proba(place.load(X))) == place
    clf = move_estimator_to(device_clf, np, "cpu")
    assert np.array_equal(clf.predict_proba(X), fitted.predict_proba(X))
