"""The estimators that the displays accept, and errors for all others."""

import numpy as np
import pytest
from matplotlib import pyplot
from numpy.testing import assert_array_equal
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from skshallow import ShallowNetClassifier
from skshallow.plot import HiddenUnitsDisplay, LossCurveDisplay
from tests.helpers import ignore_convergence
from tests.plot.helpers import X, y

pytestmark = ignore_convergence


@pytest.mark.parametrize(
    "wrap",
    [
        lambda net: make_pipeline(StandardScaler(), net),
        lambda net: GridSearchCV(net, {"alpha": [1, 2]}, cv=2),
        lambda net: GridSearchCV(
            make_pipeline(StandardScaler(), net), {"shallownetclassifier__alpha": [1]}, cv=2
        ),
        lambda net: make_pipeline(StandardScaler(), GridSearchCV(net, {"alpha": [1]}, cv=2)),
        lambda net: make_pipeline(PolynomialFeatures(), make_pipeline(PCA(30), net)),
    ],
    ids=["pipeline", "search", "search over pipeline", "search in pipeline", "pipeline in it"],
)
def test_wrapped_classifiers(wrap):
    model = wrap(ShallowNetClassifier(4, max_iter=5, random_state=0)).fit(X, y)
    net = model
    while not isinstance(net, ShallowNetClassifier):
        net = net.best_estimator_ if isinstance(net, GridSearchCV) else net[-1]
    (training, _) = LossCurveDisplay.from_estimator(model).lines_
    assert_array_equal(training.get_ydata(), net.loss_curve_)
    display = HiddenUnitsDisplay.from_estimator(model, X)
    assert display.weights.shape == (30, 12)
    assert_array_equal(display.outgoing, np.abs(net.coefs_[1][:, 0]))


@pytest.mark.parametrize("nothing", [None, "passthrough"])
def test_pipeline_steps_that_do_nothing_are_skipped(nothing):
    pipeline = Pipeline([("nothing", nothing), ("net", ShallowNetClassifier(5, random_state=0))])
    display = HiddenUnitsDisplay.from_estimator(pipeline.fit(X, y), X)
    assert display.feature_names[:2] == ["x0", "x1"]
    assert display.dead.shape == (15,)


@pytest.mark.parametrize("display", [LossCurveDisplay, HiddenUnitsDisplay])
@pytest.mark.parametrize(
    ("estimator", "error", "message"),
    [
        (ShallowNetClassifier(), NotFittedError, "not fitted yet"),
        (make_pipeline(StandardScaler(), ShallowNetClassifier()), NotFittedError, "not fitted"),
        (GridSearchCV(ShallowNetClassifier(), {"alpha": [1]}), NotFittedError, "not fitted yet"),
        (LogisticRegression().fit(X[:, :2], y), ValueError, "LogisticRegression .*pass a fitted"),
        (StandardScaler().fit(X), ValueError, "pass a fitted ShallowNetClassifier, a pipeline"),
        (make_pipeline(StandardScaler(), "passthrough").fit(X), ValueError, "ends in 'passthr"),
        (ShallowNetClassifier, TypeError, "not an instance"),
        (X, TypeError, "not an estimator"),
    ],
    ids=["net", "pipeline", "search", "logistic", "scaler", "passthrough", "class", "array"],
)
def test_unsupported_estimator_raises(display, estimator, error, message):
    with pytest.raises(error, match=message):
        display.from_estimator(estimator)
    assert pyplot.get_fignums() == []


def test_search_without_refit_raises():
    search = GridSearchCV(ShallowNetClassifier(2, max_iter=2), {"alpha": [1]}, cv=2, refit=False)
    with pytest.raises(ValueError, match="with refit=False has no fitted classifier: set refit"):
        LossCurveDisplay.from_estimator(search.fit(X, y))
