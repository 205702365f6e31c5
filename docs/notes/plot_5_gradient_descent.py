"""
5. Gradient descent
===================

The cost measures how wrong the network is. Its derivatives give the direction in which each weight
increases the cost. Gradient descent moves each weight a step in the opposite direction, and repeats
this until the cost no longer decreases.
"""

# %%
# The cost
# --------
# .. math::
#    J(W_1, b_1, W_2, b_2) = \frac{1}{m} \sum_{i=1}^m L(\hat{y}{}_i, y_i), \qquad
#    L(\hat{y}, y) = -[\, y \, \log \hat{y} + (1 - y) \, \log (1 - \hat{y}) \,]
#
# skshallow computes the loss of a sample from the logit, not from the probability: a very small one
# would be rounded to 0, and its logarithm would be minus infinity. If ``alpha`` is not 0, a penalty
# is added to the cost.
#
# .. literalinclude:: /../skshallow/_network/outputs.py
#    :caption: skshallow/_network/outputs.py
#    :pyobject: sigmoid_cross_entropy
#
# .. literalinclude:: /../skshallow/_solvers/objective.py
#    :caption: skshallow/_solvers/objective.py
#    :pyobject: Objective.loss_and_gradient
#    :dedent:

# %%
# Forward and backward
# --------------------
# The forward pass computes the values, the backward pass the derivatives, by the chain rule.
# ``dZ1`` is the derivative of J with respect to ``Z1``. The backward pass uses values from the
# forward pass. (``draw_computation_graph`` is a helper for this figure only; it is in the file to
# download at the end of the page.)

import matplotlib.pyplot as plt


# sphinx_gallery_start_ignore
def draw_computation_graph():
    steps = {
        0: ("X", ""),
        1.2: ("Z1 = X W1 + b1", "dW1 = Xᵀ dZ1 / m\ndb1 = Σ dZ1 / m"),
        3: ("A1 = g(Z1)", "dZ1 = (dZ2 W2ᵀ) * g'(Z1)"),
        4.8: ("Z2 = A1 W2 + b2", "dW2 = A1ᵀ dZ2 / m\ndb2 = Σ dZ2 / m"),
        6.6: ("A2 = sigmoid(Z2)", "dZ2 = A2 - Y"),
        7.9: ("J", ""),
    }
    _, ax = plt.subplots(figsize=(8, 1.8), layout="constrained")
    box = {"boxstyle": "round,pad=0.5", "facecolor": "C0", "edgecolor": "none"}
    middle = {"ha": "center", "va": "center", "fontsize": 9}
    for place, (forward, backward) in steps.items():
        ax.text(place, 1, forward, color="white", bbox=box, **middle)
        ax.text(place, -0.65, backward, color="C3", **middle)
    ax.annotate("", (7.9, 0.4), (0, 0.4), arrowprops={"arrowstyle": "->", "color": "C0"})
    ax.annotate("", (0, 0), (7.9, 0), arrowprops={"arrowstyle": "->", "color": "C3"})
    ax.set(xlim=(-0.5, 8.2), ylim=(-1.1, 1.4))
    ax.axis("off")


# sphinx_gallery_end_ignore
draw_computation_graph()

# %%
# .. math::
#    dZ_2 &= A_2 - Y &
#    dW_2 &= \tfrac{1}{m} A_1^\mathsf{T} dZ_2 &
#    db_2 &= \tfrac{1}{m} \sum dZ_2 \\
#    dZ_1 &= (dZ_2 W_2^\mathsf{T}) * g'(Z_1) &
#    dW_1 &= \tfrac{1}{m} X^\mathsf{T} dZ_1 &
#    db_1 &= \tfrac{1}{m} \sum dZ_1
#
# The star is the element-wise product. The sums are over the samples. In NumPy, with
# :math:`g = \tanh`, the whole training loop of the notes is this:

import warnings

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

from skshallow import ShallowNetClassifier

X, y = load_breast_cancer(return_X_y=True)
X, Y = scale(X), y[:, np.newaxis]
m, n, h = *X.shape, 4


def gradient_descent(learning_rate, n_steps):
    rng = np.random.RandomState(0)
    W1, b1 = rng.randn(n, h) * 0.01, np.zeros(h)
    W2, b2 = rng.randn(h, 1) * 0.01, np.zeros(1)
    costs = []
    for _ in range(n_steps + 1):
        A1 = np.tanh(X @ W1 + b1)
        A2 = 1 / (1 + np.exp(-(A1 @ W2 + b2)))
        costs.append(-np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)))
        dZ2 = A2 - Y
        dW2, db2 = A1.T @ dZ2 / m, dZ2.mean(axis=0)
        dZ1 = dZ2 @ W2.T * (1 - A1**2)
        dW1, db1 = X.T @ dZ1 / m, dZ1.mean(axis=0)
        W1 -= learning_rate * dW1
        b1 -= learning_rate * db1
        W2 -= learning_rate * dW2
        b2 -= learning_rate * db2
    return costs


# %%
# In skshallow
# ------------
# ``Network.cost_and_gradient`` contains the same lines for any activation and output. It writes
# each product into preallocated memory. It does not divide by m: the samples have weights ``w``,
# which are divided by their sum before training, so each is 1/m if all are equal. ``work`` contains
# the arrays that ``forward`` fills and those for ``dZ1``. The names with ``members_`` and
# ``_block_diagonal`` separate the members of an ensemble (:doc:`plot_7_beyond`). A product with
# ``ones`` is a sum.
#
# .. literalinclude:: /../skshallow/_network/network.py
#    :caption: skshallow/_network/network.py
#    :pyobject: Network.cost_and_gradient
#    :dedent:
#
# .. literalinclude:: /../skshallow/_solvers/gradient_descent.py
#    :caption: skshallow/_solvers/gradient_descent.py
#    :pyobject: gradient_descent
#
# If everything that is not in the notes is switched off, the two curves are the same:

notes = {
    "hidden_size": h,
    "activation": "tanh",
    "n_estimators": 1,
    "solver": "gd",
    "init": "normal",
    "init_scale": 0.01,
    "alpha": 0,
    "standardize": False,
    "early_stopping": False,
    "tol": 0,
}
warnings.simplefilter("ignore", ConvergenceWarning)  # after 300 steps it has not converged yet
# sphinx_gallery_thumbnail_number = 2
clf = ShallowNetClassifier(**notes, learning_rate=0.5, max_iter=300, random_state=0).fit(X, y)
costs = gradient_descent(learning_rate=0.5, n_steps=300)
print("largest difference:", abs(clf.loss_curve_ - costs[1:]).max())

_, ax = plt.subplots(figsize=(6, 3.6), layout="constrained")
ax.plot(costs, linewidth=5, color="C1", alpha=0.5, label="the loop above")
ax.plot(range(1, 301), clf.loss_curve_, color="C0", label='ShallowNetClassifier(solver="gd", …)')
ax.set(xlabel="step", ylabel="cost J", yscale="log")
ax.spines[["top", "right"]].set_visible(False)
ax.legend()

# %%
# The learning rate
# -----------------
# The learning rate α scales the steps. With 0.02 the steps are too short: in a hundred steps the
# cost hardly decreases. With 2.5 they are about right. With 62.5 they overshoot: the cost rises far
# above its initial value and then jumps up and down.

_, ax = plt.subplots(figsize=(6, 3.6), layout="constrained")
for learning_rate in (0.02, 0.1, 0.5, 2.5, 62.5):
    clf = ShallowNetClassifier(
        **notes, learning_rate=learning_rate, max_iter=100, n_iter_no_change=100, random_state=0
    ).fit(X, y)
    ax.plot(range(1, 101), clf.loss_curve_, label=f"α = {learning_rate}")
ax.set(xlabel="step", ylabel="cost J", yscale="log")
ax.spines[["top", "right"]].set_visible(False)
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
