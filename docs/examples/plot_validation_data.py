"""
Does the validation loss tell the truth? Your own validation data
=================================================================

Rows drawn at random give a realistic validation loss only if new data look like the training data.
Handwriting is an example where they do not: the 1797 digits are in the order in which they were
collected, writer after writer, so neighbouring rows are by the same writer. How far off is the
validation loss, and do whole writers as validation data correct it?
"""

import matplotlib.pyplot as plt
import numpy as np
import sklearn
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline

from skshallow import ShallowNetClassifier

X, y = load_digits(return_X_y=True)
block = np.arange(len(X)) * 7 // len(X)

# %%
# There were 13 writers, but the data do not say who wrote which digit. So 7 blocks of neighbouring
# rows, with about two writers each, are used instead: one for the test, two for validation, the
# others for training.
#
# The validation rows, passed as ``X_val``, are by other writers than the training rows. With
# metadata routing, the pipeline passes them on. ``transform_input`` makes it apply the PCA to them.
# Without it, the classifier would get raw rows: :doc:`the user guide </user_guide/validation>`
# shows what goes wrong. Routing must be on whenever such a pipeline is fitted, also when it is
# fitted again later or by a search. If it is off, ``fit`` raises an error.


def fit_with_own_judges(test):
    judges = np.isin(block, [(test + 2) % 7, (test + 4) % 7])
    train = (block != test) & ~judges
    with sklearn.config_context(enable_metadata_routing=True):
        clf = ShallowNetClassifier(random_state=0).set_fit_request(X_val=True, y_val=True)
        model = make_pipeline(PCA(30), clf, transform_input=["X_val"])
        return model.fit(X[train], y[train], X_val=X[judges], y_val=y[judges])


# %%
# Without ``X_val``, the classifier holds out rows at random. They are by the same writers as the
# training rows.


def fit_with_random_judges(test):
    train = block != test
    return make_pipeline(PCA(30), ShallowNetClassifier(random_state=0)).fit(X[train], y[train])


# %%
# Each block is the test block in turn. The plots compare the lowest validation loss, which is the
# loss that the classifier expects, with the loss on the test block.

fig, axes = plt.subplots(1, 2, figsize=(9, 4.5), sharex=True, sharey=True, layout="constrained")
for ax, fit, title in (
    (axes[0], fit_with_random_judges, "Rows held out at random"),
    (axes[1], fit_with_own_judges, "Rows by other writers"),
):
    expected, real = [], []
    for test in range(7):
        model = fit(test)
        expected.append(model[-1].validation_loss_curve_.min())
        unseen = block == test
        real.append(log_loss(y[unseen], model.predict_proba(X[unseen])))
    ax.axline((0, 0), slope=1, color="black", linewidth=0.8)
    ax.scatter(expected, real, alpha=0.6, label="a block")
    ax.plot(np.mean(expected), np.mean(real), "C1D", markersize=10, label="mean")
    ax.set(title=title, xlabel="validation loss", xlim=(0, 0.5), ylim=(0, 0.5), aspect="equal")
    print(f"{title}: expected {np.mean(expected):.2f}, real {np.mean(real):.2f}")
axes[0].set_ylabel("loss on the test block")
axes[1].legend()
plt.show()

# %%
# The answer
# ----------
# Some writers are harder to read than others, so a single estimate is uncertain. But random rows
# give an expected loss less than half as large as the loss on the test block. Rows by other writers
# give about the right loss on average. They cost training rows: the estimate is better, but the
# model is worse. So pass them while you compare settings, and fit the final model to all rows.
