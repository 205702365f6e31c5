"""What the documentation says is what the code does."""

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

import skshallow
from skshallow import ShallowNetClassifier

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
NOTES_TO_CODE = (ROOT / "docs" / "notes_to_code.md").read_text(encoding="utf-8")


def test_readme_example_runs():
    code = re.search(r"```python\n(.*?)```", README, flags=re.DOTALL).group(1)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})
    # The last line has the shapes; the figures before it may differ by machine and version.
    shown = re.search(r"```text\n(.*?)```", README, flags=re.DOTALL).group(1)
    assert printed.getvalue().splitlines()[-1] == shown.splitlines()[-1]


def test_main_job_runs():
    job = ROOT / "docs" / "examples" / "grid_search.py"
    result = subprocess.run([sys.executable, job], capture_output=True, text=True, check=True)
    assert "Held out" in result.stdout
    assert "Saved the best pipeline" in result.stdout


@pytest.mark.parametrize("path", re.findall(r"\]\((\.\./[^)]*)\)", NOTES_TO_CODE))
def test_notes_page_links_exist(path):
    assert (ROOT / "docs" / path).resolve().exists()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(\w+_\w+)`", NOTES_TO_CODE))))
def test_notes_page_names_exist(name):
    source = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "skshallow").rglob("*.py"))
    assert re.search(rf"\b{name}\b", source)


PUBLIC = [
    "skshallow.ShallowNetClassifier",
    *(
        f"skshallow.ShallowNetClassifier.{name}"
        for name in vars(ShallowNetClassifier)
        if not name.startswith("_")
    ),
]


@pytest.mark.parametrize("name", PUBLIC)
def test_docstring_is_numpydoc(name):
    validate = pytest.importorskip("numpydoc.validate")
    tolerated = {
        "EX01",  # the class has the examples
        "SA01",
        "ES01",
        "GL01",  # summaries stand on the first line, as in scikit-learn
        "RT02",
        "SS05",
        "SS06",
        "SS03",
    }
    errors = [
        f"{code}: {text}"
        for code, text in validate.validate(name)["errors"]
        if code not in tolerated
    ]
    assert errors == []


def test_version_is_in_the_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {skshallow.__version__}" in changelog
