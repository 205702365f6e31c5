"""The estimator as an object: parameters, copies, pickles, and the local classifier."""

import copy
import inspect
import pickle

import cloudpickle
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skshallow import ShallowNetClassifier
from skshallow.dask import DaskShallowNetClassifier
from tests.helpers import ignore_convergence

from .helpers import assert_same_bits, chunked

pytestmark = ignore_convergence


@pytest.fixture
def fitted(client, moons):
    clf = DaskShallowNetClassifier(4, "tanh", max_iter=2, random_state=0, client=client)
    return clf.fit(*chunked(*moons, chunks=1000))


def test_parameters_are_those_of_the_local_classifier():
    local = ShallowNetClassifier().get_params()
    assert DaskShallowNetClassifier().get_params() == local | {"client": None}
    signature = inspect.signature(DaskShallowNetClassifier)
    expected = {**inspect.signature(ShallowNetClassifier).parameters}
    client = signature.parameters["client"]
    assert dict(signature.parameters) == expected | {"client": client}


def test_clone_and_set_params(client):
    clf = DaskShallowNetClassifier(alpha=3, client=client)
    copied = clone(clf)
    assert copied.get_params() == clf.get_params()
    assert copied.client is client
    assert clf.set_params(alpha=4).alpha == 4
    assert copied.alpha == 3


@pytest.mark.parametrize(
    "copied",
    [
        lambda clf: pickle.loads(pickle.dumps(clf)),
        copy.copy,
        lambda clf: cloudpickle.loads(cloudpickle.dumps(clf)),
    ],
    ids=["pickle", "copy", "cloudpickle"],
)
def test_copies_predict_the_same(fitted, moons, copied):
    other = copied(fitted)
    assert_array_equal(other.predict_proba(moons[0]), fitted.predict_proba(moons[0]))
    assert_array_equal(other.predict(chunked(moons[0])).compute(), fitted.predict(moons[0]))


def test_pickle_has_no_client(fitted):
    assert pickle.loads(pickle.dumps(fitted)).client is None
    assert fitted.client is not None


def test_to_local(fitted, moons):
    local = fitted.to_local()
    assert type(local) is ShallowNetClassifier
    assert local.get_params() | {"client": fitted.client} == fitted.get_params()
    assert_same_bits(local, fitted)
    assert_array_equal(local.predict_proba(moons[0]), fitted.predict_proba(moons[0]))
    with pytest.raises(NotFittedError):
        DaskShallowNetClassifier().to_local()


def test_prediction_needs_no_cluster(fitted, moons):
    other = pickle.loads(pickle.dumps(fitted))
    lazy = other.predict_proba(chunked(moons[0]))
    expected = fitted.to_local().predict_proba(moons[0])
    assert_allclose(lazy.compute(scheduler="sync"), expected, rtol=1e-12)
    assert np.isfinite(lazy.sum().compute(scheduler="threads"))
