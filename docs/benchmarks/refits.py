"""Compare the validation loss of warm-started refits with the loss of new rows.

Run ``python docs/benchmarks/refits.py --data FOLDER``, where FOLDER holds a NAME.npz with X and y
for each data set. Each set grows in four steps to half of its rows, at most 2,000; the other rows
are for testing. The optimism of a fit is its log-loss on the test rows less its least validation
loss. A fit from scratch has one below 0, as its validation rows are predicted by one member each
and the test rows by all.
"""

import common  # isort: skip

import argparse
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

from skshallow import ShallowNetClassifier

N_SEEDS = 5


def optimism(clf: ShallowNetClassifier, X: Any, y: Any) -> float:
    """Log-loss of new rows less the least validation loss."""
    known = np.isin(y, clf.classes_)
    loss = log_loss(y[known], clf.predict_proba(X[known]), labels=clf.classes_)
    return float(loss - clf.validation_loss_curve_.min())


def optimisms(X: Any, y: Any, seed: int, random_state: int | None) -> tuple[float, float]:
    """Optimism of a fit from scratch, and of the last of four refits, on all rows."""
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.5, random_state=seed)
    X, y = X[:2000], y[:2000]
    scratch = ShallowNetClassifier(random_state=random_state).fit(X, y)
    refitted = ShallowNetClassifier(random_state=random_state, warm_start=True)
    # All classes are in the first step.
    first = np.unique(y, return_index=True)[1]
    order = np.r_[first, np.delete(np.arange(len(y)), first)]
    for step in (1, 2, 3, 4):
        rows = order[: len(y) * step // 4]
        refitted.fit(X[rows], y[rows])
    return optimism(scratch, X_test, y_test), optimism(refitted, X_test, y_test)


def main() -> None:
    """Print a table of the sets, and the means."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="a folder of NAME.npz")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    print(f"On {common.machine('scikit-learn', 'numpy', 'scipy')}.\n")
    rows: list[list[object]] = []
    differences = []
    for path in sorted(args.data.glob("*.npz")):
        loaded = np.load(path)
        if "X" not in loaded:  # a sparse matrix
            continue
        row: list[object] = [path.stem]
        for random_state in (0, None):
            np.random.seed(0)  # noqa: NPY002 of random_state=None
            pairs = [
                optimisms(loaded["X"], loaded["y"], seed, random_state) for seed in range(N_SEEDS)
            ]
            scratch, refitted = np.mean(pairs, axis=0)
            row += [f"{scratch:.3f}", f"{refitted:.3f}"]
            differences.append(refitted - scratch)
        rows.append(row)
        print(*row, flush=True)
    header = ["set", "scratch, seed 0", "refits, seed 0", "scratch, no seed", "refits, no seed"]
    print(f"\n{common.table(header, rows)}")
    mean = np.reshape(differences, (-1, 2)).mean(axis=0)
    print(f"\nRefits less scratch, the mean: {mean[0]:+.4f} with a seed, {mean[1]:+.4f} without.")


if __name__ == "__main__":
    main()
