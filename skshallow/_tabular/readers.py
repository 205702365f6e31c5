"""The networks of a TabularNetClassifier, with the encoders by which they read the table."""

from typing import Any, NamedTuple

import numpy as np

from .._classifier import ShallowNetClassifier
from .._data.encoding import EncodedTable
from .._data.validation import Samples, errors_about
from .._settings import Settings
from .._sklearn import CONSTRAINTS
from .encoder import PiecewiseLinearEncoder
from .tables import check_table, learn_table, read_table

__all__ = ["PiecewiseLinearEncoder", "Reader", "ShallowNetClassifier", "Tables", "new_readers"]

# Bins are many columns, so the network that reads them needs a larger penalty. A few rows cannot
# bear it: below ROWS_FOR_PENALTY it is the same. From ROWS_FOR_MORE rows on it grows with them.
ALPHA_OF_BINS, ROWS_FOR_PENALTY = 3.0, 20
ROWS_FOR_MORE, LARGEST_ALPHA = 8000, 36.0


class Tables(NamedTuple):
    """The training rows and those for validation, with tables of numbers as X."""

    samples: Samples
    validation: Samples | None
    warnings: list[str]


class Reader(NamedTuple):
    """An encoder and the network that reads the table by it."""

    encoder: PiecewiseLinearEncoder
    network: ShallowNetClassifier

    @property
    def settings(self) -> Settings:
        """The settings of the network's fit."""
        return Settings.of(self.network, CONSTRAINTS)

    def encoded(self, tables: Tables) -> tuple[Samples, Samples | None]:
        """Return the samples as the network reads them."""
        encoding = self.encoder._encoding()

        def encode(samples: Samples) -> Samples:
            X = EncodedTable(samples.X, encoding, np.float32)
            return samples._replace(X=X, feature_names=None)

        return encode(tables.samples), tables.validation and encode(tables.validation)


def new_readers(
    samples: Samples, validation: Samples | None, parameters: dict[str, Any]
) -> tuple[Tables, list[Reader]]:
    """Read the tables; return a reader without bins and, if any column has bins, one with bins.

    ``parameters`` are those of the estimator.
    """
    n_bins = parameters.pop("n_bins")
    categorical_features = parameters.pop("categorical_features")
    alpha = parameters.pop("alpha")
    table, statistics = learn_table(samples.X, categorical_features, samples.weights)
    if validation is not None:
        with errors_about("X_val"):
            table_val = read_table(validation.X, statistics.categories)
        validation = validation._replace(X=table_val)

    def new_reader(n_bins: Any, alpha: float) -> Reader:
        encoder = PiecewiseLinearEncoder(n_bins, categorical_features=categorical_features)
        check_table(encoder, samples.X, reset=True)  # stores the names of the columns
        network = ShallowNetClassifier(alpha=alpha, **parameters)
        return Reader(encoder._learn(statistics), network)

    n_rows = statistics.total_weight
    factor = min(max(n_rows / ROWS_FOR_PENALTY, 1), ALPHA_OF_BINS)
    factor = min(factor * max(n_rows / ROWS_FOR_MORE, 1), LARGEST_ALPHA)
    readers = [new_reader(1, alpha), new_reader(n_bins, factor * alpha)]
    if not readers[1].encoder._encoding().has_bins:
        del readers[1]
    return Tables(samples._replace(X=table), validation, statistics.warnings), readers
