"""Pictures of fitted classifiers, by scikit-learn's Display convention.

They need matplotlib: ``pip install 'skshallow[plot]'``.
"""

from ._effects import EffectsDisplay
from ._hidden_units import HiddenUnitsDisplay
from ._loss_curve import LossCurveDisplay

__all__ = ["EffectsDisplay", "HiddenUnitsDisplay", "LossCurveDisplay"]
