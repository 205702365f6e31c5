"""The end of training, and the warnings about it."""

import re
import warnings

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import StandardScaler

from skshallow import ShallowNetClassifier
from tests.helpers import SOLVERS, ignore_convergence, single_network


@ignore_convergence
@pytest.mark.parametrize("n_iter_no_change", [2, 5])
def test_training_stops_after_n_iter_no_change(small, n_iter_no_change):
    clf = single_network(
        5, "tanh", solver="gd", tol=1e-2, n_iter_no_change=n_iter_no_change, learning_rate=0.5,
        max_iter=1000, random_state=0,
    ).fit(*small)  # fmt: skip
    to_beat, stale = np.inf, 0
    for epoch, loss in enumerate(clf.loss_curve_, start=1):  # noqa: B007
        to_beat, stale = (loss, 0) if loss < to_beat - 1e-2 else (to_beat, stale + 1)
        if stale == n_iter_no_change:
            break
    assert clf.n_iter_ == epoch < 1000


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_warns_if_max_iter_ends_training(binary_iris, solver):
    X, y = binary_iris
    clf = ShallowNetClassifier(4, solver=solver, max_iter=2, early_stopping=False, random_state=0)
    knob = {"adam": "change learning_rate", "lbfgs": "raise alpha"}[solver]
    message = (
        r"all 2 epochs of max_iter.*training loss went from [\d.]+ to [\d.]+\. "
        f"Raise max_iter, {knob}"
    )
    with pytest.warns(ConvergenceWarning, match=message):
        clf.fit(X, y)


def test_no_warning_at_the_end_of_a_cosine_schedule(binary_iris):
    X, y = binary_iris
    ShallowNetClassifier(4, solver="adam", max_iter=2, learning_rate_schedule="cosine").fit(X, y)


def test_warns_if_the_loss_rises(cancer):
    with pytest.warns(ConvergenceWarning, match=r"rose from .* to .*: lower learning_rate"):
        single_network(10, solver="sgd", learning_rate=2.0, random_state=0).fit(*cancer)


@pytest.mark.parametrize("settings", [{"solver": "gd", "learning_rate": 1e4}, {"X_val": "raw"}])
def test_warns_if_the_validation_loss_is_far_above_the_prior_loss(cancer, settings):
    X, y = cancer
    Z = StandardScaler().fit_transform(X)
    settings = dict(settings)
    given = {"X_val": X, "y_val": y} if settings.pop("X_val", None) else {}
    with pytest.warns(ConvergenceWarning, match=r"(rose from .* to|never below .* guessing has)"):
        ShallowNetClassifier(random_state=0, **settings).fit(Z, y, **given)


def test_warnings_point_to_the_call_of_fit(cancer):
    X, y = cancer
    with pytest.warns(ConvergenceWarning) as caught:
        single_network(2, max_iter=1).fit(X, y)
    with pytest.warns(UserWarning, match="validation split") as caught_too:
        ShallowNetClassifier(2, n_estimators=1, tol=1).fit(X[:40], np.r_[2, y[1:40]])
    assert {warning.filename for warning in [*caught, *caught_too]} == {__file__}


@pytest.mark.parametrize("solver", SOLVERS)
def test_loss_far_above_guessing_warns_without_early_stopping(cancer, solver):
    clf = single_network(
        5, solver=solver, learning_rate=1e3, tol=1, max_iter=9, n_iter_no_change=3, random_state=0
    )
    with warnings.catch_warnings(record=True, action="always") as caught:
        try:
            clf.fit(*cancer)
        except ValueError as error:
            assert "learning_rate" in str(error)  # noqa: PT017
            assert solver == "sgd"
        else:
            assert (clf.loss_ > 1.5) == (solver in ("adam", "gd"))
            told = re.compile(r"where guessing has|loss rose from")
            assert clf.loss_ < 1.5 or told.search(str(caught[0].message))


ABOVE_GUESSING = r"guessing has 0\.\d+: change learning_rate"
LOSS_ROSE = r"training loss rose from .* epochs: lower learning_rate"


@pytest.mark.parametrize(
    ("learning_rate", "message"),
    [
        (5, ABOVE_GUESSING),
        (50, LOSS_ROSE),
        (100, ABOVE_GUESSING),
        (300, ABOVE_GUESSING),
        (2000, LOSS_ROSE),
    ],
)
def test_loss_above_guessing_warns_with_early_stopping(cancer, learning_rate, message):
    with pytest.warns(ConvergenceWarning, match=message):
        ShallowNetClassifier(learning_rate=learning_rate, random_state=0).fit(*cancer)


def test_too_few_epochs_are_not_called_divergence(cancer):
    X, _ = cancer
    for solver in SOLVERS:
        clf = single_network(solver=solver, max_iter=2, random_state=0)
        with pytest.warns(ConvergenceWarning, match="Raise max_iter"):
            clf.fit(X[:20], np.arange(20) % 2)


@pytest.mark.parametrize("alpha", [1e3, 1e5, 1e20])
@pytest.mark.parametrize("solver", SOLVERS)
def test_penalty_that_early_stopping_leaves_large_warns(solver, alpha):
    X, y = load_iris(return_X_y=True)
    clf = ShallowNetClassifier(alpha=alpha, solver=solver, random_state=0)
    with warnings.catch_warnings(record=True, action="always") as caught:
        try:
            clf.fit(X, y)
        except ValueError as error:
            assert "alpha" in str(error)  # noqa: PT017
        else:
            assert clf.loss_ < 2.3 or caught
    if solver == "adam":
        told = r"because alpha=1e\+\d+ is large for weights that sum to 120: lower alpha"
        assert re.search(told, str(caught[0].message))


def test_few_rows_give_no_warning(cancer):
    X, _ = cancer
    for n_rows in (10, 20, 50):
        for seed in range(3):
            ShallowNetClassifier(random_state=seed).fit(X[:n_rows], np.arange(n_rows) % 2)
