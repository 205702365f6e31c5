"""A neural-network classifier with one hidden layer, for scikit-learn."""

from ._classifier import ShallowNetClassifier
from ._tabular.classifier import TabularNetClassifier
from ._tabular.encoder import PiecewiseLinearEncoder

__version__ = "0.2.0.dev0"

__all__ = ["PiecewiseLinearEncoder", "ShallowNetClassifier", "TabularNetClassifier"]

# Stored models then name no private module.
for public in (PiecewiseLinearEncoder, ShallowNetClassifier, TabularNetClassifier):
    public.__module__ = __name__
del public
