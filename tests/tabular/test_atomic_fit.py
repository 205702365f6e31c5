"""A fit changes the estimator in one step: interrupts and errors leave a whole model."""

import contextlib
import copy
import io

import joblib
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from skshallow import TabularNetClassifier
from tests.helpers import ignore_convergence, interrupted, parameters_of
from tests.tabular.tables import labels_of, mixed_table

pytestmark = ignore_convergence

X, P = mixed_table(80)
Y = labels_of("binary", P)
NET = TabularNetClassifier(3, n_estimators=2, n_bins=3, max_iter=2, random_state=0)


class StopAtLine(io.StringIO):
    """An output stream that raises an error at the k-th line that begins with "epoch"."""

    def __init__(self, k, error):
        super().__init__()
        self.k, self.error = k, error

    def write(self, text):
        self.k -= text.startswith("epoch")
        if self.k == 0:
            raise self.error
        return super().write(text)


def stopped_fit(clf, k, error=KeyboardInterrupt):
    """Fit until the k-th epoch of both networks."""
    with contextlib.redirect_stdout(StopAtLine(k, error)), pytest.raises(error):
        clf.set_params(verbose=True).fit(X, Y)
    return clf


def networks_of(clf):
    return tuple(parameters_of(network).tobytes() for network in getattr(clf, "networks_", []))


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_an_interrupt_keeps_the_networks_so_far(k, early_stopping):
    clf = clone(NET).set_params(early_stopping=early_stopping)
    expected = networks_of(clone(clf).fit(X, Y))[: (k + 1) // 2]
    if k % 2:  # after one epoch of the last network
        once = networks_of(clone(clf).set_params(max_iter=1).fit(X, Y))
        expected = (*expected[:-1], once[len(expected) - 1])
    stopped_fit(clf, k)
    assert networks_of(clf) == expected
    assert len(clf.encoders_) == len(clf.network_weights_) == len(expected)
    assert (clf.network_weights_ > 0).all()
    assert (clf.validation_loss_ is None) == (not early_stopping)
    assert_array_equal(copy.deepcopy(clf).predict_proba(X), clf.predict_proba(X))
    if k <= 2:
        logits = clf.networks_[0].decision_function(clf.encoder_.transform(X))
        assert_allclose(clf.decision_function(X), clf.network_weights_[0] * logits)


@pytest.mark.parametrize("refit", [False, True])
def test_an_interrupt_at_any_line_leaves_a_whole_model(refit):
    start = clone(NET)
    if refit:
        start.fit(X[:60][["a", "k"]], Y[:60])
    (one, bins), (one_1, _) = (
        networks_of(clone(NET).set_params(max_iter=i).fit(X, Y)) for i in (2, 1)
    )
    found, k = set(), 1
    while True:
        clf = copy.deepcopy(start)
        came_through = interrupted(lambda clf=clf: clf.fit(X, Y), k)
        found.add(networks_of(clf))
        clf.__getstate__()  # raises an error if networks and encoders do not belong together
        if not came_through:
            break
        k += 97  # to save time
    assert {networks_of(start), (one_1,), (one,), (one, bins)} <= found
    assert all(state in (networks_of(start), (one_1,)) or state[0] == one for state in found)


@pytest.mark.parametrize("k", [1, 4])
def test_an_error_keeps_the_old_fit(k):
    clf = stopped_fit(clone(NET), k, OSError)
    assert not networks_of(clf)
    clf.set_params(verbose=False).fit(X[["a", "k"]], Y)
    clf.set_params(verbose=True)
    before = joblib.hash(vars(clf))
    stopped_fit(clf, k, OSError)
    assert joblib.hash(vars(clf)) == before


def test_refit_replaces_all():
    clf = clone(NET).fit(X, Y)
    clf.set_params(hidden_size=5).fit(X[["c", "l"]].to_numpy(), Y + 7)
    assert not hasattr(clf, "feature_names_in_")
    assert (clf.n_features_in_, clf.classes_.tolist()) == (2, [7, 8])
    assert {network.coefs_[0].shape[1] for network in clf.networks_} == {10}
