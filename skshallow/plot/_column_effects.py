"""The effect of each column on the log-odds: partial dependence, fast for one hidden layer."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from scipy.special import logsumexp

from .._classifier import ShallowNetClassifier
from .._data.validation import check_prediction_data
from .._fitted.state import FittedState
from .._network.activations import get_activation
from .._tabular.classifier import TabularNetClassifier
from .._tabular.tables import check_table, read_table
from .._typing import Array

# A mean over so many rows is precise enough to look at.
MAX_ROWS = 1000
# Numbers are drawn at so many quantiles, without the most extreme ones; so many categories at most.
GRID_QUANTILES = np.linspace(0.01, 0.99, 30)
MAX_CATEGORIES = 12
# Of many columns, so many times the number wanted have their effects computed.
CANDIDATES = 4


class ColumnEffect(NamedTuple):
    """The mean log-odds of the rows if a column has the same value in all of them.

    ``values`` are ascending numbers, or the names of categories, the most frequent first. Of
    numbers, ``missing`` is the mean log-odds for a gap; None if there was no gap in fit.
    """

    name: str
    values: Array
    log_odds: Array
    is_category: bool
    missing: float | None
    data: Array  # the numbers of the rows, or the share of the rows in each category
    size: float  # standard deviation of the effect over the rows


class _Network(NamedTuple):
    """A network, and how it reads a table of numbers."""

    weight: float  # of its logits
    encode: Callable[[Array], Array]
    column: Array  # the column of the table that each column of W1 belongs to
    state: FittedState

    def parts(self, encoded: Array, j: int) -> Array:
        """Return what column j adds to Z1."""
        own = self.column == j
        return np.asarray(encoded[:, own] @ self.state.coefs_[0][own])

    def logits(self, Z1: Array) -> Array:
        """Return the weighted logits (m, k); Z1 is overwritten."""
        get_activation(*self.state._activation).g(Z1)
        return self.weight * (Z1 @ self.state.coefs_[1] + self.state.intercepts_[1])


def column_effects(
    classifier: Any, X: Any, target: Any, names: list[str], wanted: list[int] | None, n_wanted: int
) -> list[ColumnEffect]:
    """Return the effects of the ``wanted`` columns, or the ``n_wanted`` largest ones, in order."""
    table, categories, has_gaps = _table(classifier, X)
    output = _output(classifier, target)
    if len(table) > MAX_ROWS:
        rows = np.random.default_rng(0).choice(len(table), MAX_ROWS, replace=False)
        table = table[np.sort(rows)]
    networks = _networks(classifier)
    encoded = [network.encode(table) for network in networks]
    columns = range(table.shape[1]) if wanted is None else wanted
    if wanted is None and len(columns) > CANDIDATES * n_wanted:
        spread = [_spread(networks, encoded, j) for j in columns]
        columns = np.argsort(spread)[::-1][: CANDIDATES * n_wanted].tolist()
    Z1 = [
        part @ network.state.coefs_[0] + network.state.intercepts_[0]
        for network, part in zip(networks, encoded, strict=True)
    ]

    def log_odds(j: int, grid: Array) -> Array:
        """Return the mean log-odds of all rows for each value of column j in the grid."""
        others = [
            z - network.parts(part, j)
            for network, part, z in zip(networks, encoded, Z1, strict=True)
        ]
        points = np.zeros((len(grid), table.shape[1]), table.dtype)
        points[:, j] = grid
        own = [network.parts(network.encode(points), j) for network in networks]
        means = []
        for parts in zip(*own, strict=True):
            logits: Any = sum(
                network.logits(other + part)
                for network, other, part in zip(networks, others, parts, strict=True)
            )
            means.append(output(logits).mean())
        return np.array(means)

    effects = [
        _effect(names[j], table[:, j], categories[j], has_gaps[j], partial(log_odds, j))
        for j in columns
    ]
    if wanted is None:
        effects.sort(key=lambda effect: -effect.size)
    return effects[:n_wanted]


def _table(classifier: Any, X: Any) -> tuple[Array, list[Any], Array]:
    """Return X as numbers, the categories of each column, and which columns had gaps in fit."""
    if sparse.issparse(X):
        raise TypeError("The effects of a sparse X are not computed: use X.toarray() of some rows.")
    if isinstance(classifier, TabularNetClassifier):
        encoder = classifier.encoders_[0]
        table = read_table(check_table(classifier, X, reset=False), encoder.categories_)
        return table, encoder.categories_, encoder.has_gaps_
    table = check_prediction_data(classifier, X, "predict")
    if not isinstance(table, np.ndarray):
        raise TypeError("The effects are computed on the host: pass NumPy arrays to fit and here.")
    return table, [None] * table.shape[1], np.zeros(table.shape[1], bool)


def _networks(classifier: Any) -> list[_Network]:
    """Return the networks whose weighted logits are those of the classifier."""
    if isinstance(classifier, ShallowNetClassifier):
        columns = np.arange(classifier.n_features_in_)
        return [_Network(1.0, lambda table: table, columns, FittedState(vars(classifier)))]
    networks = []
    for weight, encoder, network in zip(
        classifier.network_weights_, classifier.encoders_, classifier.networks_, strict=True
    ):
        encoding, state = encoder._encoding(), FittedState(vars(network))
        columns = np.concatenate([encoding.column, encoding.category_column, encoding.gap_column])
        dtype = state.coefs_[0].dtype

        def encode(table: Array, encoding: Any = encoding, dtype: Any = dtype) -> Array:
            return np.asarray(encoding(table, dtype))

        networks.append(_Network(float(weight), encode, columns, state))
    return networks


def _output(classifier: Any, target: Any) -> Callable[[Array], Array]:
    """Return the function from logits (m, k) to the log-odds (m,) of the target."""
    classes = classifier.classes_.tolist()
    binary, softmax = len(classes) == 2, classifier.out_activation_ == "softmax"
    if target is None and classifier.n_outputs_ == 1:
        target = classes[-1]
    if target not in classes:
        what = "has more than two classes or labels" if target is None else f"has no {target!r}"
        raise ValueError(f"The classifier {what}: pass as target one of {classes}.")
    k = classes.index(target)
    if softmax:
        return lambda Z2: Z2[:, k] - logsumexp(np.delete(Z2, k, axis=1), axis=1)
    if binary and classifier.n_outputs_ == 1:
        return lambda Z2: Z2[:, 0] if k else -Z2[:, 0]
    return lambda Z2: Z2[:, k]


def _spread(networks: list[_Network], encoded: list[Array], j: int) -> float:
    """Return about how much a column changes the logits."""
    spread = 0.0
    for network, part in zip(networks, encoded, strict=True):
        outgoing = np.linalg.norm(network.state.coefs_[1], axis=1)
        spread += network.weight * float(network.parts(part, j).std(axis=0) @ outgoing)
    return spread


def _effect(
    name: str, x: Array, categories: Any, has_gaps: bool, log_odds: Callable[[Array], Array]
) -> ColumnEffect:
    """Return the effect of a column with the values x in the rows."""
    gap = np.isnan(x)
    if categories is not None:
        numbers, counts = np.unique(x, return_counts=True)
        order = np.argsort(-counts, kind="stable")[:MAX_CATEGORIES]
        grid, shares = numbers[order], counts[order] / len(x)
        labels = {i: _label(known) for i, known in enumerate(categories.tolist())}
        values = [
            "missing" if v != v else labels.get(int(v), "none of these") for v in grid.tolist()
        ]
        means = log_odds(grid)
        return ColumnEffect(
            name, np.array(values, object), means, True, None, shares, _deviation(means, shares)
        )
    data = x[~gap]
    distinct = np.unique(data)
    if len(distinct) > len(GRID_QUANTILES):
        distinct = np.unique(np.quantile(data, GRID_QUANTILES, method="inverted_cdf"))
    means = log_odds(distinct)
    missing = float(log_odds(np.array([np.nan]))[0]) if has_gaps else None
    at_rows = np.interp(data, distinct, means) if len(distinct) else data
    if missing is not None:
        at_rows = np.append(at_rows, np.full(gap.sum(), missing))
    return ColumnEffect(name, distinct, means, False, missing, data, float(at_rows.std()))


def _label(category: Any) -> str:
    return f"{category:g}" if isinstance(category, float) else str(category)


def _deviation(values: Array, shares: Array) -> float:
    """Return the weighted standard deviation."""
    mean = np.average(values, weights=shares)
    return float(np.sqrt(np.average((values - mean) ** 2, weights=shares)))
