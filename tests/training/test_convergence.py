"""The end of training, and the warnings about it."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import StandardScaler

from skshallow import ShallowNetClassifier
from tests.helpers import ignore_convergence, single_network


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
        ShallowNetClassifier(2, n_estimators=1).fit(X[:40], np.r_[2, y[1:40]])
    assert {warning.filename for warning in [*caught, *caught_too]} == {__file__}
