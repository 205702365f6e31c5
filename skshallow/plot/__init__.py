"""Pictures of fitted classifiers, by scikit-learn's Display convention.

They need matplotlib: ``pip install 'skshallow[plot]'``.
"""

from ._hidden_units import HiddenUnitsDisplay
from ._loss_curve import LossCurveDisplay

__all__ = ["HiddenUnitsDisplay", "LossCurveDisplay"]
