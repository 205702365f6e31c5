"""
4. Why linear is not enough
===========================

If g is linear, the output is a linear combination of the inputs, however many layers there are.
"""

# %%
# If :math:`g(z) = z`, the two layers are one:
#
# .. math::
#    Z_2 = (X W_1 + b_1) W_2 + b_2 = X \, (W_1 W_2) + (b_1 W_2 + b_2) = X W + b
#
# This is logistic regression with more parameters and no advantage. The figure shows it on two
# crescents that no straight line separates:

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_moons
from sklearn.inspection import DecisionBoundaryDisplay
from sklearn.linear_model import LogisticRegression

from skshallow import ShallowNetClassifier

X, y = make_moons(500, noise=0.2, random_state=0)
models = {
    "LogisticRegression": LogisticRegression(),
    "activation='identity'": ShallowNetClassifier(activation="identity", random_state=0),
    "activation='tanh'": ShallowNetClassifier(activation="tanh", alpha=0.01, random_state=0),
}

_, axes = plt.subplots(1, 3, figsize=(9, 3.4), sharey=True, layout="constrained")
for ax, (name, model) in zip(axes, models.items(), strict=True):
    model.fit(X, y)
    DecisionBoundaryDisplay.from_estimator(
        model, X, response_method="predict_proba", cmap="RdBu", alpha=0.6, vmin=0, vmax=1, ax=ax
    )
    ax.scatter(*X.T, c=y, cmap="RdBu", s=8, edgecolor="white", linewidth=0.2)
    ax.set(title=f"{name}\naccuracy {model.score(X, y):.2f}", xticks=[], yticks=[])

# %%
# Multiplied out, the 192 linear units of the second plot are one weight vector and one bias:

linear = models["activation='identity'"]
(W1, W2), (b1, b2) = linear.coefs_, linear.intercepts_
W, b = W1 @ W2, b1 @ W2 + b2
print("W =", W.ravel().round(2), " b =", b.round(2))
print("largest difference:", abs(X @ W + b - linear.decision_function(X)[:, np.newaxis]).max())
