"""Wall time of a grid search of 12 settings, on two small data sets.

Run ``python docs/benchmarks/search.py``, or ``--sets digits`` for one of them. GridSearchCV has 5
folds and uses 2 processes. The networks are searched over 3 activations and 4 widths, gradient
boosting over 3 learning rates and 4 numbers of leaves; all else is at the defaults. Every time is
written to a file as soon as it is known and not taken again. Delete the file after a change.
"""

import common  # isort: skip

import argparse
import os
import time
from pathlib import Path
from typing import Any

from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skshallow import ShallowNetClassifier

SETS = {"breast_cancer": load_breast_cancer, "digits": load_digits}
WIDTHS = [16, 32, 64, 128]


def searches() -> dict[str, GridSearchCV]:
    """The searches, by the name of what they search."""
    ours = {"activation": ["relu", "tanh", "sigmoid"], "hidden_size": WIDTHS}
    theirs = {
        "mlp__activation": ["relu", "tanh", "logistic"],
        "mlp__hidden_layer_sizes": [(width,) for width in WIDTHS],
    }
    leaves = {"learning_rate": [0.03, 0.1, 0.3], "max_leaf_nodes": [7, 15, 31, 63]}
    mlp = Pipeline([("scale", StandardScaler()), ("mlp", MLPClassifier(random_state=0))])
    single = ShallowNetClassifier(n_estimators=1, random_state=0)
    grids: dict[str, tuple[Any, dict[str, Any]]] = {
        "ShallowNetClassifier": (ShallowNetClassifier(random_state=0), ours),
        "ShallowNetClassifier(n_estimators=1)": (single, ours),
        "MLPClassifier": (mlp, theirs),
        "HistGradientBoosting": (HistGradientBoostingClassifier(random_state=0), leaves),
    }
    return {
        name: GridSearchCV(model, grid, cv=5, n_jobs=2, scoring=["accuracy", "neg_log_loss"],
                           refit="neg_log_loss")
        for name, (model, grid) in grids.items()
    }  # fmt: skip


def run(name: str, path: Path) -> None:
    """Time the searches that are not in the file yet."""
    known = {(search["set"], search["model"]) for search in common.records(path)}
    X, y = SETS[name](return_X_y=True)
    for model, search in searches().items():
        if (name, model) in known:
            continue
        search.fit(X[:200], y[:200])  # starts the processes
        start = time.perf_counter()
        search.fit(X, y)
        found = {
            "seconds": time.perf_counter() - start,
            "log-loss": -search.best_score_,
            "accuracy": search.cv_results_["mean_test_accuracy"][search.best_index_],
        }
        common.append(path, {"set": name, "model": model, **found})
        print(name, model, f"{found['seconds']:.1f} s", flush=True)


def report(done: list[dict[str, Any]]) -> str:
    """A row for each search."""
    rows = [
        [
            s["set"],
            s["model"],
            f"{s['seconds']:.3g}",
            f"{s['log-loss']:.4f}",
            f"{s['accuracy']:.4f}",
        ]
        for s in done
    ]
    return "\n\n".join(
        [
            "# Grid search",
            "Wall time of GridSearchCV(cv=5, n_jobs=2) over 12 settings, the least mean log-loss "
            "that it found, and the accuracy there. Networks: relu, tanh and sigmoid, and 16 to "
            "128 units, which each of our 3 networks has; MLPClassifier behind a StandardScaler. "
            "Gradient boosting: learning rates of 0.03, 0.1 and 0.3, and 7 to 63 leaves.",
            f"On {common.machine('scikit-learn', 'numpy', 'scipy', 'skshallow')}.",
            common.table(["data set", "model", "seconds", "log-loss", "accuracy"], rows),
        ]
    )


def main() -> None:
    """Run what is missing, then write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", choices=SETS, nargs="+", default=[*SETS])
    parser.add_argument("--results", type=Path, default=common.RESULTS)
    args = parser.parse_args()
    os.environ["PYTHONWARNINGS"] = "ignore"  # of processes that search
    file = args.results / "search.jsonl"
    for name in args.sets:
        run(name, file)
    (args.results / "search.md").write_text(report(common.records(file)) + "\n")


if __name__ == "__main__":
    main()
