"""Standardisation of columns with an extreme mean or scale."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

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
def test_columns_too_small_for_the_dtype(cancer, dtype):
    X, y = cancer
    tiny = (X * {np.float32: 1e-41, np.float64: 1e-300}[dtype]).astype(dtype)
    clf = ShallowNetClassifier(4, random_state=0)
    if dtype is np.float32:
        with pytest.raises(ValueError, match="too small for float32"):
            clf.fit(tiny, y)
    else:  # the variance underflows to 0
        assert np.isfinite(clf.fit(tiny, y).predict_proba(tiny)).all()


def test_variance_that_overflows_is_refused(small):
    X = small[0].copy()
    X[:, 1] *= 1e200
    with pytest.raises(ValueError, match=r"variance of X is too large .* columns \[1\]"):
        ShallowNetClassifier().fit(X, small[1])
