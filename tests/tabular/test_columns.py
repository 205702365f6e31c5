"""Columns of data frames, arrays and lists: equal content is encoded equally."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skshallow import PiecewiseLinearEncoder, TabularNetClassifier
from tests.helpers import ignore_convergence
from tests.tabular.tables import CONTENT, HAS_ARROW, bins_by_loop, encoded_content


def rows(gap):
    columns = [[gap if value is None else value for value in part] for part in CONTENT.values()]
    return [list(row) for row in zip(*columns, strict=True)]


def objects(gap=None):
    return np.array(rows(gap), dtype=object)


def pandas(*dtypes, gap=None):
    frame = pd.DataFrame(rows(gap), columns=list(CONTENT), dtype=object)
    return frame.astype(dict(zip(CONTENT, dtypes, strict=True)))


def polars(color, number=pl.Float64):
    dtypes = [number, pl.Int64, pl.Boolean, color]
    return pl.DataFrame(CONTENT, schema=dict(zip(CONTENT, dtypes, strict=True)))


# Before pandas 3, "str" made texts of gaps.
TEXT_DTYPE = "str" if int(pd.__version__.split(".")[0]) >= 3 else "string"
LEVELS = ["blue", "red", "green"]  # not sorted
FRAMES = {
    "pandas NumPy": lambda: pandas("float64", "float64", "object", "object"),
    "pandas extension": lambda: pandas("Float64", "Int64", "boolean", "string"),
    "pandas narrow": lambda: pandas("Float32", "Int16", "float32", TEXT_DTYPE, gap=np.nan),
    "pandas category": lambda: pandas(
        "float64", "float64", "float64", pd.CategoricalDtype(LEVELS, ordered=True)
    ),
    "pandas object": lambda: pandas(*["object"] * 4, gap=pd.NA),
    "Polars": lambda: polars(pl.String),
    "Polars Categorical": lambda: polars(pl.Categorical, pl.Float32),
    "Polars Enum": lambda: polars(pl.Enum(LEVELS)),
}
if HAS_ARROW:
    FRAMES["pandas Arrow"] = lambda: pandas(
        "double[pyarrow]", "int64[pyarrow]", "bool[pyarrow]", "string[pyarrow]"
    )
ARRAYS = {
    "lists": lambda: rows(None),
    "lists with NaN": lambda: rows(float("nan")),
    "objects with None": objects,
    "objects with NaN": lambda: objects(np.float32("nan")),
    "objects with NA": lambda: objects(pd.NA),
}


@pytest.mark.parametrize("n_bins", [2, 3])
@pytest.mark.parametrize("kind", FRAMES | ARRAYS)
def test_each_kind_of_table_has_the_same_encoding(kind, n_bins):
    X = (FRAMES | ARRAYS)[kind]()
    encoded = PiecewiseLinearEncoder(n_bins).fit_transform(X)
    assert encoded.dtype == np.float64
    assert_allclose(encoded, encoded_content(n_bins), rtol=1e-12)


@pytest.mark.parametrize("kind", FRAMES)
@ignore_convergence
def test_kind_of_data_frame_may_change_until_prediction(kind):
    clf = TabularNetClassifier(4, max_iter=3, random_state=0)
    X, y = FRAMES["pandas NumPy"](), np.arange(40) % 3
    expected = clf.fit(X, y).predict_proba(X)
    other = FRAMES[kind]()
    assert_array_equal(clf.predict_proba(other), expected)
    assert_array_equal(clf.fit(other, y).predict_proba(X), expected)


@pytest.mark.parametrize(
    "dtype", ["float32", "float64", "float16", "int64", "uint8", "bool", ">f8", "longdouble"]
)
def test_arrays_of_numbers(dtype):
    X = np.column_stack([np.arange(30) % 2, np.arange(30) % 7, np.arange(30)]).astype(dtype)
    encoded = PiecewiseLinearEncoder(2).fit_transform(X)
    assert encoded.dtype == ("float32" if dtype == "float32" else "float64")
    expected = []
    for x in X.T.astype(float):
        n_bins = 1 if len(set(x)) == 2 else 2
        edges = np.quantile(x, np.linspace(0, 1, n_bins + 1), method="inverted_cdf")
        if len(set(edges)) > 1:
            expected.append(bins_by_loop(x, edges, 0))
    assert_allclose(encoded, np.hstack(expected), rtol=1e-6)


def test_text_arrays_are_categories():
    for labels in (["b", "a"], [b"b", b"a"]):
        X = np.array(labels * 5)[:, np.newaxis]
        for dtype in (X.dtype, object):
            encoded = PiecewiseLinearEncoder().fit_transform(X.astype(dtype))
            assert_array_equal(encoded, [[0, 1], [1, 0]] * 5)


LISTED = {
    "names": ["size", "count"],
    "names in an array": np.array(["size", "count"]),
    "positions": [0, 1],
    "a mask": [True, True, False, False],
}


@pytest.mark.parametrize("listed", LISTED.values(), ids=LISTED)
def test_listed_columns_are_categories(listed):
    X = FRAMES["pandas NumPy"]()
    encoder = PiecewiseLinearEncoder(categorical_features=listed).fit(X)
    # Also those of text; of numbers in the order of the numbers.
    known = [None if one is None else one.tolist() for one in encoder.categories_]
    numbers = [sorted({value for value in CONTENT[name] if value}) for name in ("size", "count")]
    assert known == [*numbers, None, ["blue", "green", "red"]]
    if isinstance(listed[0], str):
        return
    encoder.set_params(categorical_features=listed[:2])
    x = X[["size", "count"]].to_numpy()
    assert_array_equal(encoder.fit_transform(x)[:, :7], x[:, :1] == numbers[0])


@pytest.mark.parametrize(
    ("categorical_features", "expected"), [("from_dtype", [1.0, 2.0]), (None, None), ([], None)]
)
def test_category_dtype_of_numbers(categorical_features, expected):
    X = pd.DataFrame({"x": pd.Series([1, 2, None, 2] * 5).astype("category")})
    encoder = PiecewiseLinearEncoder(categorical_features=categorical_features).fit(X)
    assert (encoder.categories_[0] is None) == (expected is None)
    if expected:
        assert encoder.categories_[0].tolist() == expected
        # A whole number is the same category.
        Z = pd.DataFrame({"x": np.array([2, 1, 3])})
        assert_array_equal(encoder.transform(Z), [[0, 1, 0], [1, 0, 0], [0, 0, 0]])


@pytest.mark.parametrize("estimator", [PiecewiseLinearEncoder, TabularNetClassifier])
def test_tables_that_are_not_in_memory_are_refused(estimator):
    with pytest.raises(TypeError, match=r"LazyFrame.*X\.collect\(\)"):
        estimator().fit(FRAMES["Polars"]().lazy(), np.arange(40) % 2)
    pyarrow = pytest.importorskip("pyarrow", exc_type=ImportError)  # not for the oldest NumPy
    with pytest.raises(TypeError, match=r"Table.*X\.to_pandas\(\)"):
        estimator().fit(pyarrow.Table.from_pandas(FRAMES["pandas NumPy"]()), np.arange(40) % 2)


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        (["size", "weight"], "has 'weight', which is no column"),
        ([0, 4], "must be between 0 and 3"),
        ([-1], "must be between 0 and 3"),
        ([True, False], r"must have shape \(4,\), not \(2,\)"),
        ([0.5], "has 0.5, which is no column"),
        ("color", "categorical_features"),
        (7, "categorical_features"),
    ],
)
@pytest.mark.parametrize("estimator", [PiecewiseLinearEncoder, TabularNetClassifier])
def test_wrong_list_of_categorical_features(estimator, listed, message):
    X = FRAMES["pandas NumPy"]()
    with pytest.raises(ValueError, match=message):
        estimator(categorical_features=listed).fit(X, np.arange(40) % 2)


def test_names_of_categories_need_a_data_frame():
    with pytest.raises(ValueError, match="'size', which is no column of X"):
        PiecewiseLinearEncoder(categorical_features=["size"]).fit(objects())


def test_the_kind_of_a_category_is_that_of_all_categories():
    column = pd.Series([0, 1, 2, "3+"] * 10, dtype="category")
    some = column[column != "3+"]  # as in a fold of cross-validation
    for train, test in ((column, some), (some, column)):
        encoder = PiecewiseLinearEncoder().fit(pd.DataFrame({"children": train}))
        encoded = encoder.transform(pd.DataFrame({"children": test}))
        labels = test.astype(str).to_numpy()[:, np.newaxis]
        assert_array_equal(encoded, labels == encoder.categories_[0])


def test_masked_values_are_gaps():
    X = np.ma.masked_equal([[1.0, -999.0], [2.0, 3.0], [5.0, 4.0]], -999)
    encoder = PiecewiseLinearEncoder(n_bins=2).fit(X)
    assert encoder.has_gaps_.tolist() == [False, True]
    assert_array_equal(encoder.transform(X), encoder.transform(X.filled(np.nan)))


def test_names_of_encoded_columns_differ():
    X = pd.DataFrame({"age": [1.0, None, 3.0] * 9, "age_missing": [0, 1, 0] * 9})
    names = PiecewiseLinearEncoder(n_bins=1).fit(X).get_feature_names_out()
    assert names.tolist() == ["age", "age_missing", "age_missing_"]


def test_a_category_named_missing_is_not_the_gap():
    X = pd.DataFrame({"color": ["missing", "red", None] * 5})
    names = PiecewiseLinearEncoder().fit(X).get_feature_names_out()
    assert names.tolist() == ["color_missing", "color_red", "color_missing_"]
