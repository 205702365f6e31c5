"""Standardisation of columns with an extreme mean or scale."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.preprocessing import scale

from skshallow import ShallowNetClassifier
from tests.helpers import SOLVERS, ignore_convergence, single_network

pytestmark = ignore_convergence


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("solver", SOLVERS)
def test_columns_of_extreme_scale_and_constant_columns(small, solver, dtype):
    X, y = small
    plain = single_network(10, "tanh", solver=solver, max_iter=60, random_state=0)
    expected = plain.fit(X, y).predict_proba(X)
    extreme = (X * [1, 1e-5, 1e4, 1] + [1e6, 0, 0, 0]).astype(dtype)
    actual = plain.fit(extreme, y).predict_proba(extreme)
    # Near 1e6 float32 has steps of 1/16, so the column is rounded before fit sees it.
    assert_allclose(actual, expected, atol=1e-6 if dtype == np.float64 else 0.15)

    constant = np.column_stack([extreme, np.full(len(X), 0.1, dtype)])
    clf = plain.fit(constant, y)
    assert_array_equal(clf.coefs_[0][-1], 0)
    constant[:, -1] = 1e3  # its weights are 0, so its value has no effect
    assert np.isfinite(clf.predict_proba(constant)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_columns_too_small_for_the_dtype_are_refused(cancer, dtype):
    X, y = cancer
    tiny = (X * {np.float32: 1e-41, np.float64: 1e-311}[dtype]).astype(dtype)
    with pytest.raises(ValueError, match=f"too small for {np.dtype(dtype)}"):
        ShallowNetClassifier(4, random_state=0).fit(tiny, y)


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_columns_of_any_scale_learn_like_their_rescaled_copies(cancer, method, container):
    X, y = cancer
    X = scale(X)
    exponents = np.linspace(-900, 900, X.shape[1]).round()  # of 2, so that scaling is exact
    probabilities = []
    for factors in (1.0, 2.0**exponents):
        clf = single_network(8, batch_size=len(y), solver="sgd", max_iter=50, random_state=0)
        data = container(X * factors)
        for _ in range(50 if method == "partial_fit" else 1):
            clf = clf.partial_fit(data, y, [0, 1]) if method == "partial_fit" else clf.fit(data, y)
        probabilities.append(clf.predict_proba(data))
    assert_allclose(*probabilities, atol=1e-4)
    assert clf.score(data, y) > 0.9


def test_range_that_overflows_is_refused(small):
    X = small[0].copy()
    X[:, 1] = np.where(X[:, 1] > 0, 1.7e308, -1.7e308)
    with pytest.raises(ValueError, match=r"range of X overflows float64 in the columns \[1\]"):
        ShallowNetClassifier().fit(X, small[1])


def test_stream_whose_values_do_not_fit_a_narrower_dtype_is_refused(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(4, random_state=0).partial_fit(X * 1e60, y, classes=[0, 1])
    with pytest.raises(ValueError, match="range of X overflows float32"):
        clf.partial_fit(X.astype(np.float32), y)
