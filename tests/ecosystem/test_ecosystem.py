"""The classifier in tools of scikit-learn, Optuna, pandas and Polars."""

import numpy as np
import optuna
import pandas as pd
import polars as pl
import pytest
import sklearn
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.ensemble import AdaBoostClassifier, BaggingClassifier, StackingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.inspection import (
    DecisionBoundaryDisplay,
    PartialDependenceDisplay,
    partial_dependence,
    permutation_importance,
)
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    TunedThresholdClassifierCV,
    cross_val_score,
    cross_validate,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skshallow import ShallowNetClassifier
from tests.helpers import ignore_convergence

pytestmark = ignore_convergence


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_grid_search_over_a_pipeline(cancer, net, n_jobs):
    grid = {
        "shallownetclassifier__hidden_size": np.array([4, 16]),
        "shallownetclassifier__activation": ["relu", "tanh", "sigmoid"],
    }
    search = GridSearchCV(make_pipeline(StandardScaler(), net), grid, cv=3, n_jobs=n_jobs)
    search.fit(*cancer)
    assert len(search.cv_results_["params"]) == 6
    assert search.best_score_ > 0.95
    assert search.best_estimator_[-1].coefs_[0].shape[1] in (12, 48)


def test_cross_validate_and_clone(net):
    scores = cross_validate(clone(net), *load_wine(return_X_y=True), scoring="neg_log_loss")
    assert scores["test_score"].mean() > -0.15


@pytest.mark.parametrize(
    "wrap",
    [
        lambda net: CalibratedClassifierCV(net, cv=3),
        lambda net: TunedThresholdClassifierCV(net, cv=3),
        lambda net: BaggingClassifier(net, n_estimators=3, random_state=0),
        # The weights of AdaBoost sum to 1, so the penalty needs a small alpha.
        lambda net: AdaBoostClassifier(net.set_params(alpha=1e-3), n_estimators=3, random_state=0),
        lambda net: StackingClassifier([("net", net), ("linear", LogisticRegression())], cv=3),
        lambda net: OneVsRestClassifier(net),
    ],
    ids=["calibrated", "threshold", "bagging", "adaboost", "stacking", "one-vs-rest"],
)
def test_meta_estimators(cancer, net, wrap):
    X, y = cancer
    X = StandardScaler().fit_transform(X)
    model = wrap(net).fit(X[::2], y[::2])
    assert model.score(X[1::2], y[1::2]) > 0.93


def test_one_vs_rest_of_three_classes(net):
    X, y = load_iris(return_X_y=True)
    assert OneVsRestClassifier(net).fit(X[::2], y[::2]).score(X[1::2], y[1::2]) > 0.9


def test_halving_search_over_max_iter(cancer, net):
    search = HalvingGridSearchCV(
        net, {"hidden_size": [2, 8, 32]}, resource="max_iter", min_resources=5, max_resources=45,
        cv=3, random_state=0,
    ).fit(*cancer)  # fmt: skip
    assert search.n_resources_ == [5, 15] or search.n_resources_[-1] == 45
    assert search.best_score_ > 0.93


def test_permutation_importance_finds_the_column_that_matters(net):
    X, y = load_iris(return_X_y=True)
    noise = np.random.default_rng(0).normal(size=len(X))
    X = np.column_stack([X[:, 2], noise])
    importance = permutation_importance(net.fit(X, y), X, y, random_state=0).importances_mean
    assert importance[0] > 0.4 > 0.05 > importance[1]


def test_optuna_searches_width_activation_and_penalty(cancer):
    X, y = cancer

    def score(trial):
        net = ShallowNetClassifier(
            hidden_size=trial.suggest_int("hidden_size", 2, 32, log=True),
            activation=trial.suggest_categorical("activation", ["relu", "tanh"]),
            alpha=trial.suggest_float("alpha", 0.1, 10, log=True),
            max_iter=20,
            random_state=0,
        )
        return cross_val_score(net, X, y, cv=2).mean()

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(seed=0))
    study.optimize(score, n_trials=3)
    assert study.best_value > 0.93
    assert ShallowNetClassifier(**study.best_params).fit(X, y).score(X, y) > 0.93


def test_partial_dependence(net):
    frame, y = load_iris(return_X_y=True, as_frame=True)
    net.fit(frame, y)
    name = "petal length (cm)"
    result = partial_dependence(net, frame, [name], grid_resolution=5)
    for value, average in zip(result["grid_values"][0], result["average"].T, strict=True):
        expected = net.predict_proba(frame.assign(**{name: value})).mean(axis=0)
        assert_allclose(average, expected)
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    display = PartialDependenceDisplay.from_estimator(
        net, frame, [name], target=2, grid_resolution=5
    )
    assert_allclose(display.lines_[0, 0].get_ydata(), result["average"][2])
    matplotlib.pyplot.close(display.figure_)


def test_decision_boundary_display(net):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    X, y = load_iris(return_X_y=True)
    display = DecisionBoundaryDisplay.from_estimator(
        net.fit(X[:, :2], y), X[:, :2], response_method="predict", grid_resolution=20
    )
    assert set(np.unique(display.response)) == {0, 1, 2}


def test_validation_data_is_routed_and_transformed_in_a_pipeline(cancer):
    X, y = cancer
    w = np.linspace(1, 2, len(y))
    fit, val = slice(None, None, 2), slice(1, None, 2)
    with sklearn.config_context(enable_metadata_routing=True):
        net = ShallowNetClassifier(8, max_iter=10, random_state=0, standardize=False)
        net.set_fit_request(sample_weight=True, X_val=True, y_val=True, sample_weight_val=True)
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        pipeline = make_pipeline(scaler, net, transform_input=["X_val"])
        pipeline.fit(
            X[fit], y[fit], sample_weight=w[fit], X_val=X[val], y_val=y[val],
            sample_weight_val=w[val],
        )  # fmt: skip
    by_hand = StandardScaler().fit(X[fit])
    expected = clone(net).fit(
        by_hand.transform(X[fit]), y[fit], w[fit], X_val=by_hand.transform(X[val]), y_val=y[val],
        sample_weight_val=w[val],
    )  # fmt: skip
    assert_array_equal(pipeline[-1].validation_loss_curve_, expected.validation_loss_curve_)
    assert_array_equal(pipeline[-1].coefs_[0], expected.coefs_[0])


@pytest.mark.parametrize(
    "frame", [pd.DataFrame, lambda X, columns: pl.DataFrame(X, schema=list(columns))]
)
def test_data_frames(cancer, net, frame):
    X, y = cancer
    names = load_breast_cancer().feature_names
    expected = net.fit(X, y).predict_proba(X)
    table = frame(X, columns=names)
    assert_allclose(net.fit(table, y).predict_proba(table), expected, rtol=1e-6)
    assert_array_equal(net.feature_names_in_, names)
    with pytest.raises(ValueError, match="feature names"):
        net.predict(frame(X, columns=names[::-1]))
