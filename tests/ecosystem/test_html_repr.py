"""The HTML representation of the classifier in notebooks."""

import re
from urllib.parse import unquote

import pytest
import sklearn
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_html_repr

from skshallow import ShallowNetClassifier

PAGE = (
    "https://skshallow.readthedocs.io/en/stable/api/generated/skshallow.ShallowNetClassifier.html"
)
sklearn_version = tuple(map(int, sklearn.__version__.split(".")[:2]))
TOOLTIP = re.compile(
    r'<a class="param-doc-link"[^>]*href="([^"]*)">\s*(\w+)\s*'
    r'<span class="param-doc-description"[^>]*>\s*(.*?)</span>',
    flags=re.DOTALL,
)


def tooltips(html):
    """The text and the link of each tooltip, by the name of the parameter or attribute."""
    return {name: (text, unquote(link)) for link, name, text in TOOLTIP.findall(html)}


@pytest.mark.parametrize("estimator", [ShallowNetClassifier(), ShallowNetClassifier(3, "tanh")])
def test_documentation_link(estimator):
    assert f'href="{PAGE}"' in estimator_html_repr(estimator)
    assert f'href="{PAGE}"' in estimator_html_repr(make_pipeline(StandardScaler(), estimator))


def test_subclass_outside_the_package_has_no_documentation_link():
    class Mine(ShallowNetClassifier):
        pass

    assert "skshallow.readthedocs.io" not in estimator_html_repr(Mine())


@pytest.mark.skipif(sklearn_version < (1, 8), reason="from scikit-learn 1.8 on")
def test_parameter_tooltips():
    clf = ShallowNetClassifier()
    shown = tooltips(estimator_html_repr(clf))
    assert shown.keys() == clf.get_params().keys()
    for name, (text, link) in shown.items():
        kind, *description = text.split("<br>")
        assert kind.startswith(f"{name}: ")
        assert "default=" in kind
        assert len("".join(description)) > 20
        assert link.startswith(f"{PAGE}#:~:text={name},-")


@pytest.mark.skipif(sklearn_version < (1, 9), reason="from scikit-learn 1.9 on")
def test_fitted_attributes():
    X, y = load_iris(return_X_y=True, as_frame=True)
    clf = ShallowNetClassifier(4, alpha=10, random_state=0).fit(X, y)
    _, fitted = estimator_html_repr(clf).split("Fitted attributes")
    shown = tooltips(fitted)
    assert shown.keys() == {name for name in vars(clf) if name.endswith("_")}
    assert "feature_names_in_" in shown
    assert f"{clf.loss_:.4g}" in fitted
    assert f"ndarray[float64]({clf.n_iter_},)" in fitted
