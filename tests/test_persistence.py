"""Stored models: pickle, joblib and skops give back what was stored, or an error.

``tests/models`` has models that each release wrote, and what they predicted. Before a release,
run this file with the oldest versions that are supported, so that all can read what it writes::

    .venv-oldest/bin/python tests/test_persistence.py
"""

import copy
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
from sklearn.neural_network import MLPClassifier

import skshallow
from skshallow import ShallowNetClassifier

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

STORED = Path(__file__).parent / "models"


def binary():
    X, y = load_breast_cancer(return_X_y=True)
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
    "multiclass": ShallowNetClassifier(3, "leaky_relu", negative_slope=0.2, random_state=0),
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
    assert probabilities.dtype == X.dtype
    assert_allclose(probabilities, expected, rtol=0, atol=1e-6 if X.dtype == "float32" else 1e-12)
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
    "no weights": (lambda clf: delattr(clf, "coefs_"), "has no coefs_"),
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


@pytest.mark.parametrize("state", [vars(MLPClassifier()) | {"coefs_": []}, [1, 2]])
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
    "loss": lambda clf: struct.pack(">d", clf.loss_),
    "curve": lambda clf: clf.validation_loss_curve_.tobytes(),
    "activation": lambda clf: b"relu",
    "a parameter's name": lambda clf: b"alpha",
    "checksum": lambda clf: b"_checksum",
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


def test_checksum_is_the_same_wherever_it_is_computed():
    clf = copy.copy(fitted("binary"))
    state = clf.__getstate__()
    clf.coefs_ = [W.astype(W.dtype.newbyteorder(">")) for W in clf.coefs_]
    assert clf.__getstate__()["_checksum"] == state["_checksum"]


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


def test_copy_in_the_midst_of_a_fit():
    clf = ShallowNetClassifier()
    clf.classes_ = np.arange(2)  # as fit does before there are weights
    assert_array_equal(copy.copy(clf).classes_, clf.classes_)


class Named(ShallowNetClassifier):
    """With an attribute of its own."""

    def fit(self, X, y):
        self.name_ = "of my own"
        return super().fit(X, y)


@pytest.mark.parametrize(
    "stored_and_loaded", [through_pickle, through_joblib, copy.deepcopy, copy.copy]
)
def test_subclasses(stored_and_loaded):
    X, y = multiclass()
    clf = Named(3, random_state=0).fit(X, y)
    loaded = stored_and_loaded(clf)
    assert type(loaded) is Named
    assert loaded.name_ == "of my own"
    assert_array_equal(loaded.predict_proba(X), clf.predict_proba(X))


if __name__ == "__main__":
    write_models()
