"""Seconds of a whole fit at the defaults as the rows, the columns or the classes grow.

Run ``python docs/benchmarks/growth.py``, or ``--grows rows`` for one of the three. The classes are
drawn with the probabilities of a softmax of waves along random directions. What does not grow is
ROWS, COLUMNS and CLASSES. Every time is written to a file as soon as it is known and not taken
again. Delete the file after a change.
"""

import common  # isort: skip

import argparse
import os
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from skshallow import ShallowNetClassifier, TabularNetClassifier

BASE = {"rows": 4000, "columns": 30, "classes": 2}
GROWS = {
    "rows": [1000, 3000, 10_000, 30_000, 100_000],
    "columns": [10, 30, 100, 300, 1000],
    "classes": [2, 5, 10, 20, 50],
}
ALL_THREADS = "HistGradientBoosting, all threads"
MAX_MLP_ROWS = 10_000  # a fit on 100,000 rows takes more than a minute


def data(rows: int, columns: int, classes: int) -> tuple[Any, Any]:
    """X and y."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, columns)).astype(np.float32)
    waves = np.sin(2.5 * X @ (rng.normal(size=(columns, 10)) / np.sqrt(columns)))
    logits = 1.5 * waves @ rng.normal(size=(10, classes))
    return X, np.argmax(logits + rng.gumbel(size=logits.shape), axis=1)


def models() -> dict[str, Any]:
    """The classifiers, at their defaults."""
    return {
        "TabularNetClassifier": TabularNetClassifier(random_state=0),
        "ShallowNetClassifier": ShallowNetClassifier(random_state=0),
        "MLPClassifier": make_pipeline(StandardScaler(), MLPClassifier(random_state=0)),
        "HistGradientBoosting": HistGradientBoostingClassifier(random_state=0),
        ALL_THREADS: HistGradientBoostingClassifier(random_state=0),
    }


def run(grows: str, path: Path) -> None:
    """Time what is not in the file yet."""
    known = {(fit["grows"], fit["size"], fit["model"]) for fit in common.records(path)}
    for size in GROWS[grows]:
        X, y = data(**BASE | {grows: size})
        for name, model in models().items():
            if (grows, size, name) in known or (name == "MLPClassifier" and len(y) > MAX_MLP_ROWS):
                continue
            with threadpool_limits(os.cpu_count() if name == ALL_THREADS else int(common.THREADS)):
                start = time.perf_counter()
                model.fit(X, y)
                seconds = time.perf_counter() - start
            common.append(path, {"grows": grows, "size": size, "model": name, "seconds": seconds})
            print(grows, size, name, f"{seconds:.2f}", flush=True)


def report(fits: list[dict[str, Any]]) -> str:
    """A table for each of the three."""
    text = [
        "# Growth",
        "Seconds of one fit at the defaults, to {rows:,} rows of {columns} columns and {classes} "
        "classes, of which one grows.".format(**BASE),
        f"On {common.machine('scikit-learn', 'numpy', 'scipy', 'skshallow')}; {ALL_THREADS}: "
        f"{os.cpu_count()}.",
    ]
    for grows, sizes in GROWS.items():
        seconds = {(f["model"], f["size"]): f["seconds"] for f in fits if f["grows"] == grows}
        rows = [
            [f"{size:,}", *(format(seconds.get((name, size), np.nan), ".3g") for name in models())]
            for size in sizes
        ]
        text.append(common.table([grows, *models()], rows).replace("| nan |", "| - |"))
    return "\n\n".join(text) + "\n"


def main() -> None:
    """Run what is missing, then write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--grows", choices=GROWS, nargs="+", default=[*GROWS])
    parser.add_argument("--results", type=Path, default=common.RESULTS)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    file = args.results / "growth.jsonl"
    for grows in args.grows:
        run(grows, file)
    (args.results / "growth.md").write_text(report(common.records(file)))


if __name__ == "__main__":
    main()
