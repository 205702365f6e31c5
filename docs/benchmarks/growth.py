"""Time of a fit and log-loss against the number of columns and of classes.

Run ``python docs/benchmarks/growth.py``. The data are 10,000 rows of standard normal columns. With
two classes, the log-odds are a sum of waves and products of ten of the columns; more classes have
such a sum each, and a row has the class with the largest sum, with Gumbel noise. Each classifier is
fitted at its defaults, with one thread. A fit that would take minutes is left out.
"""

import common  # isort: skip

import time
import warnings
from typing import Any

import numpy as np
from scipy.special import softmax
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from skshallow import ShallowNetClassifier, TabularNetClassifier

N_ROWS, N_TEST = 10_000, 10_000
COLUMNS, CLASSES = (10, 30, 100, 300, 1000, 3000), (2, 5, 10, 30, 100)
FEW_COLUMNS, FEW_CLASSES = 30, 2
# A round of gradient boosting has a tree for each class.
MOST_COLUMNS_OF_TREES, MOST_CLASSES_OF_TREES = 300, 30


def data(n_features: int, n_classes: int) -> tuple[Any, Any, Any, float]:
    """X, y, the rows for training, and the log-loss of the true probabilities on the others."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N_ROWS + N_TEST, n_features)).astype(np.float32)
    used, n_sums = X[:, :10].astype(np.float64), n_classes if n_classes > 2 else 1
    waves = np.sin(used @ rng.normal(size=(10, n_sums)) * 0.7)
    pairs = [rng.choice(10, 2, replace=False) for _ in range(n_sums)]
    sums = 2 * waves + np.stack([used[:, i] * used[:, j] for i, j in pairs], axis=1)
    logits = sums if n_classes > 2 else np.c_[np.zeros(len(X)), sums]
    probabilities = softmax(logits, axis=1)
    y = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
    test = slice(N_ROWS, None)
    least = log_loss(y[test], probabilities[test], labels=np.arange(n_classes))
    return X, y, slice(N_ROWS), float(least)


def models(n_features: int, n_classes: int) -> dict[str, Any]:
    """The classifiers, at their defaults."""
    compared: dict[str, Any] = {
        "TabularNetClassifier": TabularNetClassifier(random_state=0),
        "ShallowNetClassifier": ShallowNetClassifier(random_state=0),
        "MLPClassifier": MLPClassifier(random_state=0),
    }
    if n_features <= MOST_COLUMNS_OF_TREES and n_classes <= MOST_CLASSES_OF_TREES:
        compared["HistGradientBoosting"] = HistGradientBoostingClassifier(random_state=0)
    return compared


def main() -> None:
    """Write a line for each fit, and print a table."""
    warnings.simplefilter("ignore")
    file = common.RESULTS / "growth.jsonl"
    done = {(one["columns"], one["classes"], one["classifier"]) for one in common.records(file)}
    shapes = [(n, FEW_CLASSES) for n in COLUMNS] + [(FEW_COLUMNS, k) for k in CLASSES[1:]]
    for n_features, n_classes in shapes:
        X, y, train, least = data(n_features, n_classes)
        for name, model in models(n_features, n_classes).items():
            if (n_features, n_classes, name) in done:
                continue
            start = time.perf_counter()
            model.fit(X[train], y[train])
            seconds = time.perf_counter() - start
            loss = log_loss(y[N_ROWS:], model.predict_proba(X[N_ROWS:]), labels=model.classes_)
            fit = {"columns": n_features, "classes": n_classes, "classifier": name}
            fit |= {"fit, s": seconds, "excess log-loss": loss - least}
            print(*fit.values(), flush=True)
            common.append(file, fit)
    fits = common.records(file)
    rows = [
        [*list(fit.values())[:3], f"{fit['fit, s']:.3g}", f"{fit['excess log-loss']:.4f}"]
        for fit in fits
    ]
    text = [
        "# Growth with columns and classes",
        "10,000 rows of standard normal columns, of which ten matter, float32. Every classifier at "
        "its defaults, one thread. The excess is the log-loss on 10,000 new rows less that of the "
        "true probabilities.",
        f"On {common.machine('scikit-learn', 'numpy', 'scipy', 'skshallow')}.",
        "![seconds and excess against columns and classes](growth.svg)",
        common.table([*fits[0]], rows),
    ]
    (common.RESULTS / "growth.md").write_text("\n\n".join(text) + "\n")


if __name__ == "__main__":
    main()
