"""The package without Matplotlib."""

import subprocess
import sys

WITHOUT_MATPLOTLIB = """
import sys
sys.modules["matplotlib"] = None  # its import fails as if it were not installed
from skshallow import ShallowNetClassifier
from skshallow.plot import EffectsDisplay, HiddenUnitsDisplay, LossCurveDisplay
clf = ShallowNetClassifier(2, early_stopping=False).fit([[0.0], [1.0]] * 9, [0, 1] * 9)
for attempt in (
    lambda: LossCurveDisplay.from_estimator(clf),
    lambda: HiddenUnitsDisplay.from_estimator(clf),
    lambda: EffectsDisplay.from_estimator(clf, [[0.0]]),
    lambda: LossCurveDisplay(loss_curve=[1, 2]).plot(),
):
    try:
        attempt()
    except ImportError as error:
        print(error)
"""


def test_error_without_matplotlib_names_the_extra():
    script = [sys.executable, "-W", "ignore", "-c", WITHOUT_MATPLOTLIB]
    printed = subprocess.run(script, capture_output=True, text=True, check=True).stdout
    assert printed.count("pip install 'skshallow[plot]'") == 4


def test_import_does_not_load_matplotlib():
    script = "import sys, skshallow.plot; print('matplotlib' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.stdout.strip() == "False"
