"""The same random_state gives the same bits."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial

import joblib
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from threadpoolctl import threadpool_limits

from skshallow import ShallowNetClassifier
from tests.helpers import SOLVERS, ignore_convergence

pytestmark = ignore_convergence


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("solver", SOLVERS)
def test_same_seed_repeats_the_bits_and_dtype_is_kept(cancer, solver, dtype):
    X, y = cancer[0].astype(dtype), cancer[1]
    clf = ShallowNetClassifier(10, solver=solver, max_iter=10, random_state=0, batch_size=50)
    first = clf.fit(X, y).predict_proba(X)
    assert {part.dtype for part in [*clf.coefs_, *clf.intercepts_, first]} == {np.dtype(dtype)}
    assert_array_equal(clf.fit(X, y).predict_proba(X), first)
    assert not np.array_equal(clf.set_params(random_state=1).fit(X, y).predict_proba(X), first)


def fit_and_predict(seed, X, y):
    clf = ShallowNetClassifier(4, max_iter=5, random_state=seed)
    with threadpool_limits(1):  # the order of a sum depends on the number of threads
        return clf.fit(X, y).predict_proba(X)


POOLS = {
    "threads": lambda: ThreadPoolExecutor(2),
    "fork": lambda: ProcessPoolExecutor(2, multiprocessing.get_context("fork")),
    "spawn": lambda: ProcessPoolExecutor(2, multiprocessing.get_context("spawn")),
}


@pytest.mark.parametrize("backend", [*POOLS, "loky"])
def test_fits_in_other_threads_and_processes_have_the_same_bits(cancer, backend):
    if backend == "fork" and "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("this system has no fork")
    job = partial(fit_and_predict, X=cancer[0], y=cancer[1])
    expected = [job(seed) for seed in range(4)]
    if backend == "loky":
        found = joblib.Parallel(2, backend="loky")(joblib.delayed(job)(seed) for seed in range(4))
    else:
        with POOLS[backend]() as pool:
            found = list(pool.map(job, range(4)))
    assert_array_equal(found, expected)
