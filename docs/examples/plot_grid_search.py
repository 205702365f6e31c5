"""
What do width and activation do together? A grid search as a heat map
=====================================================================

How many hidden units does each activation need for handwritten digits? This example plots a grid
search over both. :ref:`sphx_glr_auto_examples_grid_search.py` runs such a search in a pipeline,
compares its best model with others and saves it. The data are 1797 digits of 8 x 8 pixels.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from skshallow import ShallowNetClassifier

X, y = load_digits(return_X_y=True)

# %%
# The score of the search is the log-loss. Accuracy changes in steps of whole digits, and does not
# distinguish two networks that make the same errors with different probabilities. ``hidden_size``
# is an integer, so a plain list is enough.

search = GridSearchCV(
    ShallowNetClassifier(random_state=0),
    {
        "activation": ["relu", "leaky_relu", "tanh", "sigmoid", "identity"],
        "hidden_size": [2, 5, 10, 20, 40],
    },
    scoring="neg_log_loss",
    cv=StratifiedKFold(3, shuffle=True, random_state=0),
).fit(X, y)

# %%
# Each number is the log-loss of a width and an activation. Bright is good.

grid = search.param_grid
losses = -search.cv_results_["mean_test_score"].reshape(len(grid["activation"]), -1)
fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
image = ax.imshow(np.log(losses), cmap="viridis_r", aspect="auto")
for (row, column), loss in np.ndenumerate(losses):
    ax.text(
        column,
        row,
        f"{loss:.3f}",
        ha="center",
        va="center",
        color="black" if image.norm(np.log(loss)) < 0.5 else "white",
    )
ax.set(
    xticks=range(len(grid["hidden_size"])),
    xticklabels=grid["hidden_size"],
    yticks=range(len(grid["activation"])),
    yticklabels=grid["activation"],
    xlabel="hidden_size",
    title="Log-loss in cross-validation, lower is better",
)
plt.show()

# %%
# The answer
# ----------
# About 40 units, with each of the nonlinear activations. On the left, there are too few units for
# ten digits, with every activation. With "identity" the network is a linear model for every width,
# and more units soon stop helping. With 40 units, the two rectifiers improve the log-loss most,
# compared with "identity", and sigmoid least. With two units, none of them improves it.
