"""Log-loss and fit time against the number of rows, on data whose true probabilities are known.

Run ``python docs/benchmarks/large.py [--rows 1000 10000 …]``. Each classifier is fitted at its
defaults to 30 standard normal columns with two classes. The excess is the log-loss on 20,000 new
rows less that of the true probabilities, which no model can improve. Ten million rows need 4 GiB of
memory and, with the smaller sizes, about half an hour.
"""

import common  # isort: skip

import argparse
import os
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from skshallow import ShallowNetClassifier

N_FEATURES = 30
ALL_THREADS = "HistGradientBoosting, all threads"

# With more rows, a fit takes many minutes, or one kind of data shows enough.
MAX_ROWS = {"MLPClassifier": 100_000, "HistGradientBoosting": 1_000_000}
MAX_BOXES = 1_000_000


def smooth(X: Any, rng: np.random.Generator) -> Any:
    """Log-odds from waves along random directions, and a product of two columns."""
    directions = rng.normal(size=(N_FEATURES, 10)) / np.sqrt(N_FEATURES)
    return 1.5 * np.sin(2.5 * X @ directions) @ rng.normal(size=10) + X[:, 0] * X[:, 1]


def boxes(X: Any, rng: np.random.Generator) -> Any:
    """Log-odds from quadrants of random pairs of columns, which suit trees."""
    z = np.zeros(len(X))
    for _ in range(20):
        i, j = rng.choice(N_FEATURES, 2, replace=False)
        height, (a, b) = 2.5 * rng.normal(), rng.normal(size=2)
        z += height * (((X[:, i] > a) & (X[:, j] > b)) - 0.25)
    return z


def data(log_odds: Callable[..., Any], n_rows: int, seed: int) -> tuple[Any, Any, Any]:
    """X, y and the true probability of class 1; the function is the same for all seeds."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, N_FEATURES)).astype(np.float32)
    p = expit(log_odds(X, np.random.default_rng(1234)))
    return X, (rng.random(n_rows) < p).astype(int), p


def models() -> dict[str, Any]:
    """The classifiers, at their defaults."""
    return {
        "ShallowNetClassifier": ShallowNetClassifier(random_state=0),
        "HistGradientBoosting": HistGradientBoostingClassifier(random_state=0),
        ALL_THREADS: HistGradientBoostingClassifier(random_state=0),
        "SGDClassifier": SGDClassifier(loss="log_loss", random_state=0),
        "MLPClassifier": MLPClassifier(random_state=0),
    }


def main() -> None:
    """Write a line for each fit, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[10**k for k in range(3, 8)])
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    print(f"On {common.machine('scikit-learn', 'numpy', 'scipy')}.\n")
    file = common.RESULTS / "large.jsonl"
    file.unlink(missing_ok=True)
    for log_odds in (smooth, boxes):
        X_test, y_test, p = data(log_odds, 20_000, seed=1)
        least = log_loss(y_test, p)
        for n_rows in args.rows:
            if log_odds is boxes and n_rows > MAX_BOXES:
                continue
            X, y, _ = data(log_odds, n_rows, seed=0)
            for name, model in models().items():
                if n_rows > MAX_ROWS.get(name, n_rows):
                    continue
                n_threads = os.cpu_count() if name == ALL_THREADS else int(common.THREADS)
                start = time.perf_counter()
                with threadpool_limits(n_threads):
                    model.fit(X, y)
                seconds = time.perf_counter() - start
                excess = log_loss(y_test, model.predict_proba(X_test)) - least
                fit = {"data": log_odds.__name__, "rows": n_rows, "classifier": name}
                common.append(file, fit | {"excess log-loss": excess, "fit, s": seconds})
                print(*fit.values(), f"{excess:.4f}", f"{seconds:.2f}", flush=True)
    fits = common.records(file)
    print(f"\n{common.table(list(fits[0]), [list(fit.values()) for fit in fits])}")


if __name__ == "__main__":
    main()
