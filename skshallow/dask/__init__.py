"""The classifier for data on a Dask cluster.

It needs dask and distributed: ``pip install 'skshallow[dask]'``.
"""

from ._classifier import DaskShallowNetClassifier

__all__ = ["DaskShallowNetClassifier"]
