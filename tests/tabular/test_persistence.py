"""Stored encoders and classifiers: what was stored comes back, and damaged ones raise an error."""

import copy
import pickle
from functools import cache

import joblib
import numpy as np
import pytest
import skops.io
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skshallow import PiecewiseLinearEncoder, TabularNetClassifier
from tests.fitted.stored_models import EACH_WAY, through_pickle
from tests.tabular.tables import KINDS_OF_Y, labels_of, mixed_table

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore:Column .* is not used:UserWarning"),
]

X, P = mixed_table(200)
NET = TabularNetClassifier(3, n_bins=4, max_iter=4, random_state=0)
# Numbers, text, booleans and gaps in an array of objects.
OBJECTS = X.to_numpy(object)
ESTIMATORS = {
    **dict.fromkeys(KINDS_OF_Y, NET),
    "without validation rows": clone(NET).set_params(early_stopping=False, n_estimators=1),
    "balanced": clone(NET).set_params(class_weight="balanced", categorical_features=["a", "k"]),
    "encoder": PiecewiseLinearEncoder(4),
    "sparse encoder": PiecewiseLinearEncoder(1, categorical_features=[0, 4], sparse_output=True),
}


@cache
def fitted(name):
    return clone(ESTIMATORS[name]).fit(X, labels_of(name, P))


def output_of(estimator, X):
    if hasattr(estimator, "transform"):
        encoded = estimator.transform(X)
        return encoded.toarray() if estimator.sparse_output else encoded
    return estimator.predict_proba(X)


@pytest.mark.parametrize("name", ESTIMATORS)
@EACH_WAY
def test_round_trip_is_bit_equal(stored_and_loaded, name):
    estimator = fitted(name)
    loaded = stored_and_loaded(estimator)
    assert_array_equal(output_of(loaded, X), output_of(estimator, X))
    assert loaded.get_params() == estimator.get_params()
    assert vars(loaded).keys() == vars(estimator).keys()
    if hasattr(estimator, "predict"):
        assert_array_equal(loaded.predict(X), estimator.predict(X))
        assert loaded.validation_loss_ == estimator.validation_loss_
    # A loaded one can be fitted.
    refitted = loaded.fit(X, labels_of(name, P))
    assert_array_equal(output_of(refitted, X), output_of(estimator, X))


@pytest.mark.parametrize("name", ["binary", "encoder"])
@EACH_WAY
def test_categories_of_objects_round_trip(stored_and_loaded, name):
    estimator = clone(ESTIMATORS[name]).fit(OBJECTS, labels_of("binary", P))
    loaded = stored_and_loaded(estimator)
    assert_array_equal(output_of(loaded, OBJECTS), output_of(estimator, OBJECTS))


@pytest.mark.parametrize("name", ["binary", "encoder"])
@EACH_WAY
def test_unfitted_round_trip(stored_and_loaded, name):
    loaded = stored_and_loaded(ESTIMATORS[name])
    assert loaded.get_params() == ESTIMATORS[name].get_params()
    with pytest.raises(NotFittedError):
        output_of(loaded, X)


@pytest.mark.parametrize(
    ("name", "types"),
    [
        ("encoder", ["skshallow.PiecewiseLinearEncoder"]),
        (
            "binary",
            [
                *("skshallow.PiecewiseLinearEncoder", "skshallow.ShallowNetClassifier"),
                "skshallow.TabularNetClassifier",
            ],
        ),
    ],
)
def test_skops_asks_to_trust_our_types_alone(name, types):
    assert skops.io.get_untrusted_types(data=skops.io.dumps(fitted(name))) == types


def test_copies():
    for name in ("binary", "encoder"):
        estimator = fitted(name)
        shallow, deep = copy.copy(estimator), copy.deepcopy(estimator)
        for copied in (shallow, deep):
            assert type(copied) is type(estimator)
            copied.set_params(n_bins=9)
            assert_array_equal(output_of(copied, X), output_of(estimator, X))
        assert estimator.n_bins == 4
        assert not hasattr(clone(estimator), "n_features_in_")
    clf = fitted("binary")
    deep = copy.deepcopy(clf)
    deep.networks_[0].coefs_[0][:] = 0
    assert clf.networks_[0].coefs_[0].any()


def edited(name, value):
    return lambda estimator: setattr(estimator, name, value(copy.copy(getattr(estimator, name))))


def with_first(value):
    """A change of the first entry of a list or an array."""

    def change(part):
        part[0] = value(part[0])
        return part

    return change


def other_encoder(encoder):
    return clone(encoder).fit(X.iloc[:, :5])


CLASSIFIER_DAMAGE = {
    "no weights": lambda clf: delattr(clf, "network_weights_"),
    "no encoders": lambda clf: delattr(clf, "encoders_"),
    "no classes": lambda clf: delattr(clf, "classes_"),
    "networks swapped": edited("networks_", lambda networks: networks[::-1]),
    "encoders swapped": edited("encoders_", lambda encoders: encoders[::-1]),
    "one network": edited("networks_", lambda networks: networks[:1]),
    "no networks": lambda clf: vars(clf).update(networks_=[], encoders_=[], network_weights_=P[:0]),
    "encoder of other columns": edited("encoders_", with_first(other_encoder)),
    "weights are NaN": edited("network_weights_", lambda weights: weights * np.nan),
    "a weight too few": edited("network_weights_", lambda weights: weights[:1]),
    "weights in a list": edited("network_weights_", lambda weights: weights.tolist()),
    "a class too few": edited("classes_", lambda classes: classes[:1]),
    "more outputs": edited("n_outputs_", lambda n: n + 1),
    "another activation": edited("out_activation_", lambda _: "softmax"),
    "more columns": edited("n_features_in_", lambda n: n + 1),
    "network of other classes": edited(
        "networks_", with_first(lambda _: fitted("five classes").networks_[0])
    ),
}
ENCODER_DAMAGE = {
    "no edges of a column": edited("bin_edges_", lambda edges: edges[:-1]),
    "edges descend": edited("bin_edges_", with_first(lambda edges: edges[::-1])),
    "equal edges": edited("bin_edges_", with_first(lambda edges: edges * 0)),
    "edges are NaN": edited("bin_edges_", with_first(lambda edges: edges * np.nan)),
    "no categories": lambda encoder: delattr(encoder, "categories_"),
    "a median too few": edited("medians_", lambda medians: medians[1:]),
    "gaps in a list": edited("has_gaps_", lambda gaps: gaps.tolist()),
    "more columns": edited("n_features_in_", lambda n: n + 1),
}
DAMAGE = [
    *(("binary", damage) for damage in CLASSIFIER_DAMAGE.values()),
    *(("encoder", damage) for damage in ENCODER_DAMAGE.values()),
]


@pytest.mark.parametrize(("name", "damage"), DAMAGE, ids=[*CLASSIFIER_DAMAGE, *ENCODER_DAMAGE])
@EACH_WAY
def test_damaged_state_raises(stored_and_loaded, name, damage):
    estimator = copy.copy(fitted(name))
    damage(estimator)
    with pytest.raises(ValueError, match=f"not an intact {type(estimator).__name__}: .*"):
        stored_and_loaded(estimator)


@pytest.mark.parametrize("name", ["binary", "encoder"])
@pytest.mark.parametrize("state", [{}, [1, 2], {"n_bins": 3}, {"_seal": {"names": []}}])
def test_state_of_another_object_raises(name, state):
    estimator = copy.copy(fitted(name))
    before = joblib.hash(vars(estimator))
    with pytest.raises(ValueError, match="not an intact"):
        estimator.__setstate__(state)
    assert joblib.hash(vars(estimator)) == before


FLIPPED = {
    "weights of the mean": lambda clf: clf.network_weights_.tobytes(),
    "validation loss": lambda clf: np.array(clf.validation_loss_, ">f8").tobytes(),
    "classes": lambda clf: clf.classes_.tobytes(),
    "edges": lambda clf: clf.encoders_[1].bin_edges_[0].tobytes(),
    "medians": lambda clf: clf.encoders_[0].medians_.tobytes(),
    "a category": lambda clf: b"category seven",
    "W1": lambda clf: clf.networks_[1].coefs_[0].tobytes(),
    "a parameter's name": lambda clf: b"validation_fraction",
    "checksum": lambda clf: clf.__getstate__()["_seal"]["checksum"].encode(),
}


@pytest.mark.parametrize("part", FLIPPED)
def test_flipped_bit_raises(part):
    table = X.assign(k=np.array(["category six", "category seven"])[np.arange(200) % 2])
    clf = clone(NET).fit(table, labels_of("text", P))
    stored = pickle.dumps(clf)
    before = FLIPPED[part](clf)
    assert before in stored
    after = before[:-4] + bytes([before[-4] ^ 1]) + before[-3:]
    with pytest.raises(ValueError, match="not an intact"):
        pickle.loads(stored.replace(before, after))


def test_checksum_is_part_of_no_estimator():
    for name in ("binary", "encoder"):
        assert "_seal" in fitted(name).__getstate__()
        assert "_seal" not in vars(through_pickle(fitted(name)))
