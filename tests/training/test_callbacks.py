"""Callbacks of scikit-learn in fit."""

import copy
import pickle
import warnings

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skshallow import ShallowNetClassifier
from tests.helpers import ignore_convergence

callback = pytest.importorskip("sklearn.callback", reason="needs scikit-learn 1.9")

X, y = load_breast_cancer(return_X_y=True)


class Recorder:
    """A callback that records all calls, and can stop or fail in a given epoch."""

    def __init__(self, stop_in=None, fail_in=None):
        self.stop_in, self.fail_in = stop_in, fail_in
        self.events = []
        self.fitted = []

    def setup(self, estimator, context):
        self.events.append("setup")

    def teardown(self, estimator, context):
        self.events.append("teardown")

    def on_fit_task_begin(self, estimator, context, *, X=None, y=None):
        assert X is not None
        assert y is not None
        self.events.append(f"begin {context.task_name} {context.task_id}")

    def on_fit_task_end(self, estimator, context, *, X=None, y=None, fitted_estimator=None):
        self.events.append(f"end {context.task_name} {context.task_id}")
        if context.max_subtasks:
            self.final_estimator = fitted_estimator
            if self.fail_in == "the end":
                raise OSError("the disk is full")
            return False
        if context.task_id == self.fail_in:
            raise OSError("the disk is full")
        if fitted_estimator is not None:
            assert X is not None
            assert y is not None
            self.fitted.append(fitted_estimator)
        return context.task_id == self.stop_in


class InEachEpoch:
    """A callback that runs a function in each epoch, and scores each fitted estimator."""

    def __init__(self, *, begin=None, end=None):
        self.begin, self.end = begin, end
        self.n_ended = 0

    def __reduce__(self):  # the functions may not be picklable
        return InEachEpoch, ()

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        if self.begin is not None and context.parent is not None:
            self.begin(estimator)

    def on_fit_task_end(self, estimator, context, *, X, y, fitted_estimator):
        assert fitted_estimator.score(X, y) > 0.5
        self.n_ended += 1
        if self.end is not None and context.parent is not None:
            self.end(estimator, fitted_estimator)


def interrupt(*_):
    raise KeyboardInterrupt


def fit_with_max_iter(n_epochs, **settings):
    """A fit that max_iter ends after n_epochs."""
    clf = ShallowNetClassifier(8, random_state=0, max_iter=n_epochs, **settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return clf.fit(X, y)


@pytest.mark.parametrize("max_iter", [3, 200])
@pytest.mark.parametrize(
    ("solver", "task"), [("adam", "epoch"), ("gd", "epoch"), ("lbfgs", "iteration")]
)
@ignore_convergence
def test_each_epoch_is_a_task(solver, task, max_iter):
    recorder = Recorder()
    clf = ShallowNetClassifier(
        8, solver=solver, max_iter=max_iter, n_iter_no_change=2, random_state=0
    )
    clf.set_callbacks(recorder).fit(X, y)
    events = [f"{which} {task} {i}" for i in range(clf.n_iter_) for which in ("begin", "end")]
    assert recorder.events == ["setup", "begin fit 0", *events, "end fit 0", "teardown"]


def test_unused_lbfgs_iterations_are_ended():
    recorder, scorer = Recorder(), InEachEpoch()
    clf = ShallowNetClassifier(
        4, "identity", solver="lbfgs", tol=1e-2, early_stopping=False, random_state=0
    )
    clf.set_callbacks(recorder, scorer).fit(X, y)
    begun = [event.split()[1:] for event in recorder.events if event.startswith("begin")]
    ended = [event.split()[1:] for event in recorder.events if event.startswith("end")]
    assert sorted(begun) == sorted(ended)
    assert len(ended) == clf.n_iter_ + 2  # one unused iteration, and the fit
    assert scorer.n_ended == len(ended)
    assert_array_equal(recorder.fitted[-1].coefs_[0], clf.coefs_[0])


def test_interrupt_in_a_hook_keeps_the_last_weights():
    def interrupt_third(estimator, fitted):
        if fitted.n_iter_ == 3:
            raise KeyboardInterrupt

    scorer = InEachEpoch(end=interrupt_third)
    clf = ShallowNetClassifier(8, random_state=0).set_callbacks(scorer)
    with pytest.raises(KeyboardInterrupt):
        clf.fit(X, y)
    assert scorer.n_ended == 4  # three epochs and the fit
    assert_array_equal(clf.predict_proba(X), fit_with_max_iter(3).predict_proba(X))


def test_interrupt_in_the_first_epoch_keeps_the_old_fit():
    clf = ShallowNetClassifier(8, random_state=0).fit(X, y)
    before = clf.predict_proba(X)
    with pytest.raises(KeyboardInterrupt):
        clf.set_callbacks(InEachEpoch(begin=interrupt)).fit(X[:300], y[:300])
    assert_array_equal(clf.predict_proba(X), before)


def test_set_params_in_a_hook_applies_to_the_next_fit():
    def set_tanh(estimator, fitted):
        estimator.set_params(activation="tanh", negative_slope=0.5)

    clf = ShallowNetClassifier(8, max_iter=3, random_state=0)
    with pytest.warns(ConvergenceWarning):
        clf.set_callbacks(InEachEpoch(end=set_tanh)).fit(X, y)
    assert_array_equal(clf.predict_proba(X), fit_with_max_iter(3).predict_proba(X))


def test_changes_of_the_fitted_estimator_do_not_affect_training():
    def overwrite(estimator, fitted):
        for part in (*fitted.coefs_, *fitted.intercepts_, fitted.classes_):
            part[:] = 7
        for part in (fitted._seen[1], fitted._seen[2], fitted._class_totals):
            part[:] = 7

    class AtTheEnd(InEachEpoch):
        def on_fit_task_end(self, estimator, context, *, fitted_estimator):
            overwrite(estimator, fitted_estimator)

    clf = ShallowNetClassifier(8, max_iter=3, class_weight="balanced", random_state=0)
    with pytest.warns(ConvergenceWarning):
        clf.set_callbacks(AtTheEnd()).fit(X, y)
    expected = fit_with_max_iter(3, class_weight="balanced")
    assert_array_equal(clf.predict(X), expected.predict(X))
    clf.set_callbacks().partial_fit(X, y)
    assert_array_equal(clf.predict_proba(X), expected.partial_fit(X, y).predict_proba(X))


@pytest.mark.parametrize("refit", [False, True])
@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda clf: pickle.loads(pickle.dumps(clf)), lambda clf: clf]
)
def test_estimator_does_not_change_during_fit(copied, refit):
    found = []

    def predict_and_copy(estimator):
        if refit:
            assert set(copied(estimator).predict(X)) == {5, 6}
        else:
            with pytest.raises(NotFittedError):
                copied(estimator).predict(X)
        found.append(estimator.get_params())

    clf = ShallowNetClassifier(8, random_state=0)
    if refit:
        clf.fit(X, y + 5)
    clf.set_callbacks(InEachEpoch(begin=predict_and_copy)).fit(X, y)
    assert found == [clf.get_params()] * clf.n_iter_


@pytest.mark.parametrize("settings", [{}, {"early_stopping": False}, {"solver": "lbfgs"}])
def test_fitted_estimator_of_an_epoch_equals_a_fit_stopped_there(settings):
    recorder = Recorder(stop_in=3)
    ShallowNetClassifier(8, random_state=0, **settings).set_callbacks(recorder).fit(X, y)
    assert len(recorder.fitted) == 4
    for i, fitted in enumerate(recorder.fitted):
        assert_array_equal(
            fitted.predict_proba(X), fit_with_max_iter(i + 1, **settings).predict_proba(X)
        )
        assert fitted.n_iter_ == len(fitted.loss_curve_) == i + 1


def test_callback_stops_training():
    recorder = Recorder(stop_in=2)
    clf = ShallowNetClassifier(8, random_state=0).set_callbacks(recorder).fit(X, y)
    assert clf.n_iter_ == 3
    assert recorder.events[-3:] == ["end epoch 2", "end fit 0", "teardown"]
    assert_array_equal(recorder.final_estimator.predict_proba(X), clf.predict_proba(X))
    assert_array_equal(clf.predict_proba(X), fit_with_max_iter(3).predict_proba(X))


@pytest.mark.parametrize("fail_in", [1, "the end"])
@pytest.mark.parametrize("warm_start", [False, True])
def test_error_in_a_callback_keeps_the_old_fit(warm_start, fail_in):
    clf = ShallowNetClassifier(8, random_state=0, warm_start=warm_start).fit(X, y)
    before = clf.predict_proba(X)
    recorder = Recorder(fail_in=fail_in)
    with pytest.raises(OSError, match="the disk is full"):
        clf.set_callbacks(recorder).fit(X[:300], y[:300])
    failed_in = "end epoch 1" if fail_in == 1 else "end fit 0"
    assert recorder.events[-2:] == [failed_in, "teardown"]
    assert_array_equal(clf.predict_proba(X), before)


def test_scoring_monitor_logs_every_epoch():
    frame, target = load_breast_cancer(return_X_y=True, as_frame=True)
    weights = np.linspace(0.5, 2, len(target))
    monitor = callback.ScoringMonitor(scoring="neg_log_loss")
    clf = ShallowNetClassifier(8, random_state=0).set_callbacks(monitor)
    clf.fit(frame, target, weights)
    log = monitor.get_logs().data_as_pandas.query("task_name == 'epoch'")
    assert len(log) == clf.n_iter_
    loss = log_loss(target, clf.predict_proba(frame), sample_weight=weights)
    assert log["neg_log_loss"].max() == pytest.approx(-loss)


def test_progress_bars_in_a_search_over_a_pipeline(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")  # Rich cuts lines longer than the terminal
    pipeline = make_pipeline(StandardScaler(), ShallowNetClassifier(random_state=0))
    grid = {"shallownetclassifier__hidden_size": [4, 8]}
    search = GridSearchCV(pipeline, grid, cv=2, n_jobs=2)
    search.set_callbacks(callback.ProgressBar(max_propagation_depth=None)).fit(X, y)
    bars = capsys.readouterr().out.splitlines()
    assert sum("ShallowNetClassifier" in bar and "100%" in bar for bar in bars) == 5


def test_refit_of_a_converged_fit_has_no_epochs():
    recorder = Recorder()
    clf = ShallowNetClassifier(8, random_state=0, warm_start=True).fit(X, y)
    clf.set_callbacks(recorder).fit(X, y)
    assert recorder.events == ["setup", "begin fit 0", "end fit 0", "teardown"]
