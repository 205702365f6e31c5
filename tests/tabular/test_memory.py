"""The encoded table is never in memory."""

import tracemalloc

import numpy as np
import pytest

from skshallow import PiecewiseLinearEncoder, TabularNetClassifier


@pytest.mark.parametrize("integers", [False, True])
def test_fit_and_predict_need_no_encoded_table(integers):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100_000, 20))
    if integers:
        X = (1e6 * X).astype(np.int32)
    y = rng.integers(2, size=len(X))
    encoded = 4 * X.size * 32
    assert encoded == 256_000_000
    clf = TabularNetClassifier(8, n_bins=32, max_iter=1, early_stopping=False, random_state=0)
    tracemalloc.start()
    try:
        with pytest.warns(match="max_iter"):
            clf.fit(X, y)
        assert tracemalloc.get_traced_memory()[1] < 100e6
        assert len(clf.encoder_.get_feature_names_out()) == 20 * 32
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        assert before < 2e6  # fit keeps no rows
        clf.predict_proba(X)
        extra = tracemalloc.get_traced_memory()[1] - before
        assert extra < 25e6
    finally:
        tracemalloc.stop()


def test_sparse_output_needs_no_dense_table():
    X = np.array([f"{i % 250}" for i in range(20_000)])[:, np.newaxis]
    encoder = PiecewiseLinearEncoder(sparse_output=True).fit(X)
    tracemalloc.start()
    try:
        encoded = encoder.transform(X)
        assert encoded.shape == (20_000, 250)
        assert tracemalloc.get_traced_memory()[1] < 0.3 * 8 * 20_000 * 250
    finally:
        tracemalloc.stop()
