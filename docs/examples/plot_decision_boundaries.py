"""
What does the activation change? Decision boundaries
====================================================

Which shapes can the boundary between classes have? This example draws it for the five activations,
between three kinds of wine, for two measurements of 178 bottles.
"""

import matplotlib.pyplot as plt
from matplotlib.colors import ListedColormap
from sklearn.datasets import load_wine
from sklearn.inspection import DecisionBoundaryDisplay

from skshallow import ShallowNetClassifier

X, y = load_wine(return_X_y=True, as_frame=True)
X = X[["color_intensity", "flavanoids"]]
COLORS = ["tab:blue", "tab:orange", "tab:green"]

# %%
# This is a single network of ten hidden units. It is trained to the end, without early stopping and
# almost without a penalty, so the activation alone determines the shape of the boundaries.

fig, axes = plt.subplots(2, 3, figsize=(9, 5.5), sharex=True, sharey=True, layout="constrained")
for ax, activation in zip(
    axes.flat, ["relu", "leaky_relu", "tanh", "sigmoid", "identity"], strict=False
):
    clf = ShallowNetClassifier(
        10,
        activation,
        n_estimators=1,
        solver="lbfgs",
        alpha=0.1,
        early_stopping=False,
        tol=1e-3,
        max_iter=1000,
        random_state=0,
    ).fit(X, y)
    DecisionBoundaryDisplay.from_estimator(
        clf, X, response_method="predict", multiclass_colors=COLORS, alpha=0.3, ax=ax
    )
    ax.scatter(X["color_intensity"], X["flavanoids"], c=y, cmap=ListedColormap(COLORS), s=8)
    ax.set(title=f"{activation}, accuracy {clf.score(X, y):.2f}", xlabel="", ylabel="")
axes[1, 2].set_axis_off()
fig.supxlabel("colour intensity")
fig.supylabel("flavanoids")
plt.show()

# %%
# The accuracy is measured on the training data, and rises with every bend around a single bottle.
# The defaults are an ensemble of three networks with early stopping and a penalty. Their boundary
# bends around fewer single bottles:

clf = ShallowNetClassifier(random_state=0).fit(X, y)
display = DecisionBoundaryDisplay.from_estimator(
    clf, X, response_method="predict", multiclass_colors=COLORS, alpha=0.3
)
display.ax_.scatter(X["color_intensity"], X["flavanoids"], c=y, cmap=ListedColormap(COLORS), s=8)
display.ax_.set(title="The defaults", xlabel="colour intensity")
plt.show()

# %%
# The answer
# ----------
# With the rectifiers, the boundary is a line that bends at the kink of each hidden unit. With tanh
# and sigmoid it is a curve. With "identity" it is straight, although there are ten hidden units,
# too: a linear function of a linear function is linear. On these wines each of them is good enough.
