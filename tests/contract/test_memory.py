"""Memory does not grow with the rows, and fit keeps no rows."""

import gc
import tracemalloc

import numpy as np
import pytest

from skshallow import ShallowNetClassifier


@pytest.mark.parametrize("n_classes", [2, 10])
def test_memory_does_not_grow_with_the_rows(n_classes):
    rng = np.random.default_rng(0)
    X = rng.random((100_000, 50))
    y = rng.integers(n_classes, size=len(X))
    tracemalloc.start()
    try:
        clf = ShallowNetClassifier(16, max_iter=1, learning_rate_schedule="cosine", random_state=0)
        clf.fit(X, y)
        assert tracemalloc.get_traced_memory()[1] < X.nbytes / 2
        for method in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
            extra = []
            for m in (len(X) // 4, len(X)):
                tracemalloc.reset_peak()
                before = tracemalloc.get_traced_memory()[0]
                result = getattr(clf, method)(X[:m])
                extra.append(tracemalloc.get_traced_memory()[1] - before - result.nbytes)
            assert extra[1] < extra[0] + 2**17, method
            assert extra[1] < 2**22
    finally:
        tracemalloc.stop()


def test_fit_releases_the_data():
    rng = np.random.default_rng(0)
    X = rng.integers(100, size=(50_000, 60))  # fit converts them to floats
    y = rng.integers(2, size=len(X))
    clf = ShallowNetClassifier(2, max_iter=1, learning_rate_schedule="cosine", random_state=0)
    gc.disable()  # a collection would hide a reference cycle
    tracemalloc.start()
    try:
        for _ in range(2):
            clf.fit(X, y)
        assert tracemalloc.get_traced_memory()[0] < X.nbytes / 10
    finally:
        tracemalloc.stop()
        gc.enable()
