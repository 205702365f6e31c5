"""The HTML representation of the estimators in notebooks."""

import re
from html import unescape

import pytest
import sklearn
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_html_repr

from skshallow import PiecewiseLinearEncoder, ShallowNetClassifier, TabularNetClassifier

sklearn_version = tuple(map(int, sklearn.__version__.split(".")[:2]))
LINK = re.compile(r'href="([^"]*)"')
EACH = pytest.mark.parametrize(
    "estimator", [ShallowNetClassifier(), TabularNetClassifier(), PiecewiseLinearEncoder()]
)


def names(shown):
    """The parameters or attributes that the tables list, without tags."""
    cells = re.findall(r'<td class="param">(.*?)</td>', shown, flags=re.DOTALL)
    return [unescape(re.sub(r"<[^>]*>", "", cell)).strip() for cell in cells]


@EACH
def test_no_documentation_link(estimator):
    # scikit-learn links to its own pages alone; there are none for these estimators.
    assert LINK.findall(estimator_html_repr(estimator)) == []
    links = LINK.findall(estimator_html_repr(make_pipeline(estimator)))
    assert not [link for link in links if not link.startswith("https://scikit-learn.org/")]


@EACH
def test_parameters(estimator):
    assert set(names(estimator_html_repr(estimator))) == estimator.get_params(deep=False).keys()


@pytest.mark.skipif(sklearn_version < (1, 9), reason="from scikit-learn 1.9 on")
def test_fitted_attributes():
    X, y = load_iris(return_X_y=True, as_frame=True)
    clf = ShallowNetClassifier(4, alpha=10, random_state=0).fit(X, y)
    _, fitted = estimator_html_repr(clf).split("Fitted attributes")
    shown = names(fitted)
    assert set(shown) == {name for name in vars(clf) if name.endswith("_")}
    assert "feature_names_in_" in shown
    assert f"{clf.loss_:.4g}" in fitted
    assert f"ndarray[float64]({clf.n_iter_},)" in fitted
