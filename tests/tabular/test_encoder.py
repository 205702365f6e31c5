"""PiecewiseLinearEncoder: the encoded columns, their names and their containers."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skshallow import PiecewiseLinearEncoder
from tests.tabular.tables import CONTENT, bins_by_loop, mixed_table

FRAME = pd.DataFrame(CONTENT).astype({"open": object})
NAMES = [
    *("size_bin0", "size_bin1", "count_bin0", "count_bin1", "open"),
    *("color_blue", "color_green", "color_red"),
    *("size_missing", "count_missing", "open_missing", "color_missing"),
]


def test_bins_are_the_formula():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.standard_cauchy(3000), rng.normal(size=3000)])  # several blocks
    encoder = PiecewiseLinearEncoder(5).fit(X)
    later = np.vstack([X, [[-1e9, 1e9], [np.inf, -np.inf]]])
    columns = [bins_by_loop(x, encoder.bin_edges_[j], 0) for j, x in enumerate(later.T)]
    assert_allclose(encoder.transform(later), np.hstack(columns), rtol=1e-12)


@pytest.mark.parametrize("sparse_output", [False, True])
@pytest.mark.parametrize("container", ["default", "pandas", "polars"])
def test_names_and_containers(container, sparse_output):
    encoder = PiecewiseLinearEncoder(2, sparse_output=sparse_output).fit(FRAME)
    assert encoder.get_feature_names_out().tolist() == NAMES
    expected = clone(encoder).set_params(sparse_output=False).fit_transform(FRAME)
    if sparse_output:
        encoded = encoder.transform(FRAME)
        assert isinstance(encoded, sparse.csr_array)
        assert encoded.nnz == np.count_nonzero(expected)
        assert_array_equal(encoded.toarray(), expected)
        return
    encoded = encoder.set_output(transform=container).transform(FRAME)
    kinds = {"default": np.ndarray, "pandas": pd.DataFrame, "polars": pl.DataFrame}
    assert isinstance(encoded, kinds[container])
    if container != "default":
        assert list(encoded.columns) == NAMES
    assert_array_equal(np.asarray(encoded), expected)


def test_names_of_columns_without_names():
    encoder = PiecewiseLinearEncoder(2).fit(FRAME.to_numpy())
    assert encoder.get_feature_names_out()[[0, 4, -1]].tolist() == ["x0_bin0", "x2", "x3_missing"]
    assert encoder.get_feature_names_out(list(CONTENT)).tolist() == NAMES
    with pytest.raises(ValueError, match="input_features"):
        encoder.get_feature_names_out(["size"])
    with pytest.raises(ValueError, match="input_features is not equal to feature_names_in_"):
        PiecewiseLinearEncoder().fit(FRAME).get_feature_names_out(list("abcd"))


@pytest.mark.parametrize("sparse_output", [False, True])
def test_float32_stays_float32(sparse_output):
    X = np.random.default_rng(0).normal(size=(2100, 3))
    encoder = PiecewiseLinearEncoder(4, sparse_output=sparse_output)
    encoded, expected = encoder.fit_transform(X.astype(np.float32)), encoder.fit_transform(X)
    assert (encoded.dtype, expected.dtype) == (np.float32, np.float64)
    assert abs(encoded - expected).max() < 1e-5


def test_rare_categories_have_no_column():
    X = pd.DataFrame({"x": ["four"] * 4 + ["five"] * 5 + ["more"] * 6 + [None] * 3})
    encoder = PiecewiseLinearEncoder().fit(X)
    assert encoder.get_feature_names_out().tolist() == ["x_five", "x_more", "x_missing"]
    assert_array_equal(
        encoder.transform(X)[[0, 4, 9, 15]], [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    )
    weights = np.where(X["x"] == "four", 1.25, 0.9)
    encoder.fit(X, sample_weight=weights)
    assert encoder.categories_[0].tolist() == ["four", "more"]


def test_at_most_255_categories_the_most_frequent():
    rng = np.random.default_rng(0)
    counts = rng.permutation(np.arange(5, 305))
    X = np.repeat([f"{i:03}" for i in range(300)], counts)[:, np.newaxis]
    encoder = PiecewiseLinearEncoder().fit(X)
    kept = [f"{i:03}" for i in np.flatnonzero(counts >= 50)]
    assert len(kept) == 255
    assert encoder.categories_[0].tolist() == kept


def test_column_has_a_gap_column_only_if_fit_saw_a_gap():
    X = np.column_stack([np.arange(9.0), np.r_[np.nan, np.arange(8.0)]])
    encoder = PiecewiseLinearEncoder(2).fit(X)
    assert encoder.has_gaps_.tolist() == [False, True]
    assert_array_equal(encoder.medians_, [4, 3])
    # A later gap is a median.
    assert_array_equal(encoder.transform([[np.nan, 3.0]]), encoder.transform([[4.0, 3.0]]))


@pytest.mark.filterwarnings("ignore:Column .* is not used:UserWarning")
def test_parameters_and_clone():
    encoder = PiecewiseLinearEncoder(7, categorical_features=[1], sparse_output=True)
    assert clone(encoder).get_params() == {
        "n_bins": 7,
        "categorical_features": [1],
        "sparse_output": True,
    }
    with pytest.raises(NotFittedError):
        clone(encoder.fit([[1, 2], [3, 4]])).transform([[1, 2]])
    for wrong in ({"n_bins": 0}, {"n_bins": "many"}, {"n_bins": 2.5}, {"sparse_output": 2}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            PiecewiseLinearEncoder(**wrong).fit([[1.0]])


def test_fit_does_not_change_the_table():
    X, _ = mixed_table(300)
    before = X.copy()
    PiecewiseLinearEncoder().fit_transform(X)
    pd.testing.assert_frame_equal(X, before)
    x = np.random.default_rng(0).normal(size=(30, 2))
    x[3] = np.nan
    x.flags.writeable = False
    PiecewiseLinearEncoder().fit_transform(x)


def test_error_in_a_refit_leaves_the_encoder_as_it_was():
    encoder = PiecewiseLinearEncoder(2).fit(FRAME)
    before = dict(vars(encoder))
    for X in ([[1], ["a"]], pd.DataFrame({"x": ["a", 1]})):
        with pytest.raises(ValueError, match="mixes text and numbers"):
            encoder.fit(X)
    assert vars(encoder).keys() == before.keys()
    assert all(vars(encoder)[name] is before[name] for name in before)


@pytest.mark.parametrize("sparse_output", [False, True])
def test_linear_model_of_the_encoded_columns(sparse_output):
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    X = X.mask(np.random.default_rng(0).random(X.shape) < 0.1)
    model = make_pipeline(
        PiecewiseLinearEncoder(sparse_output=sparse_output), LogisticRegression(max_iter=1000)
    )
    assert model.fit(X[::2], y[::2]).score(X[1::2], y[1::2]) > 0.95
    # A step within a column is no line.
    x = np.random.default_rng(1).normal(size=(1000, 1))
    y = np.abs(x[:, 0]) < 0.5
    assert make_pipeline(PiecewiseLinearEncoder(), LogisticRegression()).fit(x, y).score(x, y) > 0.9
    assert make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y).score(x, y) < 0.7
