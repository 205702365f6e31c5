"""
6. Small random initial weights
===============================

If hidden units have the same initial weights, they stay equal for the whole training. Therefore the
initial weights are random. They are small because sigmoid and tanh are steep near 0.
"""

# %%
# The symmetry problem
# --------------------
# If all hidden units have the same initial weights, they compute the same outputs from the same
# inputs, get the same gradient, and take the same step:
#
# .. math::
#    a_1 = a_2 \;\Rightarrow\; dz_1 = dz_2 \;\Rightarrow\;
#    dW = \begin{bmatrix} u & v \\ u & v \end{bmatrix}
#
# (with a row for each unit, as in the notes). The following code trains a network of four units on
# two inputs with the loop of the notes, from equal and from random initial weights.

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_moons
from sklearn.exceptions import ConvergenceWarning

from skshallow import ShallowNetClassifier

X, y = make_moons(500, noise=0.2, random_state=0)
X, Y = X - X.mean(axis=0), y[:, np.newaxis]
m, n, h = *X.shape, 4


def gradient_descent(W1, W2, learning_rate=1.0, n_steps=3000):
    W1, W2, b1, b2 = W1.copy(), W2.copy(), np.zeros(h), np.zeros(1)
    path = [W1.copy()]
    for _ in range(n_steps):
        A1 = np.tanh(X @ W1 + b1)
        A2 = 1 / (1 + np.exp(-(A1 @ W2 + b2)))
        dZ2 = A2 - Y
        dZ1 = dZ2 @ W2.T * (1 - A1**2)
        dW1 = X.T @ dZ1 / m
        W1 -= learning_rate * dW1
        b1 -= learning_rate * dZ1.mean(axis=0)
        W2 -= learning_rate * A1.T @ dZ2 / m
        b2 -= learning_rate * dZ2.mean(axis=0)
        path.append(W1.copy())
    accuracy = np.mean((A2 > 0.5) == Y)
    return np.array(path), dW1, accuracy


rng = np.random.default_rng(2)
starts = {
    "all units equal": (np.full((n, h), 0.01), np.full((h, 1), 0.01)),
    "small and random": (rng.normal(size=(n, h)) * 0.01, rng.normal(size=(h, 1)) * 0.01),
}
_, axes = plt.subplots(1, 2, figsize=(8, 3.8), layout="constrained")
for ax, (name, start) in zip(axes, starts.items(), strict=True):
    path, dW1, accuracy = gradient_descent(*start)
    print(f"{name}: at the end dW1, a row for each unit, is\n{dW1.T}")
    for unit in range(h):
        ax.plot(*path[:, :, unit].T, linewidth=2, alpha=0.8)
        ax.plot(*path[-1, :, unit], "o", color=f"C{unit}", markersize=8)
    ax.plot(0, 0, "k+", markersize=12)
    ax.set(title=f"{name}\naccuracy {accuracy:.2f}", xlabel="weight of input 1")
    ax.spines[["top", "right"]].set_visible(False)
axes[0].set_ylabel("weight of input 2")

# %%
# Each line is the path of one unit's two weights from the start (+) to the end (●). On the left,
# the four lines coincide: the four units do the work of one. On the right, the four paths differ.
# Random weights are enough for that; the biases may start at 0, as they do here.
#
# If all weights are exactly 0, only ``b2`` changes: ``A1`` is 0, so ``dW2`` is 0, and ``W2`` is 0,
# so ``dZ1`` is 0. With ``init_scale=0``, the classifier starts there, too:

stuck = ShallowNetClassifier(
    4, "tanh", n_estimators=1, solver="gd", init="normal", init_scale=0, early_stopping=False
).fit(X, y)
print("largest weight:", max(abs(W).max() for W in stuck.coefs_))

# %%
# Why small
# ---------
# Large weights give large ``Z1``, where sigmoid and tanh are flat. There ``g'(Z1)`` is almost 0,
# and the gradient of a unit is multiplied by it.

warnings.simplefilter("ignore", ConvergenceWarning)  # 10,000 steps, converged or not
settings = {
    "hidden_size": 20,
    "activation": "tanh",
    "n_estimators": 1,
    "solver": "gd",
    "init": "normal",
    "early_stopping": False,
    "alpha": 0,
    "learning_rate": 1,
    "max_iter": 10_000,
    "n_iter_no_change": 10_000,
    "random_state": 0,
}
scales = [0.01, 0.1, 1, 100]
curves = {scale: ShallowNetClassifier(**settings, init_scale=scale).fit(X, y) for scale in scales}

fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.9), layout="constrained")
for scale, clf in curves.items():
    W1 = np.random.default_rng(0).normal(size=(n, 20)) * scale
    slopes = np.sort(1 - np.tanh(X @ W1) ** 2, axis=None)
    left.plot(np.linspace(0, 1, slopes.size), slopes, label=f"randn * {scale}", linewidth=2)
    right.plot(range(1, clf.n_iter_ + 1), clf.loss_curve_, linewidth=2)
left.set(xlabel="share of units and samples", ylabel="slope g'(Z1) at the start")
right.set(xlabel="step", ylabel="cost J", xscale="log", yscale="log")
for ax in (left, right):
    ax.spines[["top", "right"]].set_visible(False)
fig.legend(loc="outside lower center", ncols=4)

# %%
# With a scale of 100, most units are flat for most samples. The network starts with confident
# errors and has hardly any gradient to correct them. With 0.01, every unit is steep, but tanh is
# almost linear near 0. The network stays near the solution of a linear model and needs thousands of
# steps to leave it. With the scales in between it learns fastest. The default, ``init="he"``, is in
# this range. It keeps the size of the signal constant from layer to layer.
#
# .. literalinclude:: /../skshallow/_network/initialization.py
#    :caption: skshallow/_network/initialization.py
#    :pyobject: weight_scale
#
# .. literalinclude:: /../skshallow/_network/initialization.py
#    :caption: skshallow/_network/initialization.py
#    :pyobject: random_parameters
