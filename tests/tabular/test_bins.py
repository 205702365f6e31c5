"""Edges of the bins: quantiles of the rows, also of weighted ones."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skshallow import PiecewiseLinearEncoder
from tests.tabular.tables import mixed_table


def edges_of(x, n_bins, weights=None):
    return PiecewiseLinearEncoder(n_bins).fit(np.c_[x], sample_weight=weights).bin_edges_[0]


def quantiles(x, n_bins):
    """Values below or at which there are at least i / n_bins of the values."""
    ordered = sorted(x)
    positions = [-(-len(ordered) * i // n_bins) - 1 for i in range(n_bins + 1)]
    return np.unique([ordered[max(position, 0)] for position in positions])


@pytest.mark.parametrize("n_bins", [2, 3, 7, 32])
@pytest.mark.parametrize("n_rows", [101, 1024])
def test_edges_are_quantiles(n_rows, n_bins):
    x = np.random.default_rng(n_rows).standard_cauchy(n_rows)
    edges = edges_of(x, n_bins)
    shares = np.linspace(0, 1, n_bins + 1)
    assert_array_equal(edges, np.quantile(x, shares, method="inverted_cdf"))
    assert_array_equal(edges, quantiles(x, n_bins))
    gaps = np.r_[x, np.full(30, np.nan)]
    assert_array_equal(edges_of(gaps, n_bins), edges)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_quantiles_of_the_distinct_values_are_edges_if_many_are_equal(share):
    rng = np.random.default_rng(0)
    x = np.where(rng.random(2000) < share, 0, rng.exponential(size=2000))
    edges = edges_of(x, 10)
    assert_array_equal(edges, np.union1d(quantiles(x, 10), quantiles(np.unique(x), 10)))
    assert 10 <= len(edges) - 1 <= 20


@pytest.mark.parametrize("n_bins", [5, 6, 32, "auto"])
def test_few_distinct_values_are_the_edges(n_bins):
    x = np.random.default_rng(0).choice([0, 1, 2, 5, 10, 100], size=500)
    assert_array_equal(edges_of(x, n_bins), [0, 1, 2, 5, 10, 100])


def test_a_rare_one_of_few_values_is_an_edge():
    x = np.repeat(np.arange(11), [12, 10, 10, 10, 10, 1, 10, 10, 10, 10, 10])
    assert 5 not in quantiles(x, 10)
    assert_array_equal(edges_of(x, 10), np.arange(11))


@pytest.mark.parametrize("n_bins", [1, 2, 32])
def test_two_values_have_one_bin_and_one_value_has_none(n_bins):
    assert_array_equal(edges_of([7.0] + [3.0] * 999, n_bins), [3, 7])
    assert_array_equal(edges_of([3.0, np.nan, 3.0], n_bins), [])


def test_a_single_bin_reaches_5_interquartile_ranges_from_the_median():
    x = np.r_[np.random.default_rng(0).normal(size=1000), 50, -2]
    low, median, high = np.quantile(x, [0.25, 0.5, 0.75], method="inverted_cdf")
    least = max(x.min(), median - 5 * (high - low))
    assert_allclose(edges_of(x, 1), [least, median + 5 * (high - low)])
    assert_array_equal(edges_of(x[x < 3], 1), [x.min(), x[x < 3].max()])
    # If the quartiles are equal, 5 standard deviations.
    x = np.r_[np.zeros(900), np.linspace(-1, 1, 99), 40]
    assert_allclose(edges_of(x, 1), [-1, 5 * x.std()])
    weights = np.r_[np.full(900, 3), np.ones(100)]
    assert_allclose(edges_of(x, 1, weights), [-1, 5 * np.repeat(x, weights.astype(int)).std()])


@pytest.mark.parametrize("n_bins", [1, 4, "auto"])
def test_a_weight_is_a_repetition_and_0_is_no_row(n_bins):
    rng = np.random.default_rng(0)
    X, _ = mixed_table(400)
    X["e"] = np.where(rng.random(400) < 0.5, 1, rng.integers(9, size=400))
    weights = rng.integers(4, size=400)
    rows = np.repeat(np.arange(400), weights)
    # What only rows of weight 0 have is not seen.
    X.loc[weights == 0, ["a", "b"]] = 1e6, -1e6
    X["f"] = np.where(weights == 0, np.nan, np.arange(400) % 3)
    X["g"] = np.where(weights == 0, "only here", "there")
    weighted = PiecewiseLinearEncoder(n_bins).fit(X, sample_weight=weights)
    repeated = PiecewiseLinearEncoder(n_bins).fit(X.iloc[rows])
    for j in range(X.shape[1]):
        assert_array_equal(weighted.bin_edges_[j], repeated.bin_edges_[j])
        assert_array_equal(weighted.categories_[j], repeated.categories_[j])
    assert_array_equal(weighted.medians_, repeated.medians_)
    assert weighted.has_gaps_.tolist() == repeated.has_gaps_.tolist()
    assert weighted.has_gaps_.tolist() == [True] * 6 + [False] * 3
    assert weighted.categories_[-1].tolist() == ["there"]


def test_weights_that_sum_to_one_are_shares():
    X = pd.DataFrame({"x": np.arange(60) % 30, "color": ["red", "blue", "green"] * 20})
    shares = PiecewiseLinearEncoder(4).fit(X, sample_weight=np.full(60, 1 / 60))
    plain = PiecewiseLinearEncoder(4).fit(X)
    assert_array_equal(shares.bin_edges_[0], plain.bin_edges_[0])
    assert_array_equal(shares.categories_[1], plain.categories_[1])
    assert len(shares.categories_[1]) == 3


@pytest.mark.parametrize(
    ("n_rows", "expected"), [(14_000, 16), (50_000, 16), (60_000, 20), (250_000, 32)]
)
def test_more_rows_have_more_bins(n_rows, expected):
    # The number of rows is the weight: of 1,000 of them, a part is there.
    x, weights = np.random.default_rng(0).normal(size=1000), np.full(1000, n_rows / 1000)
    assert len(edges_of(x, "auto", weights)) == expected + 1
    assert len(edges_of(x, "auto")) == 16 + 1


@pytest.mark.parametrize(("n_rows", "expected"), [(100, 8), (200, 10), (319, 15), (320, 16)])
def test_a_bin_has_20_rows(n_rows, expected):
    assert len(edges_of(np.random.default_rng(0).normal(size=n_rows), "auto")) == expected + 1


@pytest.mark.parametrize(
    ("n_columns", "expected"),
    [(1, 16), (10, 12), (20, 8), (128, 8), (192, 5), (512, 2), (600, 1)],
)
@pytest.mark.filterwarnings("ignore:Column .* is not used:UserWarning")
def test_more_columns_have_fewer_bins(n_columns, expected):
    X = np.random.default_rng(0).normal(size=(320, n_columns))
    encoder = PiecewiseLinearEncoder().fit(X)
    assert {len(edges) for edges in encoder.bin_edges_} == {expected + 1}
    # Columns of categories do not count.
    encoder.set_params(categorical_features=np.arange(n_columns) >= 1).fit(X)
    assert len(encoder.bin_edges_[0]) == 16 + 1


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([0.0, 0.0, 0.0], "All weights in sample_weight are zero"),
        ([1.0, -1.0, 1.0], "[Nn]egative"),
        ([1.0, np.nan, 1.0], "NaN"),
        ([1.0, 1.0], "X has 3 rows"),
        ([1e308] * 3, "sum to inf"),
    ],
)
def test_wrong_weights(weights, message):
    with pytest.raises(ValueError, match=message):
        edges_of([1.0, 2.0, 3.0], 2, weights)


def test_many_rows_are_sampled():
    x = np.random.default_rng(0).normal(size=250_000)
    edges = edges_of(x, 4)
    assert set(edges) <= set(x)
    assert_allclose([(x <= edge).mean() for edge in edges[1:-1]], [0.25, 0.5, 0.75], atol=0.005)


def test_columns_of_two_values_leave_the_bins_to_the_others():
    rng = np.random.default_rng(0)
    X = np.c_[rng.normal(size=(320, 2)), rng.integers(2, size=(320, 50)), np.zeros(320)]
    edges = PiecewiseLinearEncoder().fit(X).bin_edges_
    assert [len(one) for one in edges] == [17] * 2 + [2] * 50 + [0]
