"""Columns that cannot be read, and values far from the others."""

import datetime
import re
import warnings
from decimal import Decimal
from fractions import Fraction
from functools import cache

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from skshallow import PiecewiseLinearEncoder, TabularNetClassifier
from tests.helpers import ignore_convergence
from tests.tabular.tables import HAS_ARROW

pytestmark = ignore_convergence

BOTH = pytest.mark.parametrize("estimator", [PiecewiseLinearEncoder, TabularNetClassifier])
DAYS = [datetime.date(2020, 1, day) for day in (1, 2, 3, 4)]
TIMES = pd.to_datetime(DAYS)
NAMED = np.array([0, 1, 0, 1])


def objects(*values):
    return np.array(values, dtype=object)[:, np.newaxis]


DATES = {
    "pandas": lambda: pd.DataFrame({"x": TIMES}),
    "pandas with a time zone": lambda: pd.DataFrame({"x": TIMES.tz_localize("UTC")}),
    "pandas differences": lambda: pd.DataFrame({"x": TIMES - TIMES[0]}),
    "pandas dates": lambda: pd.DataFrame({"x": DAYS}),
    "pandas category": lambda: pd.DataFrame({"x": pd.Series(TIMES).astype("category")}),
    "Polars Date": lambda: pl.DataFrame({"x": DAYS}),
    "Polars Datetime": lambda: pl.DataFrame({"x": DAYS}).cast(pl.Datetime),
    "Polars Time": lambda: pl.DataFrame({"x": [datetime.time(hour) for hour in range(4)]}),
    "NumPy": lambda: np.array(DAYS, "datetime64[D]")[:, np.newaxis],
    "objects": lambda: objects(*DAYS),
    "NumPy objects": lambda: objects(*(np.datetime64(day) for day in DAYS)),
    "objects with a gap": lambda: objects(*DAYS[:3], None),
    "a date among numbers": lambda: objects(1.0, 2.0, 3.0, DAYS[0]),
}
if HAS_ARROW:
    DATES["Arrow"] = lambda: pd.DataFrame({"x": pd.Series(TIMES).astype("date32[pyarrow]")})


@pytest.mark.parametrize("dates", DATES.values(), ids=DATES)
@BOTH
def test_dates_raise(estimator, dates):
    X = dates()
    with pytest.raises(TypeError, match=r"Column ('x'|0) has dates or times: .*skrub"):
        estimator().fit(X, NAMED)


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (objects("a", 1.0, "b", 2), ValueError, "Column 0 mixes text and numbers .float and int"),
        (objects("a", True, None, "b"), ValueError, "mixes text and numbers .bool and str"),
        (objects({}, {"a": 1}, 1, 2), TypeError, "values of type dict: each argument must be"),
        (objects(1j, 2.0, 3.0, 4.0), TypeError, "values of type complex and float"),
        (pl.DataFrame({"x": [[1], [2], [3], [4]]}), TypeError, "Column 'x' has values of type"),
        (pl.DataFrame({"x": [{"a": i} for i in range(4)]}), TypeError, "Column 'x' has lists"),
        (pd.DataFrame({"x": [[1], [2], [3], [4]]}), TypeError, "'x' has values of type list"),
        (objects(10**400, 1, 2, 3), ValueError, "Column 0 has a number larger than any float64"),
        (np.ones((4, 1)) * 1j, ValueError, "[Cc]omplex"),
        (np.ones(4), ValueError, "Expected 2D array"),
        ([[1, 2], [3], [4], [5]], ValueError, "Expected 2D array"),
        (np.ones((0, 2)), ValueError, "0 sample"),
        (pd.DataFrame({"x": []}), ValueError, "0 sample"),
        (pl.DataFrame({"x": [1]}).select([]), ValueError, "0 (sample|feature)"),
        (sparse.csr_array(np.eye(4)), TypeError, "does not accept sparse X"),
        (sparse.coo_matrix(np.eye(4)), TypeError, "does not accept sparse X"),
    ],
)
@BOTH
def test_columns_without_meaning_raise(estimator, X, error, message):
    with pytest.raises(error, match=message):
        estimator().fit(X, NAMED)


FRAME = pd.DataFrame({"x": np.arange(20.0), "color": ["red", "blue"] * 10})


@cache
def fitted(name):
    if name == "encoder":
        return PiecewiseLinearEncoder(2).fit(FRAME).transform
    clf = TabularNetClassifier(2, max_iter=5, random_state=0).fit(FRAME, [0, 1] * 10)
    return clf.predict_proba


LATER = {
    "a missing column": (FRAME[["x"]], ValueError, "feature names"),
    "another column": (FRAME.assign(y=1.0), ValueError, "feature names"),
    "another order": (FRAME[["color", "x"]], ValueError, "feature names"),
    "fewer columns": (FRAME.to_numpy()[:, :1], ValueError, "1 features, but .* expecting 2"),
    "text for numbers": (
        FRAME.assign(x=FRAME["color"]),
        ValueError,
        "Column 'x' has text, but had none in fit",
    ),
    "numbers for text": (
        FRAME.assign(color=FRAME["x"]),
        ValueError,
        "Column 'color' has numbers, but had text in fit",
    ),
    "dates for numbers": (FRAME.assign(x=DAYS[0]), TypeError, "skrub"),
    "sparse": (sparse.csr_array(np.eye(2)), TypeError, "does not accept sparse X"),
}


@pytest.mark.filterwarnings("ignore:X does not have valid feature names:UserWarning")
@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize("name", ["encoder", "classifier"])
def test_other_columns_at_prediction_raise(name, later):
    X, error, message = LATER[later]
    with pytest.raises(error, match=message):
        fitted(name)(X)


@pytest.mark.parametrize("color", ["green", "re", None, np.nan])
def test_unknown_category_and_gap_are_none_of_these(color):
    X = pd.DataFrame({"x": [3.0, 3.0], "color": pd.Series([color] * 2, dtype=object)})
    assert_array_equal(fitted("encoder")(X)[:, -2:], 0)
    assert_array_equal(fitted("classifier")(X), fitted("classifier")(X.assign(color="none")))


@pytest.mark.parametrize(
    ("values", "encoded"),
    [
        ([True, False, None, np.True_], [[1, 0], [0, 0], [1, 1], [1, 0]]),
        ([Fraction(1, 2), Decimal("1.5"), 1, 1.0], [[0], [1], [0.5], [0.5]]),
        ([0, 10**30, 0, 10**30], [[0], [1], [0], [1]]),
        ([None] * 4, [[1]] * 4),
        ([5.0] * 4, [[]] * 4),
        ([5.0, 5.0, None, 5.0], [[0], [0], [1], [0]]),
        ([0.0, np.inf, -np.inf, 1.0], [[0], [1], [0], [1]]),
        ([0.0, np.inf, 0.0, np.inf], [[0], [1], [0], [1]]),
        ([-np.inf, np.inf, -np.inf, None], [[0, 0], [1, 0], [0, 0], [0, 1]]),
        ([np.inf] * 4, [[]] * 4),
        ([-1e308, 1e308, -1e308, 1e308], [[0], [1], [0], [1]]),
        ([5e-324, 0.0, 0.0, 5e-324], [[1], [0], [0], [1]]),
    ],
)
def test_unusual_values(values, encoded):
    X = objects(*values)
    assert_array_equal(PiecewiseLinearEncoder(1).fit_transform(X), encoded)


def test_outliers_do_not_move_the_edges():
    x = np.r_[np.linspace(0, 1, 94), 1e308, -1e308, 1e300, np.inf, -np.inf, np.nan][:, np.newaxis]
    (edges,) = PiecewiseLinearEncoder(8).fit(x).bin_edges_
    # The finite ones, of which the largest are as if they were 1e307.
    known = np.sort(np.clip(x[np.isfinite(x)], -1e307, 1e307))
    assert_array_equal(edges, np.quantile(known, np.arange(9) / 8, method="inverted_cdf"))
    (edges,) = PiecewiseLinearEncoder(1).fit(x).bin_edges_
    assert -5 < edges[0] < -1
    assert 2 < edges[1] < 6
    y = np.arange(100) < 50
    clf = TabularNetClassifier(8, random_state=0).fit(x, y)
    assert clf.score(x[:94], y[:94]) > 0.9
    assert np.isfinite(clf.decision_function(x)).all()


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ("unknown", "Column 0 has text, but 30 of its 31 values are numbers: .*to_numeric"),
        ("30.5", None),  # codes
    ],
)
@BOTH
def test_numbers_that_are_text_give_a_warning(estimator, others, message):
    X = np.array([f"{i % 30}" for i in range(300)] + [others] * 5)[:, np.newaxis]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        estimator().fit(X, np.arange(305) % 2)
    told = [str(w.message) for w in caught if w.category is UserWarning]
    assert len(told) == (message is not None)
    assert all(re.match(message, text) for text in told)
    assert {w.filename for w in caught if w.category is UserWarning} <= {__file__}


@BOTH
def test_categories_that_are_all_rare_give_a_warning(estimator):
    X = np.array([[f"id {i}", f"{i % 2}"] for i in range(60)])
    with pytest.warns(UserWarning, match="Column 0 is not used, because none of its 60 categories"):
        estimator().fit(X, np.arange(60) % 2)


@pytest.mark.filterwarnings("ignore:Column 0 is not used:UserWarning")
@pytest.mark.parametrize("shares", [[0.7, 0.3], [0.6, 0.3, 0.1]])
@pytest.mark.parametrize(
    "X", [np.full((200, 2), 7.0), np.array([[f"id {i}"] for i in range(200)])], ids=["7", "ids"]
)
def test_table_without_information_gives_the_class_shares(X, shares):
    y = np.random.default_rng(0).choice(len(shares), size=200, p=shares)
    clf = TabularNetClassifier(random_state=0).fit(X, y)
    assert_allclose(clf.predict_proba(X[:1]), [np.bincount(y) / 200], atol=0.05)


@ignore_convergence
def test_many_distinct_categories():
    X = np.array([f"id {i}" for i in range(100_000)] + ["often"] * 5, object)[:, np.newaxis]
    encoder = PiecewiseLinearEncoder().fit(X)
    assert encoder.categories_[0].tolist() == ["often"]
    clf = TabularNetClassifier(4, max_iter=1, random_state=0).fit(X, np.arange(len(X)) % 2)
    assert_array_equal(clf.predict_proba([["id 1"]]), clf.predict_proba([["id 2"]]))
