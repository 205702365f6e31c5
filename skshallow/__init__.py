"""A neural-network classifier with one hidden layer, for scikit-learn."""

from ._classifier import ShallowNetClassifier

__version__ = "0.1.0"

__all__ = ["ShallowNetClassifier"]

# Stored models then name no private module.
ShallowNetClassifier.__module__ = __name__
