"""Tables as they are: TabularNetClassifier beside gradient boosting, under cross-validation.

Run ``python docs/benchmarks/tabular.py --data FOLDER --frames FOLDER``. The first folder holds
tables of numbers, NAME.npz with X and y for each data set. The second holds raw tables with
categories and gaps, NAME.csv.gz with the column "target" and NAME.json, which lists the columns
that are "categorical". Without a folder, the sets bundled with scikit-learn are used.

CatBoost, LightGBM and XGBoost are included if they are installed. All use one thread. Every fit is
written to a file as soon as it is done and not done again, so that a run can be broken off and
taken up. Delete the file after a change.
"""

import quality  # isort: skip
import argparse
import json
import statistics
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import common
import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skshallow import ShallowNetClassifier, TabularNetClassifier

OURS, PLAIN, PEER = "TabularNetClassifier", "ShallowNetClassifier", "HistGradientBoosting"
# Raw tables of so many rows are fitted in two of the FRAME_FOLDS folds.
FOLDS, FRAME_FOLDS, MANY_ROWS = 3, 5, 2000


def encoded(classifier: Any) -> Any:
    """The classifier behind one-hot categories and medians with indicators for gaps."""
    numbers = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    categories = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=5)
    encoder = make_column_transformer(
        (categories, make_column_selector(dtype_include="category")),
        remainder=numbers,
        sparse_threshold=0,
    )
    return make_pipeline(encoder, classifier)


def models(seed: int, X: Any) -> dict[str, Any]:
    """The classifiers compared."""
    frame = isinstance(X, pd.DataFrame)
    plain = ShallowNetClassifier(random_state=seed)
    compared: dict[str, Any] = {
        OURS: TabularNetClassifier(random_state=seed),
        PLAIN: encoded(plain) if frame else plain,
        PEER: HistGradientBoostingClassifier(random_state=seed, categorical_features="from_dtype"),
    }
    return compared | boosting_libraries(seed, X)


def boosting_libraries(seed: int, X: Any) -> dict[str, Any]:
    """CatBoost, LightGBM and XGBoost at their defaults, each if it is installed."""
    found: dict[str, Any] = {}
    with suppress(ImportError):
        from lightgbm import LGBMClassifier

        found["LightGBM"] = LGBMClassifier(n_jobs=1, random_state=seed, verbose=-1)
    with suppress(ImportError):
        from xgboost import XGBClassifier

        found["XGBoost"] = XGBClassifier(n_jobs=1, random_state=seed, enable_categorical=True)
    with suppress(ImportError):
        found["CatBoost"] = catboost(seed, X)
    return found


def catboost(seed: int, X: Any) -> Any:
    """CatBoost, which wants the names of the categorical columns and text in their gaps."""
    from catboost import CatBoostClassifier
    from sklearn.preprocessing import FunctionTransformer

    options = {"thread_count": 1, "random_seed": seed, "verbose": 0, "allow_writing_files": False}
    if not isinstance(X, pd.DataFrame):
        return CatBoostClassifier(**options)
    names = list(X.select_dtypes("category").columns)
    gaps = dict.fromkeys(names, "missing")
    as_text = FunctionTransformer(lambda X: X.astype(dict.fromkeys(names, object)).fillna(gaps))
    return make_pipeline(as_text, CatBoostClassifier(cat_features=names, **options))


def tables(folder: Path | None) -> Iterator[tuple[str, Any, Any]]:
    """Name, X and y of each table of numbers that is dense and not too wide for trees."""
    args = argparse.Namespace(data=folder, openml=None)
    for name, X, y in quality.data_sets(args):
        if not sparse.issparse(X) and X.shape[1] <= quality.MAX_TREE_FEATURES:
            yield name, X, np.unique(y, return_inverse=True)[1]


def frames(folder: Path) -> Iterator[tuple[str, Any, Any]]:
    """Name, X and y of each raw table."""
    for path in sorted(folder.glob("*.csv.gz"), key=lambda path: path.stat().st_size):
        name = path.name.removesuffix(".csv.gz")
        categorical = json.loads((folder / f"{name}.json").read_text())["categorical"]
        frame = pd.read_csv(path, dtype=dict.fromkeys(categorical, str))
        y = np.unique(frame.pop("target").astype(str), return_inverse=True)[1]
        yield name, frame.astype(dict.fromkeys(categorical, "category")), y


def folds(X: Any, y: Any) -> list[Any]:
    """The folds of a table; of many rows of a raw table, only two of them."""
    frame = isinstance(X, pd.DataFrame)
    n_folds = FRAME_FOLDS if frame else FOLDS
    splits = list(StratifiedKFold(n_folds, shuffle=True, random_state=0).split(y, y))
    return splits[:2] if frame and len(y) >= MANY_ROWS else splits


class Rows:
    """X with the rows of a data frame as X[rows] gives those of an array."""

    def __init__(self, X: Any) -> None:
        self.X = X

    def __getitem__(self, rows: Any) -> Any:
        return self.X.iloc[rows] if isinstance(self.X, pd.DataFrame) else self.X[rows]


def run(sets: Iterator[tuple[str, Any, Any]], kind: str, path: Path) -> list[dict[str, Any]]:
    """All fits that are not in the file yet, each written to it; those of that kind of set."""
    done = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    known = {(fit["set"], fit["fold"], fit["model"]) for fit in done}
    for name, X, y in sets:
        for fold, (train, test) in enumerate(folds(X, y)):
            for label, model in models(fold, X).items():
                if (name, fold, label) in known:
                    continue
                fit = {"kind": kind, "set": name, "fold": fold, "model": label, "rows": len(y)}
                fit |= quality.fit_and_score(model, Rows(X), y, train, test)
                print(f"{name} {fold} {label}: {fit['log-loss']:.4f} in {fit['seconds']:.2f} s")
                done.append(fit)
                with path.open("a") as file:
                    file.write(json.dumps(fit) + "\n")
    return [fit for fit in done if fit["kind"] == kind]


def summary(fits: list[dict[str, Any]]) -> str:
    """A row for each model: geometric means over the sets of ratios to gradient boosting."""
    rows = []
    for label in quality.labels(fits):
        loss, ece, seconds = (
            quality.ratios(fits, label, figure, PEER) for figure in ("log-loss", "ECE", "seconds")
        )
        accuracy, theirs = (quality.by_set(fits, one, "accuracy") for one in (label, PEER))
        gain = np.mean([value - theirs[name] for name, value in accuracy.items()])
        plain = quality.ratios(fits, label, "log-loss", PLAIN)
        rows.append(
            [
                label,
                f"{statistics.geometric_mean(loss):.3f}",
                f"{np.sum(loss < 0.98)} / {np.sum(loss > 1.02)} / {np.sum(loss > 1.05)}",
                f"{100 * gain:+.2f}",
                f"{statistics.geometric_mean(ece):.2f}",
                f"{statistics.geometric_mean(seconds):.2f}",
                int(np.sum(plain > 1.05)),
            ]
        )
    header = [
        "model", "log-loss", "better by 2 % / worse by 2 % / by 5 %", "accuracy, points", "ECE",
        "time", f"5 % worse than {PLAIN}",
    ]  # fmt: skip
    return common.table(header, rows)


def main() -> None:
    """Run what is missing, then write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--frames", type=Path)
    parser.add_argument("--results", type=Path, default=common.RESULTS)
    args = parser.parse_args()
    args.results.mkdir(parents=True, exist_ok=True)
    file = args.results / "tabular.jsonl"
    text = [
        "# Tables as they are",
        f"Every model at its defaults, one thread. Ratios are to {PEER}(categorical_features="
        '"from_dtype") on the same folds, geometric means over the sets; below 1 is better. ECE is '
        "the expected calibration error.",
        f"On {common.machine('scikit-learn', 'numpy', 'scipy', 'skshallow')}.",
    ]
    for kind, title, sets in (
        ("numbers", "Tables of numbers", tables(args.data)),
        (
            "raw",
            "Raw tables, with categories and gaps",
            frames(args.frames) if args.frames else None,
        ),
    ):
        if sets is not None:
            fits = run(sets, kind, file)
            n_sets = len(quality.by_set(fits, PEER, "log-loss"))
            text += [f"## {title}: {n_sets} sets", summary(fits), "### Log-loss"]
            text += [quality.details(fits, "log-loss", ".4f", PEER), "### Seconds to fit"]
            text += [quality.details(fits, "seconds", ".3g", PEER)]
            print(title, summary(fits), sep="\n")
    (args.results / "tabular.md").write_text("\n\n".join(text) + "\n")


if __name__ == "__main__":
    main()
