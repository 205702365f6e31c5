"""Damaged models raise an error when they are loaded or stored."""

import copy
import pickle
import struct

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.neural_network import MLPClassifier

from skshallow import ShallowNetClassifier
from skshallow._network.activations import ACTIVATIONS
from tests.fitted.stored_models import CLASSIFIERS, EACH_WAY, STORED, binary, fitted, through_pickle
from tests.helpers import ignore_convergence

pytestmark = ignore_convergence


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
    "moments of other features": (
        edited("_seen", lambda seen: (seen[0], seen[1][:-1], seen[2][:-1])),
        "moments of the columns",
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
def test_damaged_model_raises(stored_and_loaded, damage, message):
    clf = copy.copy(fitted("multiclass"))
    damage(clf)
    with pytest.raises(ValueError, match=f"not an intact ShallowNetClassifier: .*{message}"):
        stored_and_loaded(clf)


def test_model_with_nan_weights_is_not_stored():
    clf = copy.deepcopy(fitted("multiclass"))
    clf.coefs_[0][0, 0] = np.nan
    with pytest.raises(ValueError, match="coefs_ and intercepts_ are not all finite numbers"):
        pickle.dumps(clf)


def test_activation_of_a_later_version_raises(monkeypatch):
    clf = copy.copy(fitted("multiclass"))
    clf._activation = ("swish", 0.01)
    with monkeypatch.context() as later:
        later.setitem(ACTIVATIONS, "swish", ACTIVATIONS["relu"])
        stored = pickle.dumps(clf)
    with pytest.raises(ValueError, match=r"'swish'.* this version does not know"):
        pickle.loads(stored)


@pytest.mark.parametrize(
    ("name", "value"), [("out_activation_", "softmax"), ("classes_", np.arange(3))]
)
def test_one_output_requires_sigmoid_and_two_classes(name, value):
    clf = copy.copy(fitted("binary"))
    setattr(clf, name, value)
    with pytest.raises(ValueError, match="with n_outputs_=1 does not fit"):
        through_pickle(clf)


def test_number_of_outputs_must_match_the_weights():
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
def test_state_of_another_object_raises(state):
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
def test_flipped_bit_raises(labels, part):
    X, y = binary()
    clf = clone(CLASSIFIERS["binary"]).fit(X, y.astype(labels))
    stored = pickle.dumps(clf)
    before = FLIPPED[part](clf)
    if part == "classes" and labels is str:
        before = clf.classes_.tobytes()
    assert before in stored
    after = before[:-4] + bytes([before[-4] ^ 1]) + before[-3:]
    with pytest.raises(ValueError, match="not an intact ShallowNetClassifier"):
        pickle.loads(stored.replace(before, after))


@pytest.mark.parametrize("part", [b"versicolor", struct.pack(">d", 2.25)])
def test_flipped_bit_in_class_weight_raises(part):
    clf = ShallowNetClassifier(class_weight={"setosa": 1.5, "versicolor": 2.25})
    stored = pickle.dumps(clf)
    assert part in stored
    with pytest.raises(ValueError, match="have changed since it was stored"):
        pickle.loads(stored.replace(part, part[:-4] + bytes([part[-4] ^ 1]) + part[-3:]))


def test_checksum_does_not_depend_on_byte_order_or_scalar_type():
    clf = copy.copy(fitted("binary"))
    seal = clf.__getstate__()["_seal"]
    clf.coefs_ = [W.astype(W.dtype.newbyteorder(">")) for W in clf.coefs_]
    clf.set_params(alpha=np.longdouble(clf.alpha), hidden_size=np.int64(clf.hidden_size))
    assert clf.__getstate__()["_seal"] == seal


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
@pytest.mark.parametrize("suffix", ["pickle", "joblib"])
def test_truncated_file_raises(tmp_path, suffix, share):
    whole = (STORED / "0.1.0" / f"binary.{suffix}").read_bytes()
    cut = tmp_path / f"binary.{suffix}"
    cut.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(Exception):  # noqa: B017, PT011 -- pickle raises many
        joblib.load(cut)
