"""Stored models: pickle, joblib and skops give back what was stored."""

import copy
import json
import pickle

import joblib
import numpy as np
import pytest
import skops.io
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import NotFittedError

from skshallow import ShallowNetClassifier
from tests.fitted.stored_models import (
    DATA,
    EACH_WAY,
    STORED,
    fitted,
    through_joblib,
    through_pickle,
    through_skops,
)
from tests.helpers import SOLVERS, ignore_convergence, parameters_of

pytestmark = ignore_convergence


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("load", [pickle.load, joblib.load])
@pytest.mark.parametrize("release", sorted(path.name for path in STORED.iterdir()))
def test_models_of_earlier_releases(release, load, name):
    suffix = {pickle.load: "pickle", joblib.load: "joblib"}[load]
    with open(STORED / release / f"{name}.{suffix}", "rb") as file:
        clf = load(file)
    expected = json.loads((STORED / release / "predictions.json").read_text(encoding="utf-8"))[name]
    X, y = DATA[name]()
    probabilities = clf.predict_proba(X[::10])
    assert probabilities.dtype == np.asarray(X).dtype
    atol = 1e-6 if probabilities.dtype == "float32" else 1e-12
    assert_allclose(probabilities, expected, rtol=0, atol=atol)
    assert set(np.ravel(clf.predict(X))) == set(np.ravel(y))

    # A copy can be fitted, and training of the model can continue.
    clone(clf).fit(X, y)
    score = clf.score(X, y)
    clf.set_params(solver="adam", warm_start=True, max_iter=1).partial_fit(X, y).fit(X, y)
    assert clf.score(X, y) > score - 0.1


@pytest.mark.parametrize("name", DATA)
@EACH_WAY
def test_round_trip_is_bit_equal(stored_and_loaded, name):
    clf = fitted(name)
    loaded = stored_and_loaded(clf)
    assert joblib.hash(vars(loaded)) == joblib.hash(vars(clf))
    X = DATA[name]()[0]
    assert_array_equal(loaded.predict_proba(X), clf.predict_proba(X))


@EACH_WAY
def test_unfitted_round_trip(stored_and_loaded):
    clf = ShallowNetClassifier(7, "tanh", class_weight={0: 1.0, 1: 2.0})
    loaded = stored_and_loaded(clf)
    assert loaded.get_params() == clf.get_params()
    assert not hasattr(loaded, "coefs_")


@pytest.mark.parametrize(
    "stored_and_loaded", [through_pickle, through_joblib, through_skops, copy.deepcopy, copy.copy]
)
def test_unfinished_fit_is_stored_as_unfitted(stored_and_loaded):
    clf = ShallowNetClassifier(3)
    clf.classes_ = np.arange(2)  # fit sets it before the weights
    loaded = stored_and_loaded(clf)
    assert loaded.get_params() == clf.get_params()
    with pytest.raises(NotFittedError):
        loaded.predict([[0.0]])


@pytest.mark.parametrize("class_weight", [{True: 1, False: 2}, {0: 1.0, 1: np.float64(3)}])
@EACH_WAY
def test_class_weight_dicts_round_trip(stored_and_loaded, class_weight):
    X, y = load_breast_cancer(return_X_y=True)
    clf = ShallowNetClassifier(2, max_iter=2, class_weight=class_weight, random_state=0)
    clf.fit(X, y == 1 if True in class_weight else y)
    # skops restores only one of two boolean keys, so the test compares predictions.
    assert_array_equal(stored_and_loaded(clf).predict_proba(X), clf.predict_proba(X))


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda clf: pickle.loads(pickle.dumps(clf))])
def test_copies_predict_the_same(cancer, net, copied):
    X, y = cancer
    assert_array_equal(copied(net.fit(X, y)).predict_proba(X), net.predict_proba(X))


def test_shallow_copy_shares_the_weights():
    clf = fitted("binary")
    copied = copy.copy(clf)
    assert type(copied) is ShallowNetClassifier
    assert copied.coefs_ is clf.coefs_
    copied.set_params(alpha=3.0)
    assert clf.alpha == 1.0


@pytest.mark.parametrize("name", DATA)
def test_skops_asks_to_trust_one_type(name):
    untrusted = skops.io.get_untrusted_types(data=skops.io.dumps(fitted(name)))
    assert untrusted == ["skshallow.ShallowNetClassifier"]


@pytest.mark.parametrize("solver", SOLVERS)
def test_pickle_is_little_larger_than_the_weights(solver):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 100))
    clf = ShallowNetClassifier(solver=solver, max_iter=20, random_state=0)
    clf.fit(X, rng.integers(2, size=300))
    assert len(pickle.dumps(clf)) < 1.2 * parameters_of(clf).nbytes


def test_pickle_after_partial_fit_holds_no_optimizer_state(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(100, solver="adam", random_state=0)
    for _ in range(3):
        clf.partial_fit(X, y, classes=[0, 1])
    assert len(pickle.dumps(clf)) < 1.2 * parameters_of(clf).nbytes
    pickled = pickle.loads(pickle.dumps(clf))
    assert pickled.partial_fit(X, y).score(X, y) > 0.93
