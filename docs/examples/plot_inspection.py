"""
Permutation importance and partial dependence
=============================================

Permutation importance measures how much worse the predictions become when a column is shuffled.
Partial dependence shows how they change with the value of a column. Both only need a fitted
classifier. The data describe 442 people with diabetes by ten measurements each. The target is
whether the disease had advanced more than in half of them a year later.
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
# The importance is measured on test rows. On training rows, it would be too high for columns that
# the network overfits. The score is the log-loss, which changes with every probability.

importance = permutation_importance(
    clf, X_test, y_test, scoring="neg_log_loss", n_repeats=20, random_state=0
)
order = np.argsort(importance.importances_mean)
fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.boxplot(importance.importances[order].T, orientation="horizontal", tick_labels=X.columns[order])
ax.axvline(0, color="black", linewidth=0.8)
ax.set(title="Permutation importance", xlabel="increase of the log-loss")
plt.show()

# %%
# If the box of a column includes 0, the column is useless to this network, or another column
# contains the same information: s1 and s2, total and LDL cholesterol, have a correlation of 0.9.
#
# The next plot shows the two most important columns. Each thin line is one person, whose other
# measurements are kept constant.

top = X.columns[order[::-1][:2]]
fig, axes = plt.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
PartialDependenceDisplay.from_estimator(
    clf, X_test, top, kind="both", random_state=0, ax=axes, pd_line_kw={"color": "C1"}
)
fig.suptitle("Probability that the disease advances, by one column at a time")
plt.show()

# %%
# Some lines rise early and some late: a column has most effect if the other columns leave the
# decision open. The following plot shows both columns at a time. The contours are almost straight,
# so the effects of the two columns add up rather than depend on each other.

fig, ax = plt.subplots(figsize=(5.5, 4.5), layout="constrained")
PartialDependenceDisplay.from_estimator(clf, X_test, [tuple(top)], ax=ax)
plt.show()
