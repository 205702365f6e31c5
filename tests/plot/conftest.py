"""Fixtures for the tests of skshallow.plot."""

import matplotlib
import pytest
from matplotlib import pyplot

from skshallow import ShallowNetClassifier
from tests.plot.helpers import CANCER, DIGIT, DIGITS, y

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    pyplot.close("all")


@pytest.fixture(scope="module")
def cancer_net():
    return ShallowNetClassifier(max_iter=15, random_state=0).fit(CANCER.data, y)


@pytest.fixture(scope="module")
def digits_net():
    return ShallowNetClassifier(max_iter=3, random_state=0).fit(DIGITS, DIGIT)
