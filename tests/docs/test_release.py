"""What a release says of itself."""

import re
from pathlib import Path

import pytest

import skshallow
from tests.fitted.stored_models import STORED

ROOT = Path(__file__).parents[2]


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


def test_each_release_has_stored_models():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = re.findall(r"^## \[(\d.*?)\]", changelog, re.M)
    assert releases
    assert {path.name for path in STORED.iterdir()} == set(releases)
