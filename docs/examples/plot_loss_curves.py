"""
Train longer, or penalise more? Reading loss curves
===================================================

Does the network need more epochs, a larger penalty, or nothing? The training loss and the
validation loss of each epoch tell. The data are 569 tumours, described by 30 measurements each.
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
# With ``early_stopping=False``, the loss of ``X_val`` is only recorded. With ``tol=0`` and
# ``n_iter_no_change=60``, training runs for all 60 epochs. The warning that it has not converged by
# then is silenced here, because the curves show it.


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
loss_curves(axes[1], "No penalty: alpha=0", alpha=0)
loss_curves(axes[2], "Penalised: alpha=3", alpha=3)
for ax in axes[1:]:
    ax.set_ylabel("")
plt.show()

# %%
# - **Left, under-fitting.** Both curves still fall in the last epoch. More epochs or a larger
#   learning rate would help.
# - **Middle, over-fitting.** The training loss goes to 0, while the validation loss starts to rise:
#   the network becomes more and more confident in its errors.
# - **Right.** Both curves level off and stay there. The training loss is higher because it includes
#   the penalty. The validation loss does not include it.
#
# By default you do not have to do anything: part of the training rows are held out, and training
# stops when the validation loss has not improved by ``tol`` in ``n_iter_no_change`` epochs. The dot
# is the epoch with the lowest validation loss, and the weights of this epoch are kept. It may be
# the very last epoch: an epoch that improves the loss by less than ``tol``, 0.002 by default, does
# not prolong the training, but its weights are kept.

clf = ShallowNetClassifier(random_state=0).fit(X_train, y_train)
LossCurveDisplay.from_estimator(clf).ax_.set_title("The defaults")
plt.show()
print(f"stopped after {clf.n_iter_} epochs, accuracy {clf.score(X_val, y_val):.3f}")

# %%
# The answer
# ----------
# Both curves fall at the end: train longer or faster. The validation loss rises: raise ``alpha``.
# Both level off: change nothing. With the defaults, early stopping takes care of the first two.
