"""Ctrl-C during fit."""

import contextlib
import io
import signal
import threading

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits

from skshallow import ShallowNetClassifier
from tests.fitted.stored_models import CLASSIFIERS, multiclass
from tests.helpers import SOLVERS, ignore_convergence

pytestmark = ignore_convergence


class FirstLineStartsTimer(io.StringIO):
    """An output stream whose first line starts a timer."""

    def __init__(self, timer):
        super().__init__()
        self.timer = timer

    def write(self, text):
        if self.timer.ident is None:
            self.timer.start()
        return super().write(text)


@pytest.mark.parametrize("solver", SOLVERS)
def test_interrupt_propagates_and_leaves_a_fitted_network(solver):
    X, y = load_digits(return_X_y=True)
    clf = ShallowNetClassifier(
        solver=solver, max_iter=10**6, tol=0, n_iter_no_change=10**6, random_state=0, alpha=0,
        learning_rate_schedule="constant", verbose=True,
    )  # fmt: skip
    rows = np.tile(np.arange(len(X)), 5)
    noise = np.random.default_rng(0).normal(size=(len(rows), X.shape[1]))
    # The first line ends the first epoch. Before it there is no network to keep.
    timer = threading.Timer(0.5, signal.raise_signal, [signal.SIGINT])
    # A process started with nohup or & ignores SIGINT, and training would not end.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with (
            contextlib.redirect_stdout(FirstLineStartsTimer(timer)),
            pytest.raises(KeyboardInterrupt),
        ):
            clf.fit(X[rows] + noise, y[rows])
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, handler)
    assert clf.n_iter_ == len(clf.loss_curve_) >= 1
    assert clf.score(X, y) > 0.2


class InterruptingArray:
    """Validation rows that raise KeyboardInterrupt when NumPy reads them."""

    shape = (2, 4)

    def __len__(self):
        return 2

    def __array__(self, dtype=None, copy=None):
        raise KeyboardInterrupt


def test_interrupt_before_training_keeps_the_old_fit():
    X, y = multiclass()
    clf = clone(CLASSIFIERS["multiclass"]).fit(X, y)
    before = joblib.hash(vars(clf))
    with pytest.raises(KeyboardInterrupt):
        clf.fit(X[:100], y[:100], X_val=InterruptingArray(), y_val=[0, 1])
    assert joblib.hash(vars(clf)) == before
