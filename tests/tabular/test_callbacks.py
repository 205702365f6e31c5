"""Callbacks of scikit-learn in fit: a task for each network, with its epochs."""

import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone

from skshallow import TabularNetClassifier
from tests.helpers import ignore_convergence
from tests.tabular.tables import labels_of, mixed_table

callback = pytest.importorskip("sklearn.callback", reason="needs scikit-learn 1.9")
pytestmark = ignore_convergence

X, P = mixed_table(200)
Y = labels_of("text", P)
NET = TabularNetClassifier(4, max_iter=3, random_state=0)


class Recorder:
    """A callback that records the tasks, and can do something at the end or begin of one."""

    def __init__(self, place=None, action=None):
        self.place, self.action = place, action  # such as "end epoch 0 of 1"
        self.events, self.fitted = [], []

    def setup(self, estimator, context):
        self.events.append("setup")

    def teardown(self, estimator, context):
        self.events.append("teardown")

    def on_fit_task_begin(self, estimator, context, *, X, y, metadata):
        self.data = X, y, metadata
        return self.record("begin", context)

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        self.fitted.append(fitted_estimator)
        return self.record("end", context)

    def record(self, event, context):
        self.events.append(f"{event} {context.task_name} {context.task_id}")
        place = f"{event} {context.task_name} {context.task_id}"
        if context.task_name == "epoch":
            place += f" of {context.parent.task_id}"
        return place == self.place and self.action()


def interrupt():
    raise KeyboardInterrupt


def fail():
    raise OSError("the disk is full")


def of_network(i, n_epochs):
    epochs = [f"{event} epoch {j}" for j in range(n_epochs) for event in ("begin", "end")]
    return [f"begin network {i}", *epochs, f"end network {i}"]


def test_each_network_is_a_task_with_its_epochs():
    recorder, weights = Recorder(), P + 1
    clf = clone(NET).set_params(max_iter=200).set_callbacks(recorder).fit(X, Y, weights)
    one, bins = (of_network(i, network.n_iter_) for i, network in enumerate(clf.networks_))
    assert recorder.events == ["setup", "begin fit 0", *one, *bins, "end fit 0", "teardown"]
    assert recorder.data[0] is X
    assert recorder.data[1] is Y
    assert recorder.data[2] == {"sample_weight": weights}


def test_fitted_estimators_of_the_epochs():
    recorder = Recorder()
    clf = clone(NET).set_callbacks(recorder).fit(X, Y)
    assert [len(fitted.networks_) for fitted in recorder.fitted] == [1] * 4 + [2] * 5
    for i in range(3):
        short = clone(NET).set_params(max_iter=i + 1).fit(X, Y)
        z = [
            network.decision_function(encoder.transform(X))
            for encoder, network in zip(short.encoders_, short.networks_, strict=True)
        ]
        assert_array_equal(recorder.fitted[i].decision_function(X), z[0])
        # Both networks weigh the same until all are trained.
        of_both = recorder.fitted[4 + i]
        assert_array_equal(
            of_both.networks_[1].decision_function(of_both.encoder_.transform(X)), z[1]
        )
        assert of_both.network_weights_.tolist() == [0.5, 0.5]
    assert_array_equal(recorder.fitted[-1].predict_proba(X), clf.predict_proba(X))
    assert recorder.fitted[0].feature_names_in_.tolist() == list("abcdkl")
    # Those of a refit do not have the names of the last fit.
    x = X[["a", "b"]].to_numpy()
    clf.fit(x, Y)
    assert recorder.fitted[-1].predict(x).shape == Y.shape


def test_callback_stops_a_network():
    recorder = Recorder("end epoch 1 of 0", lambda: True)
    clf = clone(NET).set_callbacks(recorder).fit(X, Y)
    assert [network.n_iter_ for network in clf.networks_] == [2, 3]
    assert recorder.events[2:-2] == of_network(0, 2) + of_network(1, 3)


INTERRUPTS = {
    "begin fit 0": 0,
    "begin network 0": 0,
    "begin epoch 0 of 0": 0,
    "end epoch 1 of 0": 1,
    "begin network 1": 1,
    "begin epoch 0 of 1": 1,
    "end epoch 0 of 1": 2,
}


@pytest.mark.parametrize("refit", [False, True])
@pytest.mark.parametrize(("place", "n_networks"), INTERRUPTS.items())
def test_interrupt_keeps_the_networks_so_far(place, n_networks, refit):
    clf = clone(NET)
    if refit:
        clf.fit(X[["a"]], Y)
    old = dict(vars(clf))
    expected = clone(NET).fit(X, Y).networks_
    with pytest.raises(KeyboardInterrupt):
        clf.set_callbacks(Recorder(place, interrupt)).fit(X, Y)
    if n_networks == 0:
        assert {name: vars(clf)[name] for name in old} == old
        assert hasattr(clf, "networks_") == refit
    else:
        assert len(clf.networks_) == n_networks
        if "network 1" in place:
            assert_array_equal(clf.networks_[0].coefs_[0], expected[0].coefs_[0])
        assert clf.predict_proba(X).shape == (200, 2)


@pytest.mark.parametrize(
    "place", ["end epoch 0 of 0", "end network 0", "end epoch 2 of 1", "end fit 0"]
)
def test_error_in_a_callback_keeps_the_old_fit(place):
    clf = clone(NET).fit(X[["a", "k"]], Y)
    before = clf.predict_proba(X[["a", "k"]])
    recorder = Recorder(place, fail)
    with pytest.raises(OSError, match="the disk is full"):
        clf.set_callbacks(recorder).fit(X, Y)
    assert recorder.events[-2:] == [place.split(" of ")[0], "teardown"]
    assert_array_equal(clf.predict_proba(X[["a", "k"]]), before)


def test_scoring_monitor_logs_every_epoch():
    monitor = callback.ScoringMonitor(scoring="neg_log_loss")
    clf = clone(NET).set_callbacks(monitor).fit(X, Y)
    log = monitor.get_logs().data_as_pandas.query("task_name == 'epoch'")
    assert len(log) == sum(network.n_iter_ for network in clf.networks_)
    assert log["neg_log_loss"].iloc[-1] > log["neg_log_loss"].iloc[0]
