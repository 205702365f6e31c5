"""
Which columns matter, and how?
==============================

Permutation importance tells how much worse the predictions get when a column is shuffled, and
partial dependence how they change with its value. Both only need a fitted classifier. The data:
442 people with diabetes, ten measurements each, and whether the disease had advanced more than
in half of them a year later.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.inspection import PartialDependenceDisplay, permutation_importance
from sklearn.model_selection import train_test_split

from skshallow import ShallowNetClassifier

X, progression = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
X = X.rename(columns={"bp": "blood pressure", "s5": "log triglycerides"})
y = (progression > progression.median()).astype(int)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
clf = ShallowNetClassifier(random_state=0).fit(X_train, y_train)
print(f"accuracy {clf.score(X_test, y_test):.2f}")

# %%
# Importance is measured on test rows: on training rows it would praise what was learned by heart.
# The score is the log-loss, which moves with every probability.

importance = permutation_importance(
    clf, X_test, y_test, scoring="neg_log_loss", n_repeats=20, random_state=0
)
order = np.argsort(importance.importances_mean)
fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.boxplot(importance.importances[order].T, orientation="horizontal", tick_labels=X.columns[order])
ax.axvline(0, color="black", linewidth=0.8)
ax.set(title="Permutation importance", xlabel="rise of the log-loss")
plt.show()

# %%
# Where the box lies across 0, the column is worth nothing to this network, or another one says the
# same: s1 and s2, total and LDL cholesterol, are correlated by 0.9.
#
# For the two most important columns: each thin line is one person, whose other measurements stay
# what they are.

top = X.columns[order[::-1][:2]]
fig, axes = plt.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
PartialDependenceDisplay.from_estimator(
    clf, X_test, top, kind="both", random_state=0, ax=axes, pd_line_kw={"color": "C1"}
)
fig.suptitle("Probability that the disease advances, by one column at a time")
plt.show()

# %%
# Some lines rise early and some late: one column decides most where the others leave it open. Both
# at a time, as contours that run almost straight: the two add up rather than depend on each other.

fig, ax = plt.subplots(figsize=(5.5, 4.5), layout="constrained")
PartialDependenceDisplay.from_estimator(clf, X_test, [tuple(top)], ax=ax)
plt.show()
