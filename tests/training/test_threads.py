"""Fits limit the threads of BLAS, and leave no trace of it."""

import os
import subprocess
import sys

PROGRAM = """
import threading
import warnings

import numpy as np
from threadpoolctl import threadpool_info

from skshallow import ShallowNetClassifier

warnings.simplefilter("ignore")  # about max_iter


def n_blas_threads():
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def fit(max_iter):
    clf = ShallowNetClassifier(4, tol=0, n_iter_no_change=10**6, max_iter=max_iter)
    clf.fit(X, X[:, 0] > 0)


X = np.random.default_rng(0).normal(size=(300, 4))
before, seen = n_blas_threads(), []
threads = [threading.Thread(target=fit, args=(max_iter,)) for max_iter in (100, 400, 200)]
for thread in threads:
    thread.start()
while any(thread.is_alive() for thread in threads):
    seen.append(n_blas_threads())
print({1} in seen, n_blas_threads() == before)
"""


def test_one_thread_during_fits_that_overlap_and_all_after_them():
    variables = dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "2")
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.split() == ["True", "True"], result.stderr
