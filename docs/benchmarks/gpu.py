"""Seconds per epoch of the NumPy path and of PyTorch, on a GPU if there is one.

Run ``python docs/benchmarks/gpu.py``, with PyTorch installed. It trains one network of 512 hidden
units on 10^6 rows of 100 columns with "adam", in mini-batches of several sizes. Without a GPU it
says so and trains on fewer rows, with PyTorch on the CPU.

An epoch is a pass over all rows; of more than 262,144 rows ``max_iter`` counts parts of a pass, and
their seconds are scaled to a pass. The share of the peak compares the products of matrices in an
epoch with what the device does in one product of large float32 matrices, measured in the same run.
The losses of both fits have to agree, because they draw the same random numbers.
"""

import os

os.environ["SCIPY_ARRAY_API"] = "1"
import common  # isort: skip

import argparse
import math
import statistics
import time
import warnings
from contextlib import redirect_stdout
from typing import Any

import numpy as np
import sklearn
import torch

from skshallow import ShallowNetClassifier
from skshallow._data.rows import MAX_EPOCH_ROWS

N_FEATURES, HIDDEN_SIZE, N_EPOCHS = 100, 512, 4
# Rounding grows from step to step: a ReLU unit near 0 is on in one fit and off in the other.
LARGEST_DIFFERENCE = 1e-2


class Clock:
    """A standard output that notes when a line of ``verbose=True`` begins."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def write(self, text: str) -> None:
        """Note the time of a line."""
        if text.startswith("epoch"):
            self.times.append(time.perf_counter())

    def flush(self) -> None:
        """There is nothing to flush."""


def data(n_rows: int) -> tuple[Any, Any]:
    """Standard normal columns in float32, and two classes with smooth log-odds."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n_rows, N_FEATURES), dtype=np.float32)
    directions = rng.normal(size=(N_FEATURES, 8)) / math.sqrt(N_FEATURES)
    log_odds = 3 * np.tanh(X @ directions).sum(axis=1)
    return X, (rng.random(n_rows) < 1 / (1 + np.exp(-log_odds))).astype(int)


def fit(X: Any, y: Any, batch_size: int) -> tuple[float, float, Any]:
    """Seconds before the first epoch ends, seconds per pass over X, and the loss curve."""
    clf = ShallowNetClassifier(HIDDEN_SIZE, n_estimators=1, early_stopping=False, random_state=0)
    clf.set_params(batch_size=batch_size, max_iter=N_EPOCHS, tol=0, verbose=True)
    clock, start = Clock(), time.perf_counter()
    with redirect_stdout(clock), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        clf.fit(X, y)
    seconds = statistics.median(np.diff(clock.times))
    parts = math.ceil(X.shape[0] / MAX_EPOCH_ROWS)
    return clock.times[0] - start, seconds * parts, clf.loss_curve_


def peak(device: str) -> float:
    """Operations per second of a product of large float32 matrices."""
    size = 8192 if device == "cuda" else 2048
    A = torch.randn(size, size, device=device)
    seconds = []
    for _ in range(6):
        start = time.perf_counter()
        float((A @ A)[0, 0])  # waits for the product
        seconds.append(time.perf_counter() - start)
    return 2 * size**3 / statistics.median(seconds[1:])


def operations(n_rows: int) -> float:
    """Operations of the matrix products of an epoch: X W1, A1 W2, and those of the gradient."""
    return 2.0 * n_rows * HIDDEN_SIZE * (2 * N_FEATURES + 3)


def main() -> None:
    """Print a table."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10**6 if device == "cuda" else 20_000)
    parser.add_argument("--batches", type=int, nargs="+", default=[512, 4096, 16384])
    arguments = parser.parse_args()
    name = torch.cuda.get_device_name() if device == "cuda" else "no GPU: PyTorch on the CPU"
    print(common.machine("numpy", "scipy", "scikit-learn", "torch"))
    highest = peak(device)
    print(f"{name}; its products of float32 matrices reach {highest / 1e12:.3g} TFLOP/s")
    X, y = data(arguments.rows)
    print(f"{arguments.rows} rows, {N_FEATURES} columns, {HIDDEN_SIZE} hidden units, one network")
    device_X = torch.asarray(X, device=device)
    rows, worst = [], 0.0
    for batch_size in arguments.batches:
        _, numpy_seconds, losses = fit(X, y, batch_size)
        with sklearn.config_context(array_api_dispatch=True):
            fit(device_X[:4096], y[:4096], 512)  # loads the kernels
            first, seconds, device_losses = fit(device_X, y, batch_size)
        differences = np.abs(device_losses.cpu().numpy() / losses - 1)
        worst = max(worst, differences.max())
        share = operations(arguments.rows) / seconds / highest
        times = [f"{value:.3g}" for value in (numpy_seconds, seconds, numpy_seconds / seconds)]
        rows.append([batch_size, *times, f"{share:.1%}", f"{first:.3g}"])
        rows[-1] += [f"{differences[0]:.1e}", f"{differences.max():.1e}"]
    header = ["batch_size", "NumPy, s per epoch", "PyTorch, s per epoch", "ratio"]
    header += ["share of the peak", "s until the first loss"]
    header += ["difference of the first loss", "of all losses"]
    print(common.table(header, rows))
    if not worst < LARGEST_DIFFERENCE:
        raise SystemExit(f"The losses differ by {worst:.1e}, which is more than rounding.")


if __name__ == "__main__":
    main()
