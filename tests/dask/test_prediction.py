"""Lazy predictions for Dask collections."""

import dask
import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from skshallow.dask import DaskShallowNetClassifier
from tests.helpers import ignore_convergence

from .helpers import chunked, from_chunks

METHODS = ["predict", "predict_proba", "predict_log_proba", "decision_function"]
FIT = {"hidden_size": 4, "solver": "gd", "early_stopping": False, "max_iter": 3, "random_state": 0}

pytestmark = ignore_convergence


@pytest.fixture(scope="module", params=["binary", "multiclass", "multilabel"])
def fitted(request, client, moons):
    X = moons[0][:300]
    if request.param == "multilabel":
        y = (X[:, :3] > [0, 5, 0]).astype(int)
    else:
        y = np.array(["a", "b", "c"])[: 2 if request.param == "binary" else 3]
        y = y[np.arange(300) % len(y)]
    return DaskShallowNetClassifier(**FIT).fit(*chunked(X, y, chunks=100)), X


def assert_same(method, one, other):
    """Equal labels, or numbers that are equal but for rounding."""
    if method == "predict":
        assert_array_equal(one, other)
    else:
        assert_allclose(one, other, rtol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_lazy_predictions(fitted, method):
    clf, X = fitted
    expected = getattr(clf.to_local(), method)(X)

    def forbidden(*_, **__):
        raise AssertionError("a prediction was computed")

    with dask.config.set(scheduler=forbidden):
        lazy = getattr(clf, method)(chunked(X, chunks=80))
    assert lazy.shape == expected.shape
    assert lazy.dtype == expected.dtype
    assert lazy.chunks[0] == (80, 80, 80, 60)
    assert_same(method, lazy.compute(), expected)
    assert type(lazy._meta) is np.ndarray
    assert_array_equal(getattr(clf, method)(X), expected)  # of NumPy at once


@pytest.mark.parametrize("method", METHODS)
def test_rows_of_unknown_number(fitted, method):
    clf, X = fitted
    expected = getattr(clf.to_local(), method)(X)
    lazy = getattr(clf, method)(from_chunks([X[:10], X[10:10], X[10:]]))
    assert np.isnan(lazy.shape[0])
    assert lazy.shape[1:] == expected.shape[1:]
    assert_same(method, lazy.compute(), expected)


def test_data_frames_and_sparse_chunks(client, moons):
    X, y = moons[0][:300], moons[1][:300]
    frame = pd.DataFrame(X, columns=["a", "b", "c", "d"])
    frames = dd.from_pandas(frame, npartitions=3)
    clf = DaskShallowNetClassifier(**FIT).fit(frames, dd.from_pandas(pd.Series(y), npartitions=3))
    expected = clf.to_local().predict_proba(frame)
    assert_array_equal(clf.predict_proba(frames).compute(), expected)
    empty = frames[frames["a"] > frame["a"].median()]
    empty = empty[empty["a"] < frame["a"].median()]
    assert clf.predict_proba(empty).compute().shape == (0, 2)
    rows = chunked(X, chunks=100)
    clf = DaskShallowNetClassifier(**FIT).fit(rows, chunked(y, chunks=100))
    csr = rows.map_blocks(sparse.csr_array, dtype=X.dtype)
    assert_allclose(clf.predict_proba(csr).compute(), clf.to_local().predict_proba(X))


def test_score(fitted):
    clf, X = fitted
    y, w = clf.predict(X[::-1]), np.arange(300.0)
    local = clf.to_local()
    assert clf.score(*chunked(X, y)) == pytest.approx(local.score(X, y))
    assert clf.score(*chunked(X, y, w)) == pytest.approx(local.score(X, y, w))
    assert clf.score(X, y) == pytest.approx(local.score(X, y))


def test_score_of_values_that_are_no_collections(fitted):
    clf, X = fitted
    y, w = clf.predict(X[::-1]), np.arange(300.0)
    expected = clf.to_local().score(X, y, w)
    assert clf.score(chunked(X), y.tolist(), w.tolist()) == pytest.approx(expected)
    if y.ndim == 1:
        assert clf.score(chunked(X), pd.Series(y), w) == pytest.approx(expected)
        assert clf.score(*chunked(X, y[:, np.newaxis]), w) == pytest.approx(expected)


def test_score_of_wrong_values(fitted):
    clf, X = fitted
    y, rows = clf.predict(X), chunked(X)
    for given, message in [
        ((y[:1],), "300 rows, but y has 1"),
        ((y, np.ones(1)), "300 rows, but sample_weight has 1"),
        ((y, np.zeros(300)), "no rows with a weight"),
        ((y, np.full(300, np.nan)), "NaN"),
        ((np.full(len(y), 0.5),), "Unknown label|Mix|Classification metrics can't handle"),
    ]:
        with pytest.raises(ValueError, match=message):
            clf.score(rows, *given)
    with pytest.raises(ValueError, match="A chunk of X has 150 rows, but that of y has 1"):
        clf.score(from_chunks(np.split(X, 2)), from_chunks([y[:1], y[:1]]))


def test_columns_of_unknown_number_and_numbers_as_text(client, fitted):
    clf, X = fitted
    expected = clf.to_local().predict_proba(X)
    unknown = da.from_delayed(dask.delayed(X), (np.nan, np.nan), X.dtype)
    assert_allclose(clf.predict_proba(unknown).compute(), expected)
    text = np.array([[repr(float(value)) for value in row] for row in X])
    assert_allclose(clf.predict_proba(chunked(text)).compute(), expected)
    frame = dd.from_pandas(pd.DataFrame(text).astype("string"), npartitions=2)
    assert_allclose(clf.predict_proba(frame).compute(), expected)


def test_wrong_columns(fitted):
    clf, X = fitted
    with pytest.raises(ValueError, match="3 features"):
        clf.predict(chunked(X[:, :3]))
    with pytest.raises(ValueError, match="3 features"):
        clf.predict(da.from_array(X[:, :3], chunks=(50, 1)))
