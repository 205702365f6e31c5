"""
How wide, and which activation?
===============================

A grid search as a picture, over the two settings that shape the network: the number of hidden units
and their activation. :ref:`sphx_glr_auto_examples_grid_search.py` has such a search in a pipeline,
tests its best model beside others and saves it. The data are 1797 handwritten digits of 8 x 8
pixels.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from skshallow import ShallowNetClassifier

X, y = load_digits(return_X_y=True)

# %%
# Log-loss is what the search goes by. Accuracy would move in steps of whole digits, and call two
# networks equal of which one is much surer of its mistakes. ``hidden_size`` is an integer, so a
# plain list will do.

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
# The grid as a picture. There are too few units to tell ten digits apart on the left, whatever
# their activation. With "identity" the network is a linear model however wide it is, and more
# units soon stop helping. What a bend is worth, the other rows tell: most for the two rectifiers,
# least for sigmoid, and with five units or fewer nothing for either smooth one.

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
