"""
3. The activations and their derivatives
========================================

The activation g of the hidden units makes the network nonlinear. Gradient descent also needs its
derivative g'. Each of these derivatives can be computed from ``A = g(Z)`` alone, so ``Z`` does not
have to be kept.
"""

# %%
# The plots use the functions with which skshallow trains. They work in place:

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.model_selection import cross_val_score

from skshallow import ShallowNetClassifier
from skshallow._network.activations import get_activation

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
#       At z = 0 there is no derivative; the notes allow 0 or 1.
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
# Where the gradient vanishes
# ---------------------------
# Far from 0, sigmoid and tanh are flat: the weights of the unit get almost no gradient, and it
# learns slowly. ReLU has slope 1 for every positive z, however large. For negative z its slope is
# 0; leaky ReLU has slope c there.

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
# According to the notes, sigmoid is for the output of a classifier of two classes, where it is a
# probability, and hardly for anything else. In the hidden layer, tanh is nearly always better than
# sigmoid, and ReLU is the first choice. The table contains the log-loss of the four activations in
# five-fold cross-validation on three data sets. Lower is better.

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
# On the wines, sigmoid has the highest log-loss, as the notes say. On the other two sets it is
# close to the others, because skshallow gives sigmoid larger initial weights and a larger learning
# rate to compensate for its slope of at most 1/4. The default is ReLU; for your data, use a grid
# search.
