"""The code on the pages of the documentation prints the output shown there."""

import doctest
import inspect
import re
from itertools import starmap
from pathlib import Path

import pytest
import sklearn
from sklearn.neural_network import MLPClassifier

from skshallow import ShallowNetClassifier

DOCS = Path(__file__).parents[2] / "docs"
COMING_FROM = DOCS / "coming_from_mlpclassifier.rst"
PAGES = [DOCS / "getting_started.rst", *sorted((DOCS / "user_guide").glob("*.rst")), COMING_FROM]
NUMBER = re.compile(r"-?\d+\.\d*")


def _close(want, got):
    last_place = 10.0 ** -len(want.partition(".")[2])
    return abs(float(want) - float(got)) <= 1.01 * last_place + 0.06 * abs(float(want))


class AlmostEqual(doctest.OutputChecker):
    """Compare decimals with a tolerance, because BLAS libraries round differently."""

    def check_output(self, want, got, optionflags):
        numbers, others = NUMBER.findall(want), NUMBER.findall(got)
        text = NUMBER.sub("#", want)
        return (
            super().check_output(text, NUMBER.sub("#", got), optionflags)
            and len(numbers) == len(others)
            and all(starmap(_close, zip(numbers, others, strict=True)))
        )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_prints_what_it_shows(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a page may save a model
    source = page.read_text(encoding="utf-8")
    if "import torch" in source:
        pytest.importorskip("torch")
        pytest.importorskip("sklearn", "1.9")
        monkeypatch.setenv("SCIPY_ARRAY_API", "1")  # which the page sets for good
    if "import pyarrow" in source:
        pytest.importorskip("pyarrow", exc_type=ImportError)  # not for the oldest NumPy
    program = doctest.DocTestParser().get_doctest(source, {}, page.stem, str(page), 0)
    runner = doctest.DocTestRunner(AlmostEqual(), optionflags=doctest.NORMALIZE_WHITESPACE)
    said = []
    with sklearn.config_context():  # a page may switch metadata routing on
        runner.run(program, out=said.append)
    assert runner.failures == 0, "".join(said)


def test_every_parameter_and_attribute_of_mlpclassifier_has_a_row():
    described = set(re.findall(r"``(\w+)", COMING_FROM.read_text(encoding="utf-8")))
    attributes = re.findall(r"^(\w+_) : ", inspect.getdoc(MLPClassifier), flags=re.MULTILINE)
    assert "validation_scores_" in attributes
    assert {*MLPClassifier().get_params(), *attributes} <= described
    assert set(ShallowNetClassifier().get_params()) <= described
