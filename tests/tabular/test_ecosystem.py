"""Both classes in tools of scikit-learn."""

import numpy as np
import pytest
import sklearn
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import BaggingClassifier, StackingClassifier
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_html_repr

from skshallow import PiecewiseLinearEncoder, TabularNetClassifier
from tests.helpers import ignore_convergence
from tests.tabular.tables import labels_of, mixed_table

pytestmark = ignore_convergence

X, P = mixed_table(500)
Y = labels_of("text", P)
NET = TabularNetClassifier(8, max_iter=20, random_state=0)


def test_grid_search_over_a_pipeline():
    grid = {
        "tabularnetclassifier__hidden_size": np.array([2, 8]),
        "tabularnetclassifier__n_bins": ["auto", 3],
    }
    same = FunctionTransformer(lambda table: table)
    search = GridSearchCV(make_pipeline(same, NET), grid, cv=3, scoring="neg_log_loss")
    search.fit(X, Y)
    assert len(search.cv_results_["params"]) == 4
    assert search.best_score_ > -0.6  # guessing has -0.69
    best = search.best_params_["tabularnetclassifier__hidden_size"]
    assert search.best_estimator_[-1].networks_[0].coefs_[0].shape[1] == 4 * best
    assert search.score(X, Y) > search.best_score_


def test_sample_weight_is_routed():
    weights = np.where(Y == "yes", 3.0, 1.0)
    with sklearn.config_context(enable_metadata_routing=True):
        clf = clone(NET).set_fit_request(sample_weight=True).set_score_request(sample_weight=False)
        encoder = PiecewiseLinearEncoder(3).set_fit_request(sample_weight=True)
        routed = cross_validate(
            clf, X, Y, params={"sample_weight": weights}, cv=2, return_estimator=True,
            return_indices=True,
        )  # fmt: skip
        pipeline = make_pipeline(encoder, LogisticRegression().set_fit_request(sample_weight=False))
        pipeline.fit(X, Y, sample_weight=weights)
    rows = routed["indices"]["train"][0]
    expected = clone(NET).fit(X.iloc[rows], Y[rows], weights[rows])
    assert_array_equal(routed["estimator"][0].predict_proba(X), expected.predict_proba(X))
    edges = PiecewiseLinearEncoder(3).fit(X, sample_weight=weights).bin_edges_
    for part, other in zip(pipeline[0].bin_edges_, edges, strict=True):
        assert_array_equal(part, other)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda net: CalibratedClassifierCV(net, cv=3),
        lambda net: StackingClassifier([("net", net), ("same", clone(net))], cv=3),
    ],
    ids=["calibrated", "stacking"],
)
def test_meta_estimators_pass_data_frames(wrap):
    assert wrap(NET).fit(X[::2], Y[::2]).score(X[1::2], Y[1::2]) > 0.65


def test_bagging_of_arrays():
    x = X[["a", "b", "c", "d"]].to_numpy()
    bagged = BaggingClassifier(NET, n_estimators=2, random_state=0)
    assert bagged.fit(x, Y).score(x, Y) > 0.65


def test_encoder_in_a_column_transformer():
    numbers = make_column_selector(dtype_include=float)
    model = make_pipeline(
        make_column_transformer((PiecewiseLinearEncoder(), numbers), remainder="drop"),
        LogisticRegression(),
    )
    names = model.fit(X, Y)[0].get_feature_names_out()
    assert names[0] == "piecewiselinearencoder__a_bin0"
    assert model.score(X, Y) > 0.65


def test_permutation_importance_finds_the_columns_that_matter():
    table = X.assign(noise=np.random.default_rng(0).normal(size=500))[["noise", "a", "k"]]
    y = (X["a"].fillna(0) > 0.5) ^ (X["k"] == "b")
    clf = clone(NET).set_params(max_iter=60).fit(table, y)
    noise, a, k = permutation_importance(clf, table, y, random_state=0).importances_mean
    assert min(a, k) > 0.05 > noise


@pytest.mark.parametrize("estimator", [NET, PiecewiseLinearEncoder()])
def test_html_representation(estimator):
    for shown in (estimator, clone(estimator).fit(X, Y), make_pipeline(estimator)):
        html = estimator_html_repr(shown)
        assert type(estimator).__name__ in html
