"""PiecewiseLinearEncoder: a raw table in, columns for a linear model or a network out."""

import copy
import warnings
from typing import Any, ClassVar, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from .._data.encoding import Encoding
from .._data.rows import BLOCK_ROWS
from .._data.validation import check_weights
from .._settings import Auto, Int
from .._sklearn import (
    ENCODER_CONSTRAINTS,
    check_feature_names_in,
    fit_context,
)
from .._typing import Array
from .persistence import ENCODER
from .tables import TableStatistics, check_table, learn_table, read_table

# "auto": more rows allow more bins, and so do few columns. With thousands of bins a network would
# take too long.
ROWS_PER_BIN, MOST_BINS = 3000, 32
FEWEST_BINS, BINS_OF_FEW_COLUMNS = 8, 16
FEW_BINS_IN_ALL, MOST_BINS_IN_ALL = 128, 1024
ROWS_OF_A_BIN = 20  # with fewer rows, a bin learns their noise


class PiecewiseLinearEncoder(TransformerMixin, BaseEstimator):
    """Encode a table of numbers, categories and gaps for a linear model or a network.

    A column of numbers becomes one column for each of its bins [1]_::

        min(max((x - edge) / width, 0), 1)

    where edge and width are those of the bin. So a linear model of the encoded columns is a
    piecewise linear function of each x, constant outside the edges. The edges are quantiles. If
    many values are equal, quantiles of the distinct values are edges too. A column of two values
    has one bin.

    A category becomes a column of 0 and 1 if its rows have a weight of 5 or more, at most 255 of
    a column. Others, and those that come later, are "none of these": 0 in all of them. A column
    with gaps (NaN, None, NA) gets one more column, which is 1 where there is a gap; its bins are
    those of the median.

    Parameters
    ----------
    n_bins : int or "auto", default="auto"
        Number of bins of a column of numbers; up to twice as many if many of its values are equal.
        "auto" is 128 divided by the number of columns with more than two values, at most 16 and a
        20th of the rows, at least 8; or a 3,000th of the rows, if that is more, to 32; but at most
        about 1,024 bins in all columns. 1 is linear within 5 interquartile ranges of the median.
    categorical_features : "from_dtype", array-like of bool, int or str, or None, \
            default="from_dtype"
        Which columns are categories: those whose dtype in a data frame says so, or those listed by
        a boolean mask, by their positions or by their names. Columns of text are always categories.
    sparse_output : bool, default=False
        Whether :meth:`transform` returns a sparse array, for columns of many categories.

    Attributes
    ----------
    bin_edges_ : list of n_features ndarrays
        Ascending edges of the bins; none for categories, and for a column of a single value.
    categories_ : list of n_features ndarrays or None
        The categories that have a column; None for numbers.
    medians_ : ndarray of shape (n_features,)
        What the bins take for a gap.
    has_gaps_ : ndarray of bool of shape (n_features,)
        Which columns had gaps in fit.
    n_features_in_ : int
        Number of columns in fit.
    feature_names_in_ : ndarray of shape (n_features,)
        Their names, if all are strings.

    See Also
    --------
    TabularNetClassifier : Reads tables with this encoder.
    sklearn.preprocessing.KBinsDiscretizer : Bins with a constant value.
    sklearn.preprocessing.SplineTransformer : Splines, of numbers without gaps.

    References
    ----------
    .. [1] Gorishniy, Rubachev and Babenko, "On embeddings for numerical features in tabular deep
       learning", NeurIPS 2022.

    Examples
    --------
    >>> import numpy as np
    >>> from skshallow import PiecewiseLinearEncoder
    >>> X = np.arange(5.0).reshape(-1, 1)
    >>> PiecewiseLinearEncoder(n_bins=2).fit_transform(X)
    array([[0. , 0. ],
           [0.5, 0. ],
           [1. , 0. ],
           [1. , 0.5],
           [1. , 1. ]])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = ENCODER_CONSTRAINTS

    def __init__(
        self,
        n_bins: Int | Auto = "auto",
        *,
        categorical_features: Any = "from_dtype",
        sparse_output: bool = False,
    ) -> None:
        self.n_bins = n_bins
        self.categorical_features = categorical_features
        self.sparse_output = sparse_output

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Find the edges of the bins and the categories.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Columns of numbers, booleans, text or categories, with gaps.
        y : None
            Ignored.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights of the rows; 1 each by default. A row of weight 2 is that row
            twice.

        Returns
        -------
        self : PiecewiseLinearEncoder
            The fitted encoder.

        Raises
        ------
        TypeError
            If X is sparse, or has a column of dates or of other objects.
        ValueError
            If a column mixes text and numbers, or if ``categorical_features`` are not those of X.

        Warns
        -----
        UserWarning
            If most values of a column of text are numbers, or if no category is frequent enough.

        Examples
        --------
        >>> from skshallow import PiecewiseLinearEncoder
        >>> encoder = PiecewiseLinearEncoder(n_bins=2).fit([[1.0], [2.0], [3.0], [5.0], [8.0]])
        >>> encoder.bin_edges_
        [array([1., 3., 8.])]
        """
        fitted = copy.copy(self)  # an error leaves the encoder as it was
        X = check_table(fitted, X, reset=True)
        weights = check_weights(sample_weight, X)
        statistics = learn_table(X, self.categorical_features, weights)[1]
        fitted._learn(statistics)
        self.__dict__ = fitted.__dict__
        for message in statistics.warnings:
            warnings.warn(message, stacklevel=3)
        return self

    def transform(self, X: Any) -> Any:
        """Encode a table.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows with the columns of fit.

        Returns
        -------
        X_encoded : ndarray or csr_array of shape (n_samples, n_columns)
            Values from 0 to 1: first the bins of all columns, then the categories, then the gaps;
            float32 if X is an array of float32 without categories, else float64.

        Raises
        ------
        NotFittedError
            If the encoder is not fitted.
        TypeError, ValueError
            As in :meth:`fit`; also for text in a column that had numbers.

        Examples
        --------
        >>> from skshallow import PiecewiseLinearEncoder
        >>> encoder = PiecewiseLinearEncoder(n_bins=1).fit([["a"], ["b"], ["a"]] * 5)
        >>> encoder.transform([["a"], ["b"], ["c"]])
        array([[1., 0.],
               [0., 1.],
               [0., 0.]])
        """
        check_is_fitted(self)
        fitted = copy.copy(self)  # no other thread refits this copy
        table = read_table(check_table(fitted, X, reset=False), fitted.categories_)
        encoding = fitted._encoding()
        blocks = (
            encoding(table[start : start + BLOCK_ROWS], table.dtype)
            for start in range(0, len(table), BLOCK_ROWS)
        )
        if self.sparse_output:
            return sparse.csr_array(sparse.vstack([sparse.csr_array(block) for block in blocks]))
        encoded = np.empty((len(table), encoding.n_columns), table.dtype)
        for i, block in enumerate(blocks):
            encoded[i * BLOCK_ROWS : (i + 1) * BLOCK_ROWS] = block
        return encoded

    def get_feature_names_out(self, input_features: Any = None) -> Array:
        """Names of the encoded columns: "age_bin0", "color_red", "age_missing".

        Parameters
        ----------
        input_features : array-like of str, default=None
            Names of the columns, if fit saw none.

        Returns
        -------
        names : ndarray of shape (n_columns,)
            One name for each column of :meth:`transform`.

        Examples
        --------
        >>> from skshallow import PiecewiseLinearEncoder
        >>> encoder = PiecewiseLinearEncoder(n_bins=2).fit([[1.0], [2.0], [3.0], [None]])
        >>> encoder.get_feature_names_out(["age"])
        array(['age_bin0', 'age_bin1', 'age_missing'], dtype=object)
        """
        check_is_fitted(self)
        fitted = copy.copy(self)  # no other thread refits this copy
        names = check_feature_names_in(fitted, input_features)
        encoding = fitted._encoding()
        single = {j for j, edges in enumerate(fitted.bin_edges_) if len(edges) == 2}
        first = {j: i for i, j in reversed(list(enumerate(encoding.column.tolist())))}
        bins = [
            names[j] if j in single else f"{names[j]}_bin{i - first[j]}"
            for i, j in enumerate(encoding.column.tolist())
        ]
        categories = [
            f"{names[j]}_{category:.17g}"
            if isinstance(category, float)
            else f"{names[j]}_{category}"
            for j, known in enumerate(fitted.categories_)
            for category in ([] if known is None else known.tolist())
        ]
        gaps = [f"{names[j]}_missing" for j in encoding.gap_column.tolist()]
        return np.array(_made_unique([*bins, *categories, *gaps]), dtype=object)

    def _learn(self, statistics: TableStatistics) -> Self:
        """Find the edges of the bins."""
        self.categories_ = statistics.categories
        n_bins = self._resolve_n_bins(statistics)
        self.bin_edges_ = [
            np.empty(0) if one is None else one.bin_edges(n_bins)
            for one in statistics.distributions
        ]
        self.medians_ = np.array(
            [0.0 if one is None else one.median for one in statistics.distributions]
        )
        self.has_gaps_ = statistics.has_gaps
        return self

    def _resolve_n_bins(self, statistics: TableStatistics) -> int:
        if not isinstance(self.n_bins, str):
            return int(self.n_bins)
        distributions = [one for one in statistics.distributions if one is not None]
        n_numbers = sum(len(one.values) > 2 for one in distributions)  # others need one bin at most
        by_rows = int(statistics.total_weight / ROWS_PER_BIN)
        by_columns = min(
            FEW_BINS_IN_ALL // max(n_numbers, 1),
            BINS_OF_FEW_COLUMNS,
            int(statistics.total_weight / ROWS_OF_A_BIN),
        )
        n_bins = min(max(by_rows, by_columns, FEWEST_BINS), MOST_BINS)
        return max(min(n_bins, MOST_BINS_IN_ALL // max(n_numbers, 1)), 1)

    def _encoding(self) -> Encoding:
        """Return what the encoded columns are made of."""
        edges, n_columns = self.bin_edges_, len(self.bin_edges_)
        n_categories = [0 if known is None else len(known) for known in self.categories_]
        numbers, columns = range(n_columns), np.arange(n_columns)
        return Encoding(
            fill=self.medians_,
            column=np.repeat(columns, [max(len(edges[j]) - 1, 0) for j in numbers]),
            edge=np.concatenate([edges[j][:-1] for j in numbers]),
            width=np.concatenate([np.diff(edges[j]) for j in numbers]),
            category_column=np.repeat(columns, n_categories),
            category=np.concatenate([np.arange(n) for n in n_categories]),
            gap_column=np.flatnonzero(self.has_gaps_),
        )

    def __copy__(self) -> Self:
        # Without the checksum, all attributes at once.
        copied = type(self).__new__(type(self))
        copied.__dict__.update(vars(self))
        return copied

    def __getstate__(self) -> dict[str, Any]:
        return ENCODER.to_store(super().__getstate__(), PiecewiseLinearEncoder)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(ENCODER.loaded(state, type(self)))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _made_unique(names: list[str]) -> list[str]:
    """Append "_" to names that occur before, such as "age_missing" of a gap and of a column."""
    unique: dict[str, None] = {}
    for name in names:
        while name in unique:
            name += "_"
        unique[name] = None
    return list(unique)
