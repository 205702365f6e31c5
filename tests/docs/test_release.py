"""What a release says of itself."""

import re
from pathlib import Path

import pytest
from sklearn.utils import estimator_html_repr

import skshallow
from skshallow import PiecewiseLinearEncoder, ShallowNetClassifier, TabularNetClassifier

ROOT = Path(skshallow.__file__).parents[1]


@pytest.mark.parametrize(
    ("file", "pattern"),
    [("CITATION.cff", r"^version: (.*)$"), (".github/conda/recipe.yaml", r"^  version: (\d.*)$")],
)
def test_versions_agree(file, pattern):
    path = ROOT / file
    if not path.exists():
        pytest.skip("an sdist has no .github")
    found = re.findall(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
    assert found == [skshallow.__version__]


def test_changelog_has_the_version():
    headings = re.findall(
        r"^## \[(.*?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M
    )
    version = skshallow.__version__
    assert headings[0] == ("Unreleased" if version.endswith(".dev0") else version)


@pytest.mark.parametrize(
    "estimator", [ShallowNetClassifier(), TabularNetClassifier(), PiecewiseLinearEncoder()]
)
def test_html_representation_links_to_no_site(estimator):
    shown = estimator_html_repr(estimator)
    assert type(estimator).__name__ in shown
    assert "skshallow." not in "".join(re.findall(r'href="([^"]*)"', shown))
