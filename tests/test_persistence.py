"""Stored models: pickle, joblib and skops give back what was stored, or an error.

``tests/models`` has models that each release wrote, and what they predicted. Before a release,
run this file with the oldest versions that are supported, so that all can read what it writes::

    .venv-oldest/bin/python tests/test_persistence.py
"""

import copy
import inspect
import io
import json
import pickle
import struct
from functools import cache
from pathlib import Path

import joblib
import numpy as np
import pytest
import skops.io
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier

import skshallow
from skshallow import ShallowNetClassifier
from skshallow._activations import ACTIVATIONS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

STORED = Path(__file__).parent / "models"


def binary():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    return X, np.where(y == 1, "benign", "malignant")


def multiclass():
    X, y = load_iris(return_X_y=True)
    return X.astype(np.float32), y


def multilabel():
    X, y = load_iris(return_X_y=True)
    return X, np.column_stack([y == 0, y != 1, X[:, 0] > 5.8]).astype(int)


DATA = {"binary": binary, "multiclass": multiclass, "multilabel": multilabel}
NETS = {
    "binary": ShallowNetClassifier(2, class_weight="balanced", random_state=0),
    "multiclass": ShallowNetClassifier(
        np.int64(3), "leaky_relu", negative_slope=np.float64(0.2), random_state=0
    ),  # NumPy's scalars have another repr in NumPy 2
    "multilabel": ShallowNetClassifier(4, "tanh", solver="lbfgs", n_estimators=1, random_state=0),
}


@cache
def fitted(name):
    return clone(NETS[name]).fit(*DATA[name]())


def write_models():
    directory = STORED / skshallow.__version__
    directory.mkdir(parents=True, exist_ok=True)
    predictions = {}
    for name, data in DATA.items():
        clf = fitted(name)
        (directory / f"{name}.pickle").write_bytes(pickle.dumps(clf))
        joblib.dump(clf, directory / f"{name}.joblib", compress=True)
        predictions[name] = clf.predict_proba(data()[0][::10]).tolist()
    (directory / "predictions.json").write_text(json.dumps(predictions) + "\n", encoding="utf-8")


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

    # It is as good as new: it can be fitted, and it goes on from where it was.
    clone(clf).fit(X, y)
    score = clf.score(X, y)
    clf.set_params(solver="adam", warm_start=True, max_iter=1).partial_fit(X, y).fit(X, y)
    assert clf.score(X, y) > score - 0.1


def through_pickle(clf):
    return pickle.loads(pickle.dumps(clf))


def through_joblib(clf):
    file = io.BytesIO()
    joblib.dump(clf, file)
    file.seek(0)
    return joblib.load(file)


def through_skops(clf):
    stored = skops.io.dumps(clf)
    return skops.io.loads(stored, trusted=skops.io.get_untrusted_types(data=stored))


EACH_WAY = pytest.mark.parametrize(
    "stored_and_loaded", [through_pickle, through_joblib, through_skops, copy.deepcopy]
)


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


@pytest.mark.parametrize("name", DATA)
def test_skops_has_one_type_to_trust(name):
    untrusted = skops.io.get_untrusted_types(data=skops.io.dumps(fitted(name)))
    assert untrusted == ["skshallow._classifier.ShallowNetClassifier"]


def edited(name, value):
    return lambda clf: setattr(clf, name, value(getattr(clf, name)))


DAMAGE = {
    "no biases": (lambda clf: delattr(clf, "intercepts_"), "has no intercepts_"),
    "no alpha": (lambda clf: delattr(clf, "alpha"), "has no alpha"),
    "no classes": (lambda clf: delattr(clf, "classes_"), "has no classes_"),
    "no activation": (lambda clf: delattr(clf, "_activation"), "has no _activation"),
    "one layer": (edited("coefs_", lambda coefs: coefs[:1]), "not two arrays each"),
    "weights in lists": (
        edited("coefs_", lambda coefs: [W.tolist() for W in coefs]),
        "not two arrays each",
    ),
    "weights are a number": (edited("intercepts_", lambda _: 3.0), "not two arrays each"),
    "weights transposed": (edited("coefs_", lambda coefs: [W.T for W in coefs]), "shapes"),
    "layers swapped": (edited("coefs_", lambda coefs: coefs[::-1]), "shapes"),
    "a bias too few": (edited("intercepts_", lambda b: [b[0][:-1], b[1]]), "shapes"),
    "more features": (edited("n_features_in_", lambda n: n + 1), "n_features_in_=5"),
    "more outputs": (edited("n_outputs_", lambda n: n + 1), "n_outputs_=4"),
    "a weight is NaN": (
        edited("coefs_", lambda coefs: [coefs[0], coefs[1] * np.nan]),
        "not all finite",
    ),
    "a bias is infinite": (
        edited("intercepts_", lambda b: [b[0] + np.inf, b[1]]),
        "not all finite",
    ),
    "whole numbers": (
        edited("coefs_", lambda coefs: [W.astype(int) for W in coefs]),
        "not all finite numbers",
    ),
    "unknown activation": (edited("_activation", lambda _: ("swish", 0.01)), "'swish'"),
    "a slope above 1": (edited("_activation", lambda _: ("leaky_relu", 7.0)), "7.0"),
    "no slope": (edited("_activation", lambda _: "relu"), "activation is 'relu'"),
    "a class too few": (edited("classes_", lambda classes: classes[:-1]), "classes_"),
    "classes in a list": (edited("classes_", lambda classes: classes.tolist()), "classes_"),
    "unknown output": (edited("out_activation_", lambda _: "logistic"), "'logistic'"),
}


@pytest.mark.parametrize(("damage", "message"), DAMAGE.values(), ids=DAMAGE)
@EACH_WAY
def test_damaged_models_are_refused(stored_and_loaded, damage, message):
    clf = copy.copy(fitted("multiclass"))
    damage(clf)
    with pytest.raises(ValueError, match=f"not an intact ShallowNetClassifier: .*{message}"):
        stored_and_loaded(clf)


def test_what_cannot_be_loaded_is_not_stored():
    clf = copy.deepcopy(fitted("multiclass"))
    clf.coefs_[0][0, 0] = np.nan
    with pytest.raises(ValueError, match="coefs_ and intercepts_ are not all finite numbers"):
        pickle.dumps(clf)


def test_what_only_a_later_version_knows_is_refused(monkeypatch):
    clf = copy.copy(fitted("multiclass"))
    clf._activation = ("swish", 0.01)
    with monkeypatch.context() as later:
        later.setitem(ACTIVATIONS, "swish", ACTIVATIONS["relu"])
        stored = pickle.dumps(clf)
    with pytest.raises(ValueError, match=r"'swish'.* this version does not know"):
        pickle.loads(stored)


@pytest.fixture
def other_parameters(monkeypatch):
    """The classifier with ``dropout=0.25`` among its parameters, without ``average``."""
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


@pytest.mark.parametrize(
    ("name", "value"), [("out_activation_", "softmax"), ("classes_", np.arange(3))]
)
def test_one_output_is_a_sigmoid_for_two_classes(name, value):
    clf = copy.copy(fitted("binary"))
    setattr(clf, name, value)
    with pytest.raises(ValueError, match="with n_outputs_=1 does not fit"):
        through_pickle(clf)


def test_as_many_outputs_as_the_weights_have():
    clf = copy.copy(fitted("multiclass"))
    (W1, W2), (b1, b2) = clf.coefs_, clf.intercepts_
    clf.coefs_, clf.intercepts_ = [W1, W2[:, [0, 1, 2, 2]]], [b1, b2[[0, 1, 2, 2]]]
    with pytest.raises(ValueError, match="n_outputs_=3"):
        through_pickle(clf)


@pytest.mark.parametrize(
    "state",
    [
        vars(MLPClassifier()) | {"coefs_": []},
        [1, 2],
        {"_seal": {"names": [["alpha"]], "checksum": ""}},
    ],
)
def test_state_of_something_else_is_refused(state):
    clf = copy.copy(fitted("binary"))
    before = joblib.hash(vars(clf))
    with pytest.raises(ValueError, match="not an intact ShallowNetClassifier"):
        clf.__setstate__(state)
    assert joblib.hash(vars(clf)) == before


FLIPPED = {
    "W1": lambda clf: clf.coefs_[0].tobytes(),
    "b2": lambda clf: clf.intercepts_[1].tobytes(),
    "classes": lambda clf: b"malignant",
    "moments": lambda clf: clf._seen[2].tobytes(),
    "class totals": lambda clf: clf._class_totals.tobytes(),
    "feature names": lambda clf: b"mean perimeter",
    "loss": lambda clf: struct.pack(">d", clf.loss_),
    "curve": lambda clf: clf.validation_loss_curve_.tobytes(),
    "activation": lambda clf: b"relu",
    "a parameter's name": lambda clf: b"alpha",
    "seal": lambda clf: b"_seal",
    "checksum": lambda clf: clf.__getstate__()["_seal"]["checksum"].encode(),
}


@pytest.mark.parametrize("part", FLIPPED)
@pytest.mark.parametrize("labels", [str, object])
def test_flipped_bits_are_refused(labels, part):
    X, y = binary()
    clf = clone(NETS["binary"]).fit(X, y.astype(labels))
    stored = pickle.dumps(clf)
    before = FLIPPED[part](clf)
    if part == "classes" and labels is str:
        before = clf.classes_.tobytes()
    assert before in stored
    after = before[:-4] + bytes([before[-4] ^ 1]) + before[-3:]
    with pytest.raises(ValueError, match="not an intact ShallowNetClassifier"):
        pickle.loads(stored.replace(before, after))


@pytest.mark.parametrize("part", [b"versicolor", struct.pack(">d", 2.25)])
def test_flipped_bits_in_class_weights_are_refused(part):
    clf = ShallowNetClassifier(class_weight={"setosa": 1.5, "versicolor": 2.25})
    stored = pickle.dumps(clf)
    assert part in stored
    with pytest.raises(ValueError, match="have changed since it was stored"):
        pickle.loads(stored.replace(part, part[:-4] + bytes([part[-4] ^ 1]) + part[-3:]))


def test_checksum_is_the_same_wherever_it_is_computed():
    clf = copy.copy(fitted("binary"))
    seal = clf.__getstate__()["_seal"]
    clf.coefs_ = [W.astype(W.dtype.newbyteorder(">")) for W in clf.coefs_]
    clf.set_params(alpha=np.longdouble(clf.alpha), hidden_size=np.int64(clf.hidden_size))
    assert clf.__getstate__()["_seal"] == seal


@pytest.mark.parametrize("class_weight", [{True: 1, False: 2}, {0: 1.0, 1: np.float64(3)}])
@EACH_WAY
def test_dicts_are_not_in_the_way(stored_and_loaded, class_weight):
    X, y = load_breast_cancer(return_X_y=True)
    clf = ShallowNetClassifier(2, max_iter=2, class_weight=class_weight, random_state=0)
    clf.fit(X, y == 1 if True in class_weight else y)
    # skops gives a dict of boolean keys back without one of them.
    assert_array_equal(stored_and_loaded(clf).predict_proba(X), clf.predict_proba(X))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
@pytest.mark.parametrize("suffix", ["pickle", "joblib"])
def test_cut_files_are_refused(tmp_path, suffix, share):
    whole = (STORED / "0.1.0" / f"binary.{suffix}").read_bytes()
    cut = tmp_path / f"binary.{suffix}"
    cut.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(Exception):  # noqa: B017, PT011 -- pickle has many
        joblib.load(cut)


def test_copies_share_the_weights():
    clf = fitted("binary")
    copied = copy.copy(clf)
    assert type(copied) is ShallowNetClassifier
    assert copied.coefs_ is clf.coefs_
    copied.set_params(alpha=3.0)
    assert clf.alpha == 1.0


@pytest.mark.parametrize(
    "stored_and_loaded", [through_pickle, through_joblib, through_skops, copy.deepcopy, copy.copy]
)
def test_in_the_midst_of_a_fit_it_is_unfitted(stored_and_loaded):
    clf = ShallowNetClassifier(3)
    clf.classes_ = np.arange(2)  # as fit does before there are weights
    loaded = stored_and_loaded(clf)
    assert loaded.get_params() == clf.get_params()
    with pytest.raises(NotFittedError):
        loaded.predict([[0.0]])


class Interruption:
    """Validation rows in whose conversion somebody presses Ctrl-C."""

    shape = (2, 4)

    def __len__(self):
        return 2

    def __array__(self, dtype=None, copy=None):
        raise KeyboardInterrupt


def test_interrupted_before_there_are_weights_the_old_fit_is_kept():
    X, y = multiclass()
    clf = clone(NETS["multiclass"]).fit(X, y)
    before = joblib.hash(vars(clf))
    with pytest.raises(KeyboardInterrupt):
        clf.fit(X[:100], y[:100], X_val=Interruption(), y_val=[0, 1])
    assert joblib.hash(vars(clf)) == before


class Named(ShallowNetClassifier):
    """With an attribute and a parameter of its own, which it stores in its own way."""

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
def test_subclasses(stored_and_loaded):
    X, y = multiclass()
    clf = Named(3, random_state=0).fit(X, y)
    loaded = stored_and_loaded(clf)
    assert type(loaded) is Named
    assert loaded.name_ == "of my own"
    assert loaded.path == "a/b"
    assert_array_equal(loaded.predict_proba(X), clf.predict_proba(X))


def test_subclasses_of_other_versions(other_parameters):
    state = Named(3).__getstate__()
    other_parameters.undo()
    del state["path"]
    clf = Named(3)
    vars(clf).clear()
    clf.__setstate__(state)
    assert clf.path == "a/b"
    assert clf.average
    assert not hasattr(clf, "dropout")


if __name__ == "__main__":
    write_models()
