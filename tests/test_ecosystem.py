"""The classifier among the tools of scikit-learn, on real data."""

import copy
import pickle

import numpy as np
import optuna
import pandas as pd
import polars as pl
import pytest
import sklearn
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
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

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def cancer():
    return load_breast_cancer(return_X_y=True)


@pytest.fixture
def net():
    return ShallowNetClassifier(16, "tanh", max_iter=40, random_state=0)


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
        # AdaBoost's weights sum to 1, and with them the data weigh 1 against the penalty.
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


@pytest.mark.parametrize(
    "labels",
    [["no", "yes"], [False, True], [10, 20], ["a", "b", "c"], [-1, 0, 1]],
    ids=["str", "bool", "int", "3 str", "3 int"],
)
def test_labels_come_back(net, labels):
    X, y = load_iris(return_X_y=True)
    X, y = X[y < len(labels)], y[y < len(labels)]
    labels = np.array(labels)
    clf = net.fit(X, labels[y])
    assert_array_equal(clf.classes_, labels)
    assert clf.predict(X).dtype == labels.dtype
    assert (clf.predict(X) == labels[y]).mean() > 0.95
    assert clf.out_activation_ == ("sigmoid" if len(labels) == 2 else "softmax")
    assert clf.decision_function(X).shape == ((len(X),) if len(labels) == 2 else (len(X), 3))


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_multilabel(net, container):
    X, y = load_digits(return_X_y=True)
    Y = np.column_stack([y % 2 == 0, y > 4, y == 3]).astype(int)
    clf = net.fit(X[:900], container(Y[:900]))
    assert (clf.predict(X[900:]) == Y[900:]).mean() > 0.9
    assert clf.predict_proba(X).shape == Y.shape
    assert clf.n_outputs_ == 3
    assert_allclose(np.exp(clf.predict_log_proba(X)), clf.predict_proba(X), rtol=1e-12)


@pytest.mark.parametrize("load", [load_iris, load_breast_cancer])
def test_log_probabilities_outlive_probabilities(net, load):
    X, y = load(return_X_y=True)
    clf = net.fit(X, y)
    assert_allclose(np.exp(clf.predict_log_proba(X)), clf.predict_proba(X), rtol=1e-12)
    clf.coefs_[1] *= 1e6
    assert clf.predict_proba(X).min() == 0
    assert np.isfinite(clf.predict_log_proba(X)).all()


def test_class_weight_multiplies_sample_weight(cancer, net):
    X, y = cancer
    w = np.random.default_rng(0).integers(1, 4, size=len(y)).astype(float)
    totals = np.bincount(y, w)
    balanced = net.set_params(class_weight="balanced").fit(X, y, w).predict_proba(X)
    by_hand = net.set_params(class_weight=None).fit(X, y, w * (totals.sum() / 2 / totals)[y])
    assert_allclose(balanced, by_hand.predict_proba(X), rtol=1e-5)
    a_dict = net.set_params(class_weight={0: 2.0, 1: 0.5}).fit(X, y, w).predict_proba(X)
    by_hand = net.set_params(class_weight=None).fit(X, y, w * np.array([2, 0.5])[y])
    assert_allclose(a_dict, by_hand.predict_proba(X), rtol=1e-5)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_a_class_of_weight_zero_is_not_there(net, solver):
    X, y = load_iris(return_X_y=True)
    net.set_params(solver=solver)
    without = net.fit(X, y, np.where(y == 0, 0, 1)).predict_proba(X)
    dropped = net.set_params(class_weight={0: 0, 1: 1, 2: 1}).fit(X, y).predict_proba(X)
    assert_array_equal(dropped, without)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda clf: pickle.loads(pickle.dumps(clf))])
def test_copies_predict_the_same(cancer, net, copied):
    X, y = cancer
    assert_array_equal(copied(net.fit(X, y)).predict_proba(X), net.predict_proba(X))


def test_warm_start_goes_on_and_accepts_a_missing_class():
    X, y = load_iris(return_X_y=True)
    net = ShallowNetClassifier(8, solver="adam", max_iter=5, warm_start=True, random_state=0)
    losses = [net.fit(X, y).loss_ for _ in range(4)]
    assert losses == sorted(losses, reverse=True)
    net.fit(X[y > 0], y[y > 0])
    assert_array_equal(net.classes_, [0, 1, 2])
    assert net.predict_proba(X).shape == (150, 3)
    with pytest.raises(ValueError, match="not in `classes_`"):
        net.fit(X, y + 1)


def test_verbose_prints_a_line_an_epoch(cancer, capsys):
    X, y = cancer
    ShallowNetClassifier(4, max_iter=3, solver="adam", verbose=True).fit(X, y, X_val=X, y_val=y)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("epoch 1: loss ")
    assert "validation loss" in lines[0]
