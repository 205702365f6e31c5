"""
Reading loss curves
===================

The loss of the training rows, and of rows that the network has not seen, epoch by epoch. Together
they tell whether to train for longer, to penalise more, or to leave it at that. The data: 569
tumours, described by 30 measurements each.
"""

import warnings

import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from skshallow import ShallowNetClassifier
from skshallow.plot import LossCurveDisplay

X, y = load_breast_cancer(return_X_y=True)
X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.4, stratify=y, random_state=0)


# %%
# With ``early_stopping=False`` the loss of ``X_val`` is only recorded, and with ``tol=0`` and
# ``n_iter_no_change=60`` training goes on for all of the 60 epochs. The warning that it did not
# converge by then is silenced here: the curves show it.


def loss_curves(ax, title, **params):
    clf = ShallowNetClassifier(
        max_iter=60, tol=0, n_iter_no_change=60, early_stopping=False, random_state=0, **params
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        clf.fit(X_train, y_train, X_val=X_val, y_val=y_val)
    LossCurveDisplay.from_estimator(clf, ax=ax)
    ax.set(title=title, ylim=(0, 0.7))


fig, axes = plt.subplots(1, 3, figsize=(12, 4), sharey=True, layout="constrained")
loss_curves(axes[0], "Too slow: learning_rate=0.0003", learning_rate=0.0003)
loss_curves(axes[1], "Too free: alpha=0", alpha=0)
loss_curves(axes[2], "Penalised: alpha=3", alpha=3)
for ax in axes[1:]:
    ax.set_ylabel("")
plt.show()

# %%
# - **Left, under-fitting.** Both curves still fall when the epochs run out. More epochs or a larger
#   learning rate would help.
# - **Middle, over-fitting.** The training loss goes to 0, while that of the other rows turns and
#   rises: the network grows ever surer of its mistakes.
# - **Right.** Both level off, and stay. The training loss is the higher one because it includes the
#   penalty, and the loss of the validation rows does not.
#
# By default there is nothing to do: part of the training rows are held out, and training stops when
# their loss got no better by ``tol`` in ``n_iter_no_change`` epochs. The dot is the epoch with the
# least loss, whose weights are given back. It may even be the very last: an epoch that gains less
# than ``tol``, 0.002 by default, does not prolong the training, but its weights are kept.

clf = ShallowNetClassifier(random_state=0).fit(X_train, y_train)
LossCurveDisplay.from_estimator(clf).ax_.set_title("The defaults")
plt.show()
print(f"stopped after {clf.n_iter_} epochs, accuracy {clf.score(X_val, y_val):.3f}")
