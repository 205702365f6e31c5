"""fit(blocks) with more rows than the buffer has: they are in a temporary file."""

import contextlib
import errno
import io
import subprocess
import sys
import tempfile
import tracemalloc
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.metrics import log_loss

from skshallow import ShallowNetClassifier
from skshallow._data.checking import NO_VALIDATION, check_samples_or_source
from skshallow._data.mapped_array import is_large_mapped_array
from skshallow._data.rows import Rows
from skshallow._data.stored_rows import StoredRows
from skshallow._settings import Settings
from skshallow._sklearn import CONSTRAINTS
from skshallow._training.problem import pose_problem
from tests.data.test_row_source import in_blocks
from tests.helpers import assert_same_state, ignore_convergence, parameters_of, state_of

pytestmark = ignore_convergence

N_ROWS, N_FEATURES = 6000, 5


@pytest.fixture(autouse=True)
def stored(monkeypatch, tmp_path):
    """A buffer and chunks of a few hundred rows, runs of a few rows, and a folder for the file."""
    monkeypatch.setattr("skshallow._data.row_source.BUFFER_BYTES", 2**14)
    for module in ("survey", "stored_rows"):
        monkeypatch.setattr(f"skshallow._data.{module}.CHUNK_BYTES", 2**15)
    monkeypatch.setattr("skshallow._data.stored_rows.STORED_RUN_BYTES", 2**9)
    monkeypatch.setattr("skshallow._data.stored_rows.MIN_RUNS", 8)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    assert not list(tmp_path.iterdir())
    assert not open_files(tmp_path)


def open_files(folder):
    """The open files of this process in a folder, also those without a name."""
    descriptors = Path("/proc/self/fd")
    links = [path for path in descriptors.glob("*") if path.is_symlink()]
    return [path for path in links if str(path.readlink()).startswith(str(folder))]


def rows(n_rows=N_ROWS, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, N_FEATURES)) * [1, 10, 1, 1, 0.1] + [0, 100, 0, 0, 0]
    z = X[:, 0] + X[:, 2] * X[:, 3]
    y = (np.add.outer(z, [-1.0, 1.0]) > rng.logistic(size=(n_rows, 1))).sum(axis=1)
    return X, y


X, y = rows()
WEIGHT = np.random.default_rng(1).exponential(size=N_ROWS) * (np.arange(N_ROWS) % 5 > 0)
DATA = {
    "binary": (X, (y > 0).astype(int)),
    "text": (X, np.array(["c", "a", "b"])[y]),
    "multilabel": (X, np.column_stack([y > 0, y > 1]).astype(int)),
    "weights": (X, y, WEIGHT),
    "shares": (X, y, WEIGHT / WEIGHT.sum()),
    "integers": ((10 * X).astype(int), y),
}


@pytest.mark.parametrize("data", DATA.values(), ids=DATA.keys())
@pytest.mark.parametrize("class_weight", [None, "balanced"])
@pytest.mark.parametrize("standardize", [True, False])
def test_same_minimum_as_in_memory(data, class_weight, standardize):
    if not standardize:
        data = ((data[0] - data[0].mean(axis=0)) / data[0].std(axis=0), *data[1:])
    clf = ShallowNetClassifier(
        *(3, "identity"),
        n_estimators=1,
        solver="lbfgs",
        early_stopping=False,
        class_weight=class_weight,
        standardize=standardize,
        tol=1e-9,
        alpha=10.0,
        random_state=0,
    )
    expected = clf.fit(*data).predict_proba(data[0])
    loss, totals, (weight, mean, variance) = clf.loss_, clf._class_totals, clf._seen
    clf.fit(in_blocks(*data, size=700))
    assert_allclose(clf.loss_, loss, rtol=1e-8)
    assert_allclose(clf.predict_proba(data[0]), expected, atol=2e-3)
    assert_allclose(clf._class_totals, totals)
    assert_allclose(clf._seen[0], weight)
    assert_allclose(clf._seen[1], mean)
    assert_allclose(clf._seen[2], variance)


@pytest.mark.parametrize("data", DATA.values(), ids=DATA.keys())
@pytest.mark.parametrize("settings", [{}, {"class_weight": "balanced", "standardize": False}])
def test_solvers_read_the_same_sums_as_in_memory(data, settings):
    clf = ShallowNetClassifier(random_state=0, **settings)
    with ExitStack() as files:
        posed = []
        for given in (data, (in_blocks(*data), None)):
            given = (*given, None)[:3]
            samples, _ = check_samples_or_source(
                *(clf, *given, NO_VALIDATION), reset=True, files=files
            )
            posed.append(pose_problem(samples, None, Settings.of(clf, CONSTRAINTS), None))
        expected, rows = (problem.objective.rows for problem in posed)
        assert isinstance(expected, Rows)
        assert isinstance(rows, StoredRows)
        assert len(rows) == len(expected)
        for name in (
            *("total_weight", "effective_number", "weight_range", "mean_target"),
            *("mean_squared_length", "training_weights", "held_out_weight"),
        ):
            assert_allclose(getattr(rows, name), getattr(expected, name), rtol=1e-9, err_msg=name)


@pytest.mark.parametrize("data", DATA.values(), ids=DATA.keys())
def test_same_rows_are_held_out_as_in_memory(data):
    clf = ShallowNetClassifier(3, learning_rate=1e-30, max_iter=2, random_state=0)
    clf.fit(*data)
    seed, cuts = clf._split
    losses, loss = clf.validation_loss_curve_, clf.loss_
    clf.fit(in_blocks(*data))
    assert clf._split[0] == seed
    assert_allclose(clf._split[1], cuts)
    assert_allclose(clf.validation_loss_curve_, losses, rtol=1e-5)
    assert_allclose(clf.loss_, loss, rtol=1e-6)


@pytest.mark.parametrize("chunk_bytes", [2**26, 2**14, 0])
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("heavy", [1, 1000])
def test_epochs_of_a_pass_add_up(monkeypatch, chunk_bytes, early_stopping, heavy):
    # With a learning rate near 0, the mean loss of the epochs of a pass is J.
    monkeypatch.setattr("skshallow._data.stored_rows.STORED_CHUNK_BYTES", chunk_bytes)
    monkeypatch.setattr("skshallow._training.solve.MAX_EPOCH_ROWS", N_ROWS // 4 + 1)
    weight = np.where(np.arange(N_ROWS) % 700 == 3, heavy, 1.0)
    clf = ShallowNetClassifier(
        *(2, "tanh"),
        n_estimators=2,
        batch_size=50,
        learning_rate=1e-30,
        max_iter=4,
        early_stopping=early_stopping,
        random_state=0,
    ).fit(in_blocks(X, y, weight))
    if heavy == 1:
        assert len(np.unique(clf.loss_curve_)) == 4  # each epoch has other rows
        assert_allclose(clf.loss_curve_.mean(), clf.loss_, rtol=1e-3)
    # Each epoch is like all rows.
    assert_allclose(clf.loss_curve_, clf.loss_, rtol=0.2)


@pytest.mark.parametrize("order", ["shuffled", "sorted"])
@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_learns_as_well_as_in_memory(order, class_weight):
    train = rows(20_000, 1)
    labels = np.where(train[1] == 2, 1, 0)
    position = np.lexsort((train[0][:, 0], labels)) if order == "sorted" else slice(None)
    test = X, np.where(y == 2, 1, 0)
    weight = np.where(test[1] == 1, (test[1] == 0).sum() / (test[1] == 1).sum(), 1.0)
    weight = weight if class_weight else None
    losses = []
    for source in (False, True):
        clf = ShallowNetClassifier(8, class_weight=class_weight, random_state=0)
        data = train[0][position], labels[position]
        clf.fit(in_blocks(*data, size=3000)) if source else clf.fit(*data)
        losses.append(log_loss(test[1], clf.predict_proba(test[0]), sample_weight=weight))
    assert losses[1] < 1.01 * losses[0]


@pytest.mark.parametrize("solver", ["adam", "gd"])
def test_results_are_reproducible(solver):
    clf = ShallowNetClassifier(3, solver=solver, max_iter=3, random_state=0)
    first = parameters_of(clf.fit(in_blocks(X, y, size=700)))
    assert_array_equal(parameters_of(clf.fit(in_blocks(X, y, size=1100))), first)


def test_sparse_weights_and_a_class_without_weight():
    # Rows of weight 0 make classes known, as in memory.
    weight = np.where(y == 2, 0.0, WEIGHT)
    clf = ShallowNetClassifier(3, max_iter=2, random_state=0).fit(in_blocks(X, y, weight))
    assert clf.classes_.tolist() == [0, 1, 2]
    clf = ShallowNetClassifier(3, max_iter=2, class_weight={0: 1, 1: 0, 2: 3}, random_state=0)
    assert clf.fit(in_blocks(X, y)).predict_proba(X)[:, 1].mean() < 0.3


def test_label_in_one_block_alone():
    position = np.argsort(y, kind="stable")
    clf = ShallowNetClassifier(8, random_state=0).fit(in_blocks(X[position], y[position]))
    assert clf.score(X, y) > 0.52


def test_validation_rows():
    clf = ShallowNetClassifier(3, learning_rate=1e-30, max_iter=2, random_state=0)
    losses = clf.fit(X, y, X_val=X[:500], y_val=y[:500]).validation_loss_curve_
    clf.fit(in_blocks(X, y), X_val=X[:500], y_val=y[:500])
    assert_allclose(clf.validation_loss_curve_, losses, rtol=1e-5)
    assert clf._split == ()


def test_refits():
    clf = ShallowNetClassifier(4, warm_start=True, random_state=0).fit(in_blocks(X, y))
    split, curve = clf._split, clf.loss_curve_
    assert clf.fit(in_blocks(X, y)).loss_curve_ is curve  # converged, and nothing has changed
    clf.set_params(alpha=0.5).fit(in_blocks(X, y))
    assert clf.loss_curve_ is not curve
    assert clf._split[0] == split[0]
    changed = X.copy()
    changed[-7] += 1
    curve = clf.loss_curve_
    assert clf.fit(in_blocks(changed, y)).loss_curve_ is not curve
    with pytest.raises(ValueError, match="not in `classes_`"):
        clf.fit(in_blocks(X, y + 1))


def test_refit_that_would_hold_out_too_much(monkeypatch):
    clf = ShallowNetClassifier(4, warm_start=True, max_iter=2, random_state=0).fit(X[:200], y[:200])
    monkeypatch.setattr("skshallow._data.stored_split.MAX_HELD_OUT", 100)
    with pytest.raises(ValueError, match=r"too large .*pass X_val"):
        clf.fit(in_blocks(X, y))
    clf.fit(in_blocks(X, y), X_val=X, y_val=y)


def test_few_distinct_rows_are_not_held_out(monkeypatch):
    monkeypatch.setattr("skshallow._data.stored_split.MAX_HELD_OUT", 100)
    few = np.arange(N_ROWS) % 4
    X_few = np.column_stack([few // 2, few % 2]).astype(float)
    clf = ShallowNetClassifier(8, "tanh", random_state=0)
    clf.fit(in_blocks(X_few, (few // 2) ^ (few % 2)))
    assert clf.validation_loss_curve_ is None
    assert clf.score(X_few, (few // 2) ^ (few % 2)) == 1


@pytest.mark.parametrize("n_distinct", [2, 5, 10])
def test_few_distinct_rows_with_both_labels(n_distinct):
    rng = np.random.default_rng(0)
    row = rng.integers(n_distinct, size=N_ROWS)
    y_few = (rng.random(N_ROWS) < rng.random(n_distinct)[row]).astype(int)
    X_few = rng.normal(size=(n_distinct, 4))[row]
    clf = ShallowNetClassifier(random_state=0)
    in_memory, stored = (
        log_loss(y_few, clf.fit(*data).predict_proba(X_few))
        for data in ((X_few, y_few), (in_blocks(X_few, y_few),))
    )
    assert stored < 1.01 * in_memory


def test_class_weight_that_leaves_nothing():
    with pytest.raises(ValueError, match="that class_weight leaves are zero"):
        ShallowNetClassifier(class_weight=dict.fromkeys(range(3), 0)).fit(in_blocks(X, y))


def test_held_out_rows_are_limited(monkeypatch):
    monkeypatch.setattr("skshallow._data.stored_split.MAX_HELD_OUT", 100)
    clf = ShallowNetClassifier(4, max_iter=2, random_state=0).fit(in_blocks(X, y))
    assert_allclose(np.diff(clf._split[1], prepend=0), 100 / N_ROWS, rtol=0.7)


def mapped(array, folder):
    """The array, mapped into memory from a file of that folder."""
    np.save(folder / "array.npy", array)
    return np.load(folder / "array.npy", mmap_mode="r")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (lambda X: X, False),
        (lambda X: X[1:], False),
        (lambda X: X.T, True),  # Fortran order
        (lambda X: X[:, 1:], True),
        (lambda X: X.view(np.int16), True),
        (lambda X: X.view(np.int16).copy(), False),
        (lambda X: np.asarray(X[:, 1:]), False),
    ],
    ids=["rows", "sliced", "columns", "sliced columns", "integers", "copy", "array"],
)
def test_which_mapped_arrays_are_large(monkeypatch, tmp_path_factory, kind, expected):
    X = mapped(np.ones((60, 60), np.float32), tmp_path_factory.mktemp("mapped"))
    monkeypatch.setattr("skshallow._data.mapped_array.MEMORY_BYTES", 60 * 60)
    assert is_large_mapped_array(kind(X)) == expected


@pytest.mark.parametrize("weights", [None, 2, np.arange(N_ROWS) % 3])
@pytest.mark.parametrize("labels", ["numbers", "text", "sparse", "frame"])
def test_large_mapped_arrays_are_read_as_sources(monkeypatch, tmp_path_factory, weights, labels):
    monkeypatch.setattr("skshallow._data.mapped_array.MEMORY_BYTES", 2**10)
    monkeypatch.setattr("skshallow._data.mapped_array.BLOCK_BYTES", 40 * 8 * N_FEATURES)
    X, y = rows()
    X = mapped(X.astype(np.float32), tmp_path_factory.mktemp("mapped"))
    if labels == "text":
        y = np.array(["a", "b", "c"])[y]
    given = y
    if labels in ("sparse", "frame"):
        y = np.eye(3, dtype=int)[y]
        given = pd.DataFrame(y).astype("Int64") if labels == "frame" else sparse.coo_array(y)
    clf = ShallowNetClassifier(4, max_iter=3, random_state=0)
    blocks = (X, y) if weights is None else (X, y, np.broadcast_to(weights, len(y)))
    source = clone(clf).fit(in_blocks(*blocks))
    clf.fit(X, given, weights)
    assert_array_equal(parameters_of(clf), parameters_of(source))
    assert_array_equal(clf.validation_loss_curve_, source.validation_loss_curve_)


def test_wrong_values_in_large_mapped_arrays(monkeypatch, tmp_path_factory):
    monkeypatch.setattr("skshallow._data.mapped_array.MEMORY_BYTES", 2**10)
    monkeypatch.setattr("skshallow._data.mapped_array.BLOCK_BYTES", 100 * 8 * N_FEATURES)
    X, y = rows()
    X[250] = np.nan
    X = mapped(X, tmp_path_factory.mktemp("mapped"))
    clf = ShallowNetClassifier(4, max_iter=3)
    with pytest.raises(ValueError, match="In rows 200 to 299: Input X contains NaN"):
        clf.fit(X, y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        clf.fit(X, y[1:])
    with pytest.raises(ValueError, match="missing label, nan, at position 2000"):
        clf.fit(X, [*y[:2000].astype(str), np.nan, *y[2001:].astype(str)])
    with pytest.raises(ValueError, match="requires y"):
        clf.fit(X)


class Calling(io.StringIO):
    """Standard output that calls a function for each line of an epoch."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def write(self, text):
        if text.startswith("epoch"):
            self.function()
        return super().write(text)


def test_file_is_open_while_fit_runs(tmp_path):
    n_files = []
    with contextlib.redirect_stdout(Calling(lambda: n_files.append(len(open_files(tmp_path))))):
        ShallowNetClassifier(2, max_iter=2, verbose=True, random_state=0).fit(in_blocks(X, y))
    assert n_files == [int(Path("/proc/self/fd").exists())] * 2


def test_interrupt_keeps_the_complete_epochs():
    n_lines = []

    def interrupt():
        n_lines.append(1)
        if len(n_lines) == 2:
            raise KeyboardInterrupt

    clf = ShallowNetClassifier(4, verbose=True, random_state=0)
    with contextlib.redirect_stdout(Calling(interrupt)), pytest.raises(KeyboardInterrupt):
        clf.fit(in_blocks(X, y))
    assert len(clf.loss_curve_) == clf.n_iter_ == 2


class LostError(Exception):
    """An error of a user."""


def test_error_after_rows_are_stored():
    def blocks():
        yield from in_blocks(X, y)()
        raise LostError

    clf = ShallowNetClassifier(4, max_iter=2, random_state=0).fit(X, y)
    before = state_of(clf)
    with pytest.raises(LostError):
        clf.fit(blocks)
    with pytest.raises(ValueError, match=r"block 150 .*NaN"):
        clf.fit(in_blocks(np.vstack([X, X * np.nan]), np.r_[y, y]))
    assert_same_state(before, vars(clf))


FULL_DISK = """
import resource, sys, tempfile
import numpy as np
from skshallow import ShallowNetClassifier
from skshallow._data import row_source

resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
row_source.BUFFER_BYTES = 2**18
tempfile.tempdir = sys.argv[1]
X = np.random.default_rng(0).normal(size=(1000, 50))
try:
    ShallowNetClassifier().fit((X, X[:, 0] > 0) for _ in range(10))
except OSError as error:
    print(error.errno, error)
"""


def test_full_disk(tmp_path):
    pytest.importorskip("resource")
    program = [sys.executable, "-c", FULL_DISK, str(tmp_path)]
    said = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    assert said.startswith(str(errno.EFBIG))
    assert f"do not fit into {tmp_path}" in said
    assert "TMPDIR" in said


def test_memory_does_not_grow_with_the_rows(monkeypatch):
    monkeypatch.setattr("skshallow._data.row_source.BUFFER_BYTES", 2**20)
    monkeypatch.setattr("skshallow._data.stored_rows.STORED_CHUNK_BYTES", 2**20)
    for module in ("survey", "stored_rows"):
        monkeypatch.setattr(f"skshallow._data.{module}.CHUNK_BYTES", 2**20)
    monkeypatch.setattr("skshallow._training.solve.MAX_EPOCH_ROWS", 2**14)
    monkeypatch.setattr("skshallow._data.stored_split.MAX_HELD_OUT", 1000)

    def peak(n_rows):
        def blocks():
            for seed in range(n_rows // 10_000):
                yield rows(10_000, seed)

        clf = ShallowNetClassifier(2, n_estimators=2, max_iter=2, random_state=0)
        tracemalloc.start()
        try:
            clf.fit(blocks)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(30_000)
    assert peak(400_000) < peak(100_000) + 2**18
