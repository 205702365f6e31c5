"""
How wide, and which activation?
===============================

A grid search over the two settings that shape the network: the number of hidden units and their
activation. The data are 1797 handwritten digits of 8 x 8 pixels.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, train_test_split

from skshallow import ShallowNetClassifier

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)

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
    cv=3,
).fit(X_train, y_train)
print(search.best_params_)

# %%
# The grid as a picture. There are too few units to tell ten digits apart on the left, whatever
# their activation. With "identity" the network is a linear model however wide it is, and more
# units soon stop helping; this is what the bend in the others is worth.

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
# The search has fitted the best setting to all training rows; the test rows were not used so far.

print(f"accuracy {search.best_estimator_.score(X_test, y_test):.3f}")
print(f"log-loss {log_loss(y_test, search.predict_proba(X_test)):.3f}")
