"""
3. The activations and their derivatives
========================================

The hidden units' activation g makes the network more than a linear model. Gradient descent also
needs its slope g'. Each of these slopes can be computed from ``A = g(Z)`` alone, so ``Z`` need not
be kept.
"""

# %%
# Drawn by the functions that skshallow trains with, which work in place:

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.model_selection import cross_val_score
from skshallow._network.activations import get_activation

from skshallow import ShallowNetClassifier

z = np.linspace(-4, 4, 401)
names = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU", "leaky_relu": "leaky ReLU, c = 0.1"}

fig, axes = plt.subplots(2, 2, figsize=(7, 5), sharex=True, layout="constrained")
for ax, (name, title) in zip(axes.flat, names.items(), strict=True):
    activation = get_activation(name, negative_slope=0.1)
    A = z.copy()
    activation.g(A)
    (g,) = ax.plot(z, A, linewidth=2.5)
    activation.derivative(A)
    (slope,) = ax.plot(z, A, "--", linewidth=2)
    ax.axhline(0, color="0.85", zorder=0)
    ax.axvline(0, color="0.85", zorder=0)
    ax.set(title=title, ylim=(-1.1, 2.1))
    ax.spines[["top", "right"]].set_visible(False)
fig.legend([g, slope], ["g(z)", "its derivative g'(z)"], loc="outside lower center", ncols=2)

# %%
# Formula and function
# --------------------
#
# .. tab-set::
#
#    .. tab-item:: sigmoid
#
#       .. math:: g(z) = \frac{1}{1 + e^{-z}}, \qquad g'(z) = g(z) \, [1 - g(z)]
#
#       .. literalinclude:: /../skshallow/_network/activations.py
#          :caption: skshallow/_network/activations.py
#          :pyobject: sigmoid
#
#       .. literalinclude:: /../skshallow/_network/activations.py
#          :caption: skshallow/_network/activations.py
#          :pyobject: sigmoid_derivative
#
#    .. tab-item:: tanh
#
#       .. math:: g(z) = \frac{e^z - e^{-z}}{e^z + e^{-z}}, \qquad g'(z) = 1 - g(z)^2
#
#       .. literalinclude:: /../skshallow/_network/activations.py
#          :caption: skshallow/_network/activations.py
#          :pyobject: tanh
#
#       .. literalinclude:: /../skshallow/_network/activations.py
#          :caption: skshallow/_network/activations.py
#          :pyobject: tanh_derivative
#
#    .. tab-item:: ReLU
#
#       .. math:: g(z) = \max(0, z), \qquad
#          g'(z) = \begin{cases} 0 & z < 0 \\ 1 & z > 0 \end{cases}
#
#       .. literalinclude:: /../skshallow/_network/activations.py
#          :caption: skshallow/_network/activations.py
#          :pyobject: relu
#
#       .. literalinclude:: /../skshallow/_network/activations.py
#          :caption: skshallow/_network/activations.py
#          :pyobject: relu_derivative
#
#       At z = 0 there is no derivative, and the notes let us take 0 or 1.
#
#    .. tab-item:: leaky ReLU
#
#       .. math:: g(z) = \max(cz, z), \qquad
#          g'(z) = \begin{cases} c & z < 0 \\ 1 & z > 0 \end{cases}
#
#       .. literalinclude:: /../skshallow/_network/activations.py
#          :caption: skshallow/_network/activations.py
#          :pyobject: leaky_relu
#
#       .. literalinclude:: /../skshallow/_network/activations.py
#          :caption: skshallow/_network/activations.py
#          :pyobject: leaky_relu_derivative
#
#       The slope c is the parameter ``negative_slope``, 0.01 by default as in the notes.

# %%
# Where the slope dies
# --------------------
# Far from 0 sigmoid and tanh are flat. A unit that sits there passes almost no gradient on to its
# weights, and learns slowly. ReLU keeps its slope of 1 however large z becomes, and is dead only
# where z is negative, which leaky ReLU mends.

print("   g' at z =", *(f"{z:9}" for z in (-10, -2, 0.5, 2, 10)))
for name in names:
    activation = get_activation(name, negative_slope=0.01)
    slopes = np.array([-10.0, -2.0, 0.5, 2.0, 10.0])
    activation.g(slopes)
    activation.derivative(slopes)
    print(f"{name:>10}", *(f"{slope:9.5f}" for slope in slopes))

# %%
# Which one to choose
# -------------------
# The notes say: sigmoid for the output of a classifier of two classes, where it is a probability,
# and hardly elsewhere; in the hidden layer tanh is nearly always better, and ReLU is what to begin
# with. Here are the four, each in five folds of three data sets; lower is better.

data = {"breast cancer": load_breast_cancer, "wine": load_wine, "digits": load_digits}
log_loss = pd.DataFrame(
    {
        title: {
            name: -cross_val_score(
                ShallowNetClassifier(activation=name, random_state=0),
                *load(return_X_y=True),
                scoring="neg_log_loss",
            ).mean()
            for name in names
        }
        for title, load in data.items()
    }
)
log_loss.round(3)

# %%
# Sigmoid comes last on the wines and the digits, as the notes say, though not by much: it starts
# from larger weights and takes longer steps here, which makes up for its slope of at most 1/4.
# Between the other three there is little. The default is ReLU; a grid search settles the rest.
