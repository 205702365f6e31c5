"""Stored models of versions with other parameters, and of subclasses."""

import copy
import inspect
import pickle

import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone

from skshallow import ShallowNetClassifier
from tests.fitted.stored_models import (
    DATA,
    STORED,
    multiclass,
    through_joblib,
    through_pickle,
    through_skops,
)
from tests.helpers import ignore_convergence

pytestmark = ignore_convergence


@pytest.fixture
def other_parameters(monkeypatch):
    """Add a parameter ``dropout=0.25`` to the classifier and remove ``average``."""
    original = ShallowNetClassifier.__init__

    def __init__(self, *given, dropout=0.25, **named):
        original(self, *given, **named)
        self.dropout = dropout
        del self.average

    parameters = inspect.signature(original).parameters.copy()
    del parameters["average"]
    parameters["dropout"] = inspect.signature(__init__).parameters["dropout"]
    __init__.__signature__ = inspect.Signature(list(parameters.values()))
    with monkeypatch.context() as later:
        later.setattr(ShallowNetClassifier, "__init__", __init__)
        yield later


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("load", [through_pickle, through_skops])
def test_parameters_of_other_versions(other_parameters, load, name):
    with open(STORED / "0.1.0" / f"{name}.pickle", "rb") as file:
        clf = pickle.load(file)
    assert clf.dropout == 0.25
    assert not hasattr(clf, "average")
    assert not hasattr(load(clf), "average")
    X, y = DATA[name]()
    before = clf.predict_proba(X)

    stored = pickle.dumps(clf.set_params(dropout=0.5))
    assert pickle.loads(stored).dropout == 0.5
    other_parameters.undo()
    clf = pickle.loads(stored)
    assert not hasattr(clf, "dropout")
    assert clf.average
    assert_array_equal(clf.predict_proba(X), before)
    clone(clf).fit(X, y)


class Subclass(ShallowNetClassifier):
    """A subclass with an attribute, a parameter and a pickle state of its own."""

    def __init__(self, hidden_size=40, random_state=None, path="a/b"):
        super().__init__(hidden_size, random_state=random_state)
        self.path = path

    def fit(self, X, y):
        self.name_ = "of my own"
        return super().fit(X, y)

    def __getstate__(self):
        return {**super().__getstate__(), "path": self.path.replace("/", ":")}

    def __setstate__(self, state):
        super().__setstate__(state)
        self.path = self.path.replace(":", "/")


@pytest.mark.parametrize(
    "stored_and_loaded", [through_pickle, through_joblib, copy.deepcopy, copy.copy]
)
def test_subclass_round_trip(stored_and_loaded):
    X, y = multiclass()
    clf = Subclass(3, random_state=0).fit(X, y)
    loaded = stored_and_loaded(clf)
    assert type(loaded) is Subclass
    assert loaded.name_ == "of my own"
    assert loaded.path == "a/b"
    assert_array_equal(loaded.predict_proba(X), clf.predict_proba(X))


def test_subclass_state_of_another_version(other_parameters):
    state = Subclass(3).__getstate__()
    other_parameters.undo()
    del state["path"]
    clf = Subclass(3)
    vars(clf).clear()
    clf.__setstate__(state)
    assert clf.path == "a/b"
    assert clf.average
    assert not hasattr(clf, "dropout")
