"""
A rare class: class weights or a threshold?
===========================================

The data describe 442 people with diabetes by ten measurements each. The class of interest are the
69 people whose disease had advanced most a year later. This example compares two ways to find more
of them: ``class_weight``, which changes the training, and ``TunedThresholdClassifierCV``, which
changes the decision.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.calibration import CalibrationDisplay
from sklearn.datasets import load_diabetes
from sklearn.metrics import (
    PrecisionRecallDisplay,
    balanced_accuracy_score,
    log_loss,
    precision_score,
    recall_score,
)
from sklearn.model_selection import StratifiedKFold, TunedThresholdClassifierCV

from skshallow import ShallowNetClassifier

# %%
# The rows are few and noisy, so the penalty is stronger than the default: ``alpha=10``.

X, progression = load_diabetes(return_X_y=True, scaled=False)
y = (progression >= np.quantile(progression, 0.85)).astype(int)

models = {
    "plain": ShallowNetClassifier(alpha=10, random_state=0),
    "class_weight": ShallowNetClassifier(alpha=10, class_weight="balanced", random_state=0),
    "tuned threshold": TunedThresholdClassifierCV(
        ShallowNetClassifier(alpha=10, random_state=0), scoring="balanced_accuracy"
    ),
}

# %%
# Every row is predicted by a model that was not trained on it. The threshold, too, is tuned on
# training rows only, in a cross-validation of its own.

predicted = {name: np.zeros(len(y), int) for name in models}
probability = {name: np.zeros(len(y)) for name in models}
for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(X, y):
    for name, model in models.items():
        model.fit(X[train], y[train])
        predicted[name][test] = model.predict(X[test])
        probability[name][test] = model.predict_proba(X[test])[:, 1]

table = pd.DataFrame(
    {
        name: {
            "recall": recall_score(y, predicted[name]),
            "precision": precision_score(y, predicted[name]),
            "balanced accuracy": balanced_accuracy_score(y, predicted[name]),
            "log-loss": log_loss(y, probability[name]),
            "mean probability": probability[name].mean(),
        }
        for name in models
    }
).T
one_decimal = dict.fromkeys(table.columns[:2], "{:.1f}".format)
print(table.to_string(formatters=one_decimal, float_format="{:.2f}".format))

# %%
# Both ways find far more of the rare cases than the plain decision at 0.5, with more false alarms.
# They differ in the probabilities.

fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4.5), layout="constrained")
for name, color in (("plain", "C0"), ("class_weight", "C1")):
    PrecisionRecallDisplay.from_predictions(
        y, probability[name], name=name, ax=left, curve_kwargs={"color": color}
    )
for (name, marker), color in zip(
    {"plain": "o", "class_weight": "o", "tuned threshold": "s"}.items(),
    ("C0", "C1", "C0"),
    strict=True,
):
    left.plot(
        recall_score(y, predicted[name]),
        precision_score(y, predicted[name]),
        marker,
        color=color,
        markersize=10,
        label=f"decisions, {name}",
    )
left.set(title="Precision and recall", xlabel="recall", ylabel="precision")
left.legend(loc="upper right", fontsize="small")
for name in ("plain", "class_weight"):
    CalibrationDisplay.from_predictions(
        y, probability[name], n_bins=6, strategy="quantile", name=name, ax=right
    )
right.set(title="Calibration", xlabel="predicted probability", ylabel="share of the rare class")
plt.show()

# %%
# Left: class weights hardly change the curve. They choose another point on it, and so does the
# threshold. Right: the probabilities of the plain network are about right. Those of the weighted
# network are too high everywhere, because they are probabilities for data in which both classes are
# equally frequent.
#
# So tune the threshold if you also use the probabilities. Use class weights if there are more than
# two classes, because then there is no single threshold to move. :doc:`The user guide
# </user_guide/imbalance>` has more on the choice.
