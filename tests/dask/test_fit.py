"""A fit on a cluster compared with a fit in one process."""

import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.metrics import log_loss

from skshallow import ShallowNetClassifier
from skshallow._settings import Settings
from skshallow._sklearn import CONSTRAINTS
from skshallow.dask import DaskShallowNetClassifier
from skshallow.dask._batches import rate_and_step_factors
from tests.helpers import ignore_convergence

from .helpers import assert_close, assert_same_bits, chunked, from_chunks

# "gd" has no random order of the rows, so both fits do the same sums.
GD = {"hidden_size": 8, "solver": "gd", "early_stopping": False, "max_iter": 5, "random_state": 0}
ADAM = {"hidden_size": 8, "max_iter": 3, "batch_size": 500, "random_state": 0}

pytestmark = ignore_convergence


def fits(client, X, y, *, chunks=500, **parameters):
    """The classifier fitted on the cluster and the one fitted in this process."""
    dask = DaskShallowNetClassifier(**GD | parameters, client=client)
    local = ShallowNetClassifier(**GD | parameters)
    return dask.fit(*chunked(X, y, chunks=chunks)), local.fit(X, y)


def labels_of_kind(X, kind):
    if kind == "multilabel":
        return (X[:, :3] > [0, 5, 0]).astype(int)
    classes = np.array(["no", "yes"] if kind == "binary" else ["a", "b", "c"])
    return classes[np.digitize(X[:, 0], [-0.5, 0.5][: len(classes) - 1])]


@pytest.mark.parametrize("kind", ["binary", "multiclass", "multilabel"])
def test_weights_are_those_of_one_process(client, moons, kind):
    X, _ = moons
    dask, local = fits(client, X, labels_of_kind(X, kind))
    assert_close(dask, local)
    assert_array_equal(dask.classes_, local.classes_)
    assert_allclose(dask.loss_curve_, local.loss_curve_, rtol=1e-9)
    assert dask.loss_ == pytest.approx(local.loss_)


@pytest.mark.parametrize(
    "parameters",
    [
        {"class_weight": "balanced"},
        {"class_weight": {0: 3, 1: 1}},
        {"standardize": False, "activation": "tanh"},
        {"solver": "lbfgs"},
        {"n_estimators": 1, "alpha": 10},
    ],
    ids=str,
)
def test_parameters_mean_the_same(client, moons, parameters):
    dask, local = fits(client, *moons, **parameters)
    assert_close(dask, local, rtol=1e-5 if "solver" in parameters else 1e-8)


def test_sample_weight_is_a_repetition(client, moons):
    X, y = moons[0][:1000], moons[1][:1000]
    w = np.arange(1000) % 3
    clf = DaskShallowNetClassifier(**GD).fit(*chunked(X, y, w, chunks=200))
    assert_close(clf, ShallowNetClassifier(**GD).fit(np.repeat(X, w, axis=0), np.repeat(y, w)))


@pytest.mark.parametrize("chunks", [300, 1000])  # fewer than those of X
def test_validation_rows(client, moons, chunks):
    (X, y), parameters = moons, GD | {"early_stopping": True}
    w = np.linspace(0, 2, 1000)
    names = ("X_val", "y_val", "sample_weight_val")
    arrays = (X[3000:], y[3000:], w)
    local = ShallowNetClassifier(**parameters)
    local.fit(X[:3000], y[:3000], **dict(zip(names, arrays, strict=True)))
    clf = DaskShallowNetClassifier(**parameters)
    on_cluster = dict(zip(names, chunked(*arrays, chunks=chunks), strict=True))
    clf.fit(*chunked(X[:3000], y[:3000]), **on_cluster)
    assert_close(clf, local)
    assert_allclose(clf.validation_loss_curve_, local.validation_loss_curve_)


def test_held_out_rows_are_not_trained_on(client):
    # Labels are noise: a loss below that of guessing would be one of rows learned by heart.
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(600, 20)), rng.integers(2, size=600)
    parameters = {"n_iter_no_change": 40, "max_iter": 40, "batch_size": 100, "random_state": 0}
    clf = DaskShallowNetClassifier(**parameters).fit(*chunked(X, y, chunks=100))
    assert clf.loss_curve_[-1] < 0.55
    assert min(clf.validation_loss_curve_) > 0.66


@pytest.mark.parametrize("order", ["random", "sorted by class"])
def test_log_loss_is_that_of_one_process(client, moons, order):
    X, y = moons
    rows = np.argsort(y, kind="stable") if order != "random" else np.arange(len(y))
    local = ShallowNetClassifier(random_state=0).fit(X, y)
    clf = DaskShallowNetClassifier(random_state=0).fit(*chunked(X[rows], y[rows]))
    loss, expected = (log_loss(y, one.predict_proba(X)) for one in (clf.to_local(), local))
    assert loss == pytest.approx(expected, abs=0.02)


def test_format_of_rows_makes_no_difference(client, moons):
    X, y = moons[0][:2000], moons[1][:2000]
    dense = DaskShallowNetClassifier(**GD).fit(*chunked(X, y))
    dy = chunked(y)
    for csr in (sparse.csr_array, sparse.csr_matrix):
        rows = chunked(X).map_blocks(csr, dtype=X.dtype)
        assert_close(DaskShallowNetClassifier(**GD).fit(rows, dy), dense)
    frame = pd.DataFrame(X, columns=["a", "b", "c", "d"]).assign(y=y)
    frame = dd.from_pandas(frame, npartitions=4)
    clf = DaskShallowNetClassifier(**GD).fit(frame[["a", "b", "c", "d"]], frame["y"])
    assert_close(clf, dense)
    assert clf.feature_names_in_.tolist() == ["a", "b", "c", "d"]
    columns = chunked(X).rechunk((500, 2))
    assert_same_bits(DaskShallowNetClassifier(**GD).fit(columns, dy), dense)


def test_chunks_of_unknown_size(client, moons):
    X, y = moons
    cuts = [1, 700, 700, 3000]  # the third chunk is empty
    unknown = [from_chunks(np.split(array, cuts)) for array in (X, y)]
    known = chunked(X, y, chunks=(1, 699, 2300, 1000))
    one, other = (DaskShallowNetClassifier(**ADAM).fit(*rows) for rows in (unknown, known))
    assert_same_bits(one, other)


def test_all_chunks_but_one_are_empty(client, moons):
    X, y = moons
    chunks = [from_chunks([array[:0], array, array[:0]]) for array in (X, y)]
    assert_close(DaskShallowNetClassifier(**GD).fit(*chunks), ShallowNetClassifier(**GD).fit(X, y))


def test_label_in_one_chunk_only(client, moons):
    X, y = moons[0], moons[1].copy()
    y[:500] = 7
    dask, local = fits(client, X, y)
    assert_array_equal(dask.classes_, [0, 1, 7])
    assert_close(dask, local)
    clf = DaskShallowNetClassifier(**ADAM).fit(*chunked(X, y))
    assert np.isfinite(clf.validation_loss_curve_).all()


def test_chunks_of_other_dtypes(client, moons):
    X, y = (10 * moons[0]).round(), moons[1]
    dtypes = [np.float64, np.int16, np.float32, np.float64]
    chunks = [part.astype(dtype) for part, dtype in zip(np.split(X, 4), dtypes, strict=True)]
    labels = [part.astype(dtype) for part, dtype in zip(np.split(y, 4), dtypes, strict=True)]
    clf = DaskShallowNetClassifier(**GD).fit(from_chunks(chunks), from_chunks(labels))
    assert clf.coefs_[0].dtype == np.float64
    assert_close(clf, ShallowNetClassifier(**GD).fit(X, y.astype(float)))


def test_same_seed_gives_the_same_bits(client, moons):
    rows = chunked(*moons)
    one, other = (DaskShallowNetClassifier(**ADAM).fit(*rows) for _ in range(2))
    assert_same_bits(one, other)
    third = DaskShallowNetClassifier(**ADAM | {"random_state": 1}).fit(*rows)
    assert (third.coefs_[0] != one.coefs_[0]).any()


def test_warm_start_goes_on_from_the_weights(client, moons):
    rows = chunked(*moons)
    smooth = GD | {"activation": "tanh"}  # a kink of ReLU makes more of rounding
    clf = DaskShallowNetClassifier(**smooth, warm_start=True).fit(*rows)
    local = ShallowNetClassifier(**smooth, warm_start=True).fit(*moons)
    first = clf.loss_curve_
    assert clf.fit(*rows).loss_curve_[-1] < first[-1]
    assert_close(clf, local.fit(*moons))


def test_large_weights(client, moons):
    X, y = moons[0][:400], moons[1][:400]
    clf = DaskShallowNetClassifier(4, alpha=0, max_iter=3, random_state=0)
    expected = clf.fit(*chunked(X, y, np.full(400, 2.0), chunks=100)).predict_proba(X)
    clf.fit(*chunked(X, y, np.full(400, 2.0**900), chunks=100))
    assert_allclose(clf.predict_proba(X), expected, rtol=1e-5)


def test_few_rows_in_each_chunk_are_held_out(client, moons):
    clf = DaskShallowNetClassifier(4, max_iter=3, random_state=0)
    clf.fit(*chunked(moons[0][:72], moons[1][:72], chunks=9))
    assert clf.validation_loss_curve_ is not None


def test_columns_of_small_parquet_files(client, moons, tmp_path):
    X, y = moons
    table = pd.DataFrame(X, columns=[f"x{j}" for j in range(X.shape[1])]).assign(label=y)
    parts = np.array_split(np.arange(len(X)), 4)
    for i, part in enumerate(parts):
        table.iloc[part].to_parquet(tmp_path / f"{i}.parquet")
    frame = dd.read_parquet(tmp_path)
    rows = frame.drop(columns="label"), frame.label
    dask = DaskShallowNetClassifier(**GD, client=client).fit(*rows)
    assert_close(dask, ShallowNetClassifier(**GD).fit(table.drop(columns="label"), y))
    assert dask.score(*rows) == dask.to_local().score(table.drop(columns="label"), y)


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_group_without_a_row_in_most_steps(client, moons, solver):
    chunks = (len(moons[0]) - 3, 3)
    options = ADAM | {"batch_size": 100, "solver": solver}
    dask = DaskShallowNetClassifier(**options, client=client).fit(*chunked(*moons, chunks=chunks))
    assert np.isfinite(dask.loss_curve_).all()
    assert dask.loss_curve_[-1] < dask.loss_curve_[0]


@pytest.mark.parametrize(
    ("batch_size", "n_rows", "factors"),
    [
        (1000, 300, (1.08, 4.69)),
        (64, 10_000, (1, 1)),
        (2048, 2_000_000, (2.83, 4)),
        (10**5, 10**6, (4, 8)),
    ],
)
def test_large_batches_have_larger_steps_that_fall_earlier(batch_size, n_rows, factors):
    settings = Settings.of(ShallowNetClassifier(batch_size=batch_size), CONSTRAINTS)
    assert rate_and_step_factors(settings, n_rows) == pytest.approx(factors, rel=0.01)
    sgd = settings.replace(solver="sgd")
    assert rate_and_step_factors(sgd, n_rows) == (1, 1)
