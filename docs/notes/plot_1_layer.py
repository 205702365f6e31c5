"""
1. From one neuron to a network
===============================

A neuron computes a weighted sum of its inputs, adds a bias and applies an activation. A layer
consists of several neurons with the same inputs. A network with one hidden layer consists of two
layers, one after the other.
"""

# %%
# One neuron
# ----------
# .. math:: z = w^\mathsf{T} x + b, \qquad a = \sigma(z) = \frac{1}{1 + e^{-z}}
#
# The following code computes it for one of 569 tumours, each described by 30 measurements:

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale

from skshallow import ShallowNetClassifier


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


X, y = load_breast_cancer(return_X_y=True)
X = scale(X)
rng = np.random.default_rng(0)

x, w, b = X[0], rng.normal(size=30) / 10, 0.0
z = w @ x + b
print(f"z = {z:.2f}, a = {sigmoid(z):.2f}")

# %%
# A layer
# -------
# Four neurons have four weight vectors. Stacked into one matrix, they need one product instead of
# four. The notes stack them as the rows of :math:`W`:
#
# .. math::
#    \begin{bmatrix} z_1 \\ z_2 \\ z_3 \\ z_4 \end{bmatrix} =
#    \begin{bmatrix} w_1^\mathsf{T} \\ w_2^\mathsf{T} \\ w_3^\mathsf{T} \\ w_4^\mathsf{T}
#    \end{bmatrix} x +
#    \begin{bmatrix} b_1 \\ b_2 \\ b_3 \\ b_4 \end{bmatrix}
#
# Here they are the columns of ``W1``, because ``x`` is a row:

W1, b1 = rng.normal(size=(30, 4)) / 10, np.zeros(4)
one_by_one = [W1[:, j] @ x + b1[j] for j in range(4)]
print("one by one: ", np.round(one_by_one, 3))
print("as a matrix:", np.round(x @ W1 + b1, 3))

# %%
# A network
# ---------
# The outputs of the four hidden neurons are the inputs of the output neuron. The input layer
# computes nothing, so this is called a network of **two** layers. (``draw_network`` is a helper for
# this figure only; it is in the file to download at the end of the page.)


# sphinx_gallery_start_ignore
def draw_network(**layers):
    _, ax = plt.subplots(figsize=(6, 3.2), layout="constrained")
    before = []
    for column, (name, units) in enumerate(layers.items()):
        for unit, label in enumerate(units):
            height = len(units) / 2 - unit
            ax.scatter(column, height, s=900, color=f"C{column % 2}")
            ax.text(column, height, f"${label}$", color="white", ha="center", va="center")
            for start in before:
                ax.plot([column - 1, column], [start, height], color="0.75", zorder=0)
        ax.text(column, 2.8, name, ha="center")
        before = [len(units) / 2 - unit for unit in range(len(units))]
    ax.axis("off")
    ax.margins(0.15, 0.2)


# sphinx_gallery_end_ignore
draw_network(input=["x_1", "x_2", "x_3"], hidden=["a_1", "a_2", "a_3", "a_4"], output=[r"\hat{y}"])

# %%
# All samples at once
# -------------------
# The m samples are the rows of ``X``, and four formulas give all their outputs:
#
# .. math::
#    Z_1 &= X W_1 + b_1 & A_1 &= g(Z_1) \\
#    Z_2 &= A_1 W_2 + b_2 & A_2 &= \sigma(Z_2) = P(y = 1 \mid x)
#
# Row i of each matrix belongs to sample i, column j to unit j. In skshallow, one function computes
# ``Z1``, ``A1`` and ``Z2``:
#
# .. literalinclude:: /../skshallow/_network/network.py
#    :caption: skshallow/_network/network.py
#    :pyobject: Network.forward
#    :dedent:
#
# ``work`` contains preallocated arrays for the results. ``_product`` is the matrix product.
# ``_output`` computes ``Z2`` from ``A1``. ``members_A1`` is ``A1`` with an axis for the members of
# an ensemble, see :doc:`plot_7_beyond`. Another function computes ``A2``:
#
# .. literalinclude:: /../skshallow/_network/outputs.py
#    :caption: skshallow/_network/outputs.py
#    :pyobject: sigmoid_probabilities
#
# Every fitted classifier is such a network. Its four arrays are public attributes:

clf = ShallowNetClassifier(activation="sigmoid", random_state=0).fit(X, y)
(W1, W2), (b1, b2) = clf.coefs_, clf.intercepts_

A1 = sigmoid(X @ W1 + b1)
A2 = sigmoid(A1 @ W2 + b2)
print("W1", W1.shape, "b1", b1.shape, "W2", W2.shape, "b2", b2.shape)
print("largest difference:", abs(A2[:, 0] - clf.predict_proba(X)[:, 1]).max())
