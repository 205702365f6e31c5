"""Accuracy, log-loss, ROC AUC, calibration error and fit time under cross-validation.

Run ``python docs/benchmarks/quality.py --data FOLDER``, where FOLDER holds a NAME.npz with X and y
for each data set (sparse X as scipy.sparse.save_npz writes it, with y added). Without --data the
sets bundled with scikit-learn are used, and with --openml NAME_OR_NUMBER ... those of OpenML,
categories one-hot (the 19 most frequent and the rest), missing numbers filled with the mean.

Every fit is written to a file as soon as it is done and not done again, so that a run can be
broken off and taken up. Delete the file after a change. All models see the same folds, and are
fitted in turn on each. Seconds are of processor time, which other work on the machine changes less.
"""

import common  # isort: skip

import argparse
import statistics
import time
import warnings
from pathlib import Path
from typing import Any

import datasets
import numpy as np
from scipy import sparse
from sklearn.base import ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skshallow import ShallowNetClassifier

OURS = "ShallowNetClassifier"
PEER = "MLPClassifier"

# Gradient boosting takes minutes a fit on wider data.
MAX_TREE_FEATURES = 500


def models(seed: int, n_features: int, *, is_sparse: bool) -> dict[str, Any]:
    """The classifiers compared; those that need it with a StandardScaler before them."""

    def scaled(classifier: ClassifierMixin) -> Any:
        return make_pipeline(StandardScaler(with_mean=not is_sparse), classifier)

    all_models: dict[str, Any] = {
        OURS: ShallowNetClassifier(random_state=seed),
        f"{OURS}(n_estimators=8)": ShallowNetClassifier(n_estimators=8, random_state=seed),
        f"{OURS}(100, n_estimators=1)": ShallowNetClassifier(
            100, n_estimators=1, random_state=seed
        ),
        PEER: scaled(MLPClassifier(random_state=seed)),
        f"{PEER}(early_stopping=True)": scaled(
            MLPClassifier(early_stopping=True, random_state=seed)
        ),
        "LogisticRegression": scaled(LogisticRegression(max_iter=1000)),
    }
    if n_features <= MAX_TREE_FEATURES:
        all_models["HistGradientBoosting"] = HistGradientBoostingClassifier(random_state=seed)
    return all_models


def calibration_error(probabilities: Any, y: Any, classes: Any, n_bins: int = 15) -> float:
    """Expected calibration error of the most probable class, in bins of equal width."""
    confidence = probabilities.max(axis=1)
    correct = classes[probabilities.argmax(axis=1)] == y
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    gaps = np.bincount(bins, correct - confidence, minlength=n_bins)
    return float(np.abs(gaps).sum() / len(y))


def fit_and_score(model: Any, X: Any, y: Any, train: Any, test: Any) -> dict[str, Any]:
    """What one fit on one fold comes to."""
    X_train, X_test = X[train], X[test]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        start = time.process_time()
        model.fit(X_train, y[train])
        seconds = time.process_time() - start
    classes = np.unique(y)
    probabilities = np.asarray(model.predict_proba(X_test), np.float64)
    probabilities = np.clip(probabilities, 1e-15, 1)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    scores = probabilities[:, 1] if len(classes) == 2 else probabilities
    return {
        "log-loss": log_loss(y[test], probabilities, labels=classes),
        "accuracy": float(np.mean(classes[probabilities.argmax(axis=1)] == y[test])),
        "1 - AUC": 1 - roc_auc_score(y[test], scores, multi_class="ovr", labels=classes),
        "ECE": calibration_error(probabilities, y[test], classes),
        "seconds": seconds,
        "warned": any(issubclass(w.category, ConvergenceWarning) for w in caught),
    }


def run(args: argparse.Namespace, path: Path) -> list[dict[str, Any]]:
    """All fits that are not in the file yet, each written to it; returns the file's contents."""
    done = common.records(path)
    known = {(fit["set"], fit["fold"], fit["model"]) for fit in done}
    for name, X, y in datasets.number_tables(args):
        folds = StratifiedKFold(args.folds, shuffle=True, random_state=0).split(np.zeros(len(y)), y)
        for fold, (train, test) in enumerate(folds):
            for label, model in models(fold, X.shape[1], is_sparse=sparse.issparse(X)).items():
                if (name, fold, label) in known:
                    continue
                fit = {"set": name, "fold": fold, "model": label, "rows": X.shape[0]}
                fit |= fit_and_score(model, X, y, train, test)
                print(f"{name} {fold} {label}: {fit['log-loss']:.4f} in {fit['seconds']:.2f} s")
                done.append(fit)
                common.append(path, fit)
    return done


def labels(fits: list[dict[str, Any]]) -> list[str]:
    """The models, in the order of their first fits."""
    return list(dict.fromkeys(fit["model"] for fit in fits))


def by_set(fits: list[dict[str, Any]], label: str, figure: str) -> dict[str, float]:
    """Mean over the folds of each data set."""
    values: dict[str, list[float]] = {}
    for fit in fits:
        if fit["model"] == label:
            values.setdefault(fit["set"], []).append(fit[figure])
    return {name: float(np.mean(folds)) for name, folds in values.items()}


def ratios(fits: list[dict[str, Any]], label: str, figure: str, peer: str = PEER) -> Any:
    """A figure of the model over that of its peer, for each data set that both were fitted to."""
    ours, theirs = by_set(fits, label, figure), by_set(fits, peer, figure)
    tiny = 1e-4  # where a perfect score would divide by 0
    return np.array(
        [(value + tiny) / (theirs[name] + tiny) for name, value in ours.items() if name in theirs]
    )


def summary(fits: list[dict[str, Any]]) -> str:
    """A row for each model: geometric means over the sets of ratios to MLPClassifier."""
    rows = []
    for label in labels(fits):
        loss = ratios(fits, label, "log-loss")
        accuracy, theirs = by_set(fits, label, "accuracy"), by_set(fits, PEER, "accuracy")
        gain = np.mean([value - theirs[name] for name, value in accuracy.items()])
        low, high = np.quantile(loss, [0.1, 0.9])
        rows.append(
            [
                label,
                f"{statistics.geometric_mean(loss):.3f} ({low:.2f} to {high:.2f})",
                f"{np.sum(loss < 0.98)} / {np.sum(loss > 1.02)}",
                int(np.sum(loss > 1.05)),
                f"{np.mean(list(accuracy.values())):.4f} ({gain:+.4f})",
                f"{statistics.geometric_mean(ratios(fits, label, '1 - AUC')):.3f}",
                f"{statistics.geometric_mean(ratios(fits, label, 'ECE')):.2f}",
                f"{1 / statistics.geometric_mean(ratios(fits, label, 'seconds')):.3g}",
                sum(fit["warned"] for fit in fits if fit["model"] == label),
            ]
        )
    header = [
        "model", "log-loss (10 % to 90 % of sets)", "sets won / lost by 2 %", "worse by 5 %",
        "accuracy", "1 - AUC", "ECE", "times faster", "fits that warned",
    ]  # fmt: skip
    return common.table(header, rows)


def details(fits: list[dict[str, Any]], figure: str, form: str, peer: str = PEER) -> str:
    """A row for each data set, a column for each model: means over the folds."""
    models = {label: by_set(fits, label, figure) for label in labels(fits)}
    rows = [
        [name, *(format(model[name], form) if name in model else "-" for model in models.values())]
        for name in models[peer]
    ]
    return common.table(["data set", *models], rows)


def draw(fits: list[dict[str, Any]], path: Path) -> None:
    """Log-loss ratio by data set, against how many times faster the fit was."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for label in labels(fits):
        if label != PEER:
            faster = 1 / ratios(fits, label, "seconds")
            axes.scatter(faster, ratios(fits, label, "log-loss"), s=18, label=label)
    axes.axhline(1, color="grey", linewidth=0.8)
    axes.axvline(1, color="grey", linewidth=0.8)
    axes.set(xscale="log", yscale="log", xlabel="times faster to fit than MLPClassifier")
    axes.set_ylabel("log-loss / MLPClassifier's")
    axes.legend(fontsize="small")
    figure.savefig(path, dpi=150)


def main() -> None:
    """Run what is missing, then write the tables and the figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    datasets.add_options(parser)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--results", type=Path, default=common.RESULTS)
    args = parser.parse_args()
    args.results.mkdir(parents=True, exist_ok=True)
    fits = run(args, args.results / "quality.jsonl")
    text = [
        "# Quality",
        f"{len(by_set(fits, PEER, 'log-loss'))} data sets, {args.folds} folds, every model at its "
        "defaults (LogisticRegression with max_iter=1000), a StandardScaler before the peers that "
        "need one; HistGradientBoosting only where there are at most "
        f"{MAX_TREE_FEATURES} columns. Ratios are to MLPClassifier on the same folds, geometric "
        "means over the sets; below 1 is better, but for the last columns. In brackets behind the "
        "accuracy: how much more than MLPClassifier's on the same sets.",
        f"On {common.machine('scikit-learn', 'numpy', 'scipy', 'skshallow')}.",
        summary(fits),
        "![log-loss and time](quality.png)",
        "## Log-loss",
        details(fits, "log-loss", ".4f"),
        "## Accuracy",
        details(fits, "accuracy", ".4f"),
        "## Seconds to fit",
        details(fits, "seconds", ".3g"),
    ]
    (args.results / "quality.md").write_text("\n\n".join(text) + "\n")
    draw(fits, args.results / "quality.png")
    print(summary(fits))


if __name__ == "__main__":
    main()
