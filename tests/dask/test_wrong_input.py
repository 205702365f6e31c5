"""Wrong input: a clear error, and the estimator stays as it was."""

import subprocess
import sys
import time

import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from dask import delayed
from distributed import Client
from scipy import sparse

from skshallow.dask import DaskShallowNetClassifier
from tests.helpers import ignore_convergence

from .helpers import chunked, from_chunks

pytestmark = ignore_convergence


def cases():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)), np.arange(40) % 2
    dX, dy = chunked(X, y, chunks=10)
    nan, infinite, missing = X.copy(), X.copy(), y.astype(float)
    nan[33, 1], infinite[5, 0], missing[20] = np.nan, np.inf, np.nan
    with_sparse = [X[:20], sparse.csr_array(X[20:])]
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    renamed = frame[20:].rename(columns={"a": "other"})
    halves = [delayed(frame[:20]), delayed(renamed)]
    frames = dd.from_delayed(halves, meta=frame[:0], verify_meta=False)
    parts = from_chunks([X[:20], X[20:]])
    labels = from_chunks([y[:20], y[20:]])
    text = from_chunks([*np.split(y[:30], 3), np.array(["a", "b"] * 5)])

    def of_10(array):
        return chunked(array, chunks=10)

    # Arguments of fit, and the message.
    return {
        "numbers of columns": ((from_chunks([X[:20], X[20:, :2]]), labels), {}, "2 to 3 columns"),
        "numbers of rows": ((dX, dy[:30]), {}, "X has 40 rows, but y has 30"),
        "rows of chunks": (
            (parts, from_chunks([y[:19], y[19:]])),
            {},
            "20 rows, but that of y has 19",
        ),
        "numbers of chunks": ((parts, from_chunks([y])), {}, "2 chunks of rows and y has 1"),
        "weights": ((dX, dy, of_10(np.ones(39))), {}, "sample_weight has 39"),
        "negative weights": ((dX, dy, of_10(np.full(40, -1.0))), {}, "Negative values"),
        "no weight": ((dX, dy, of_10(np.zeros(40))), {}, "weights in sample_weight are zero"),
        "NaN": ((of_10(nan), dy), {}, "NaN"),
        "infinity": ((of_10(infinite), dy), {}, "infinity"),
        "missing label": ((dX, of_10(missing)), {}, "NaN"),
        "one class": ((dX, of_10(0 * y)), {}, "only one class"),
        "continuous": ((dX, dX[:, 0]), {}, "continuous"),
        "text and numbers": ((dX, text), {}, "numbers as labels and others have text"),
        "sparse and dense": ((from_chunks(with_sparse), labels), {}, "others are dense"),
        "names": ((frames, labels), {}, "different columns"),
        "no rows": ((dX[:0], dy[:0]), {}, "X has no rows"),
        "NumPy X": ((X, dy), {}, "X is a ndarray, not a Dask"),
        "NumPy y": ((dX, y), {}, "y is a ndarray, not a Dask"),
        "NumPy weights": ((dX, dy, np.ones(40)), {}, "sample_weight is a ndarray"),
        "NumPy X_val": ((dX, dy), {"X_val": X, "y_val": dy}, "X_val is a ndarray"),
        "X of one dimension": ((dX[:, 0], dy), {}, "1 dimensions"),
        "unknown y_val": ((dX, dy), {"X_val": dX, "y_val": dy + 1}, r"y_val has the labels \[2\]"),
        "columns of X_val": (
            (dX, dy),
            {"X_val": dX[:, :2], "y_val": dy},
            "There are 2 features, but 3 in X:",
        ),
        "delayed X": ((delayed(X), dy), {}, " is a Delayed.*, not a Dask"),
        "list as a chunk": (
            (from_chunks([X]), da.from_delayed(delayed(list)(y), (40,), int)),
            {},
            "A chunk of y is a list",
        ),
        "dimensions of a chunk": ((from_chunks([X[:20], X[20:, 0]]), labels), {}, "has 1 dimens"),
        "text and numbers in a group": (
            (from_chunks([X[:20], X[20:]]), from_chunks([y[:20], np.array(["a", "b"] * 10)])),
            {},
            "numbers as labels and others have text",
        ),
        "half of the validation rows": ((dX, dy), {"X_val": dX}, "without y_val"),
    }


CASES = cases()


@pytest.fixture(scope="module")
def fitted(client, moons):
    X, y = moons[0][:100, :3], moons[1][:100]
    return DaskShallowNetClassifier(4, max_iter=2, random_state=0).fit(*chunked(X, y, chunks=50))


@pytest.mark.parametrize("name", CASES)
def test_wrong_input(fitted, name):
    given, options, message = CASES[name]
    before, start = dict(vars(fitted)), time.monotonic()
    with pytest.raises(TypeError if " is a " in message else ValueError, match=message):
        fitted.fit(*given, **options)
    assert time.monotonic() - start < 30
    assert before.keys() == vars(fitted).keys()
    assert all(before[key] is value for key, value in vars(fitted).items())


def test_other_columns_in_a_refit(client, moons):
    X, y = moons[0][:200], moons[1][:200]
    frame, labels = (
        dd.from_pandas(table, npartitions=2)
        for table in (pd.DataFrame(X, columns=[*"abcd"]), pd.Series(y))
    )
    clf = DaskShallowNetClassifier(4, max_iter=2, warm_start=True, random_state=0)
    before = clf.fit(frame, labels).coefs_
    with pytest.raises(ValueError, match="other names than in the fit before"):
        clf.fit(frame[[*"dcba"]], labels)
    with pytest.raises(ValueError, match="3 features, but 4 in the fit before"):
        clf.fit(frame[[*"abc"]], labels)
    assert clf.coefs_ is before


def test_class_weight_that_leaves_nothing(client, moons):
    clf = DaskShallowNetClassifier(class_weight={0: 0, 1: 0})
    with pytest.raises(ValueError, match="that class_weight leaves are zero"):
        clf.fit(*chunked(moons[0][:100], moons[1][:100]))


def test_wrong_client(client):
    own = Client(client.scheduler.address, set_as_default=False)
    own.close()
    X, y = da.ones((4, 2)), da.ones(4)
    with pytest.raises(ValueError, match="The client is closed"):
        DaskShallowNetClassifier(client=own).fit(X, y)
    with pytest.raises(TypeError, match="client is a str: pass a distributed"):
        DaskShallowNetClassifier(client=client.scheduler.address).fit(X, y)


def test_no_client():
    code = (
        "import dask.array as da; from skshallow.dask import DaskShallowNetClassifier as C; "
        "C().fit(da.ones((4, 2)), da.ones(4))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "ValueError: There is no Dask client: make one with" in ended.stderr


@pytest.mark.parametrize("kind", [RuntimeError, FileNotFoundError, TimeoutError])
def test_error_in_the_graph_of_the_user(client, kind):
    def broken(block):
        raise kind("cannot read the file")

    X = da.ones((20, 3), chunks=(10, 3)).map_blocks(broken, dtype=float, meta=np.ones((0, 3)))
    clf = DaskShallowNetClassifier()
    with pytest.raises(kind, match="cannot read the file"):
        clf.fit(X, chunked(np.arange(20) % 2, chunks=10))
    assert not hasattr(clf, "coefs_")
