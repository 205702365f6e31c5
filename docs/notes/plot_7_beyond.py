"""
7. What the notes leave out
===========================

``ShallowNetClassifier`` does some things that are not in the notes. The result still has the same
form: two weight matrices and two bias vectors that apply to the raw data.
"""

# %%
# Standardised inputs
# -------------------
# The classifier trains on (x - mean) / scale, because gradient descent works better on such inputs.
# At the end it folds the scaling into the first layer:
#
# .. math::
#    \frac{x - \text{mean}}{\text{scale}} W_1 + b_1 =
#    x \, \frac{W_1}{\text{scale}} + \left( b_1 - \text{mean} \, \frac{W_1}{\text{scale}} \right)
#
# .. literalinclude:: /../skshallow/_data/scaling.py
#    :caption: skshallow/_data/scaling.py
#    :pyobject: Scaling.fold
#    :dedent:
#
# So the formula of the notes applies to the raw ``X``:

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

from skshallow import ShallowNetClassifier

X, y = load_breast_cancer(return_X_y=True)
clf = ShallowNetClassifier(activation="tanh", random_state=0).fit(X, y)
(W1, W2), (b1, b2) = clf.coefs_, clf.intercepts_
by_hand = expit(np.tanh(X @ W1 + b1) @ W2 + b2)
print("largest difference:", abs(by_hand[:, 0] - clf.predict_proba(X)[:, 1]).max())

# %%
# An ensemble
# -----------
# By default, ``n_estimators=3`` networks are trained together, and their logits are averaged. The
# hidden units of all members are the columns of one ``W1``, so one product computes them all. The
# mean is again a network of the form in the notes: its ``W2`` contains the ``W2`` of all members on
# top of one another, divided by their number.
#
# .. literalinclude:: /../skshallow/_network/network.py
#    :caption: skshallow/_network/network.py
#    :pyobject: Network.to_single_network
#    :dedent:
#
# The mean of several networks is usually better than one of them, and depends less on the seed. The
# following plot shows this for handwritten digits:

digits = load_digits()
X_train, X_test, y_train, y_test = train_test_split(
    digits.data, digits.target, stratify=digits.target, random_state=0
)
sizes = [1, 2, 4, 8, 16]
losses = [
    [
        log_loss(
            y_test,
            ShallowNetClassifier(n_estimators=size, random_state=seed)
            .fit(X_train, y_train)
            .predict_proba(X_test),
        )
        for seed in range(10)
    ]
    for size in sizes
]
_, ax = plt.subplots(figsize=(6, 3.4), layout="constrained")
ax.boxplot(losses, tick_labels=sizes)
ax.set(xlabel="networks in the ensemble", ylabel="log-loss on held-out rows, ten seeds")
ax.spines[["top", "right"]].set_visible(False)

# %%
# The first few networks help most; more than eight hardly help.

# %%
# When to stop
# ------------
# Training "until converged" means until the validation loss, which is the loss on held-out rows, no
# longer improves. Each member of the ensemble holds out different rows for its validation loss, so
# the ensemble trains on all rows. The steps of Adam oscillate, so the validation loss is computed
# for a running mean of the weights over the last epochs. This mean is also what is kept.
#
# .. literalinclude:: /../skshallow/_solvers/objective.py
#    :caption: skshallow/_solvers/objective.py
#    :pyobject: Objective.validation_loss

print(f"stopped after {clf.n_iter_} epochs")
print("held-out loss by epoch:", clf.validation_loss_curve_.round(3))

# %%
# Weights and a penalty
# ---------------------
# The samples may have weights w, and a penalty is added for large weights of the network:
#
# .. math::
#    J = \frac{1}{\sum w} \left[ \sum w_i L_i
#    + \frac{\text{alpha}}{2} \left( \lVert W_1 \rVert^2 + \lVert W_2 \rVert^2 \right) \right]
#
# Equal rows are merged before training, so a row of weight 2 gives exactly the same model as two
# equal rows:

twice = np.concatenate([X, X[:100]]), np.concatenate([y, y[:100]])
weights = np.where(np.arange(len(X)) < 100, 2, 1)
repeated = ShallowNetClassifier(random_state=0).fit(*twice)
weighted = ShallowNetClassifier(random_state=0).fit(X, y, sample_weight=weights)
print("equal:", np.array_equal(repeated.predict_proba(X), weighted.predict_proba(X)))

# %%
# Other solvers
# -------------
# "adam" and "sgd" take a step after each mini-batch. "lbfgs" estimates the curvature of the cost
# from its previous steps. All solvers use the same function, ``Network.cost_and_gradient``. The
# dots are the cost at the fitted weights:

_, ax = plt.subplots(figsize=(6, 3.6), layout="constrained")
for solver in ("gd", "sgd", "adam", "lbfgs"):
    model = ShallowNetClassifier(solver=solver, tol=1e-4, early_stopping=False, random_state=0)
    model.set_params(max_iter=2000).fit(X, y)
    epochs = range(1, model.n_iter_ + 1)
    (line,) = ax.plot(epochs, model.loss_curve_, label=solver, linewidth=2)
    ax.plot(model.n_iter_, model.loss_, "o", color=line.get_color())
ax.set(xlabel="epoch or iteration", ylabel="cost J", xscale="log", yscale="log")
ax.spines[["top", "right"]].set_visible(False)
ax.legend()

# %%
# "gd" and "lbfgs" decrease the cost until it falls by less than ``tol``. The curve of "adam" is
# the mean cost over the batches of each epoch. It oscillates, because the steps do, and it ends
# after a few epochs without improvement. The fitted weights are the mean of the weights over the
# last epochs. Their cost is lower than every point of the curve.
