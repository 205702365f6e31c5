"""scikit-learn's callbacks on a fit: tasks, a usable estimator in each, stopping, and failing."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skshallow import ShallowNetClassifier

callback = pytest.importorskip("sklearn.callback", reason="scikit-learn has them from 1.9 on")

X, y = load_breast_cancer(return_X_y=True)


class Recorder:
    """Writes down what it is told; asks to stop after, or fails in, the epoch of that number."""

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
            self.in_the_end = fitted_estimator
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


def cut_short(n_epochs, **settings):
    """The same fit, ended by max_iter."""
    clf = ShallowNetClassifier(8, random_state=0, max_iter=n_epochs, **settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return clf.fit(X, y)


@pytest.mark.parametrize("max_iter", [3, 200])
@pytest.mark.parametrize(
    ("solver", "task"), [("adam", "epoch"), ("gd", "epoch"), ("lbfgs", "iteration")]
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_task_for_each_epoch(solver, task, max_iter):
    recorder = Recorder()
    clf = ShallowNetClassifier(8, solver=solver, max_iter=max_iter, random_state=0)
    clf.set_callbacks(recorder).fit(X, y)
    told = [f"{which} {task} {i}" for i in range(clf.n_iter_) for which in ("begin", "end")]
    assert recorder.events == ["setup", "begin fit 0", *told, "end fit 0", "teardown"]


def test_iterations_begun_and_not_needed_are_ended():
    recorder = Recorder()
    clf = ShallowNetClassifier(2, "identity", solver="lbfgs", tol=1e-2, early_stopping=False)
    clf.set_callbacks(recorder).fit(X, y)
    begun = [event.split()[1:] for event in recorder.events if event.startswith("begin")]
    ended = [event.split()[1:] for event in recorder.events if event.startswith("end")]
    assert sorted(begun) == sorted(ended)


@pytest.mark.parametrize("settings", [{}, {"early_stopping": False}, {"solver": "lbfgs"}])
def test_the_estimator_of_an_epoch_is_that_of_a_fit_that_stopped_there(settings):
    recorder = Recorder(stop_in=3)
    ShallowNetClassifier(8, random_state=0, **settings).set_callbacks(recorder).fit(X, y)
    assert len(recorder.fitted) == 4
    for i, fitted in enumerate(recorder.fitted):
        assert_array_equal(fitted.predict_proba(X), cut_short(i + 1, **settings).predict_proba(X))
        assert fitted.n_iter_ == len(fitted.loss_curve_) == i + 1


def test_a_callback_stops_training():
    recorder = Recorder(stop_in=2)
    clf = ShallowNetClassifier(8, random_state=0).set_callbacks(recorder).fit(X, y)
    assert clf.n_iter_ == 3
    assert_array_equal(recorder.in_the_end.predict_proba(X), clf.predict_proba(X))
    assert_array_equal(clf.predict_proba(X), cut_short(3).predict_proba(X))


@pytest.mark.parametrize("fail_in", [1, "the end"])
@pytest.mark.parametrize("warm_start", [False, True])
def test_a_callback_that_raises_leaves_what_was_fitted(warm_start, fail_in):
    clf = ShallowNetClassifier(8, random_state=0, warm_start=warm_start).fit(X, y)
    before = clf.predict_proba(X)
    recorder = Recorder(fail_in=fail_in)
    with pytest.raises(OSError, match="the disk is full"):
        clf.set_callbacks(recorder).fit(X[:300], y[:300])
    assert recorder.events[-1] == "teardown"
    assert_array_equal(clf.predict_proba(X), before)


def test_scoring_monitor_logs_every_epoch_of_a_frame():
    frame, target = load_breast_cancer(return_X_y=True, as_frame=True)
    weights = np.linspace(0.5, 2, len(target))
    monitor = callback.ScoringMonitor(scoring="neg_log_loss")
    clf = ShallowNetClassifier(8, random_state=0).set_callbacks(monitor)
    clf.fit(frame, target, weights)
    log = monitor.get_logs().data_as_pandas.query("task_name == 'epoch'")
    assert len(log) == clf.n_iter_
    loss = log_loss(target, clf.predict_proba(frame), sample_weight=weights)
    assert log["neg_log_loss"].max() == pytest.approx(-loss)


def test_progress_bars_through_a_search_over_a_pipeline(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")  # Rich cuts longer lines
    pipeline = make_pipeline(StandardScaler(), ShallowNetClassifier(random_state=0))
    grid = {"shallownetclassifier__hidden_size": [4, 8]}
    search = GridSearchCV(pipeline, grid, cv=2, n_jobs=2)
    search.set_callbacks(callback.ProgressBar(max_propagation_depth=None)).fit(X, y)
    bars = capsys.readouterr().out.splitlines()
    assert sum("ShallowNetClassifier" in bar and "100%" in bar for bar in bars) == 5


def test_a_refit_that_has_nothing_to_do_has_no_epochs():
    recorder = Recorder()
    clf = ShallowNetClassifier(8, random_state=0, warm_start=True).fit(X, y)
    clf.set_callbacks(recorder).fit(X, y)
    assert recorder.events == ["setup", "begin fit 0", "end fit 0", "teardown"]
