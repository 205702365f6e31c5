"""Tables for the tests of this folder, and their encoding by loops."""

from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.special import expit

# Gaps are None. Each category has at least 5 rows.
CONTENT = {
    "size": [0.5, None, 2.25, -3.0, 8.0, 1.5, 0.25, 4.0] * 5,
    "count": [1, 2, 3, None, 5, 8, 13, 21] * 5,
    "open": [True, False, None, True, True, False, False, True] * 5,
    "color": ["red", "green", "red", "blue", None, "blue", "green", "red"] * 5,
}


def bins_by_loop(values, edges, fill):
    """The bins of a column, one number after the other; a gap takes the bins of ``fill``."""
    encoded = []
    for value in values:
        x = fill if value is None else float(value)
        encoded.append([min(max((x - a) / (b - a), 0), 1) for a, b in pairwise(edges)])
    return np.array(encoded).reshape(len(values), -1)


def encoded_content(n_bins):
    """The encoding of ``CONTENT`` by the description of the encoder."""
    bins, categories, gaps = [], [], []
    for values in CONTENT.values():
        known = [value for value in values if value is not None]
        if isinstance(known[0], str):
            labels = sorted(set(known))
            categories += [[float(value == label) for value in values] for label in labels]
        else:
            x = np.array(known, np.float64)
            shares = [0, 1] if len(set(known)) == 2 else np.linspace(0, 1, n_bins + 1)
            edges = np.quantile(x, shares, method="inverted_cdf")
            fill = np.quantile(x, 0.5, method="inverted_cdf")
            bins.append(bins_by_loop(values, edges, fill))
        gaps.append([float(value is None) for value in values])
    return np.column_stack([*bins, *categories, *gaps])


def mixed_table(n_rows, seed=0, gaps=0.2):
    """A data frame with steps, categories and gaps, and the probability of class 1."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n_rows, 4))
    labels = rng.integers(8, size=(n_rows, 2))
    effects = np.array([-1.5, 1.2, -0.4, 0.8, 0, 1.6, -1, 0.3])
    parts = [
        2 * (x[:, 0] > 0.5) - 1,
        1.2 * (x[:, 1] < -0.3) - 0.5,
        2 * (np.abs(x[:, 2]) < 0.5) - 0.8,
        0.6 * x[:, 3],
        *effects[labels.T],
    ]
    gap = rng.random((6, n_rows)) < gaps
    z = np.where(gap, np.array([[-0.3], [0], [0.3], [0.6], [0.5], [-0.5]]), parts).sum(axis=0)
    X = pd.DataFrame(np.where(gap[:4], np.nan, x.T).T, columns=["a", "b", "c", "d"])
    for j, name in enumerate(["k", "l"]):
        text = np.where(gap[4 + j], None, np.array(list("abcdefgh"), object)[labels[:, j]])
        X[name] = pd.Series(text).astype("category")
    return X, expit(z)


def labels_of(kind, p, seed=1):
    """Labels of each kind of y for the probabilities of :func:`mixed_table`."""
    rng = np.random.default_rng(seed)
    y = (rng.random(len(p)) < p).astype(int)
    if kind == "five classes":
        return np.minimum(2 * y + rng.integers(3, size=len(p)), 4)
    if kind == "multilabel":
        return np.column_stack([y, rng.random(len(p)) < 0.3, 1 - y]).astype(int)
    return np.array(["no", "yes"])[y] if kind == "text" else y


KINDS_OF_Y = ["binary", "five classes", "multilabel", "text"]


def _has_arrow():
    """Whether pandas has dtypes of Arrow; an old pandas does not know a new pyarrow."""
    try:
        pd.Series([1, None], dtype="int64[pyarrow]")
    except (ImportError, NameError):
        return False
    return True


HAS_ARROW = _has_arrow()
