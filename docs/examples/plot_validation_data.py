"""
Validation data of your own, through a pipeline
===============================================

Rows drawn at random are good judges only if new data look like the old ones. Handwriting shows how
they can mislead: the 1797 digits stand in the order in which they were collected, writer after
writer, so that rows close together are by the same hand.
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
# There were 13 writers, but who wrote what is not told. So 7 blocks of neighbouring rows, of about
# two writers each, stand for them: one for the test, two for validation, the rest for training.
#
# Passed as ``X_val``, the validation rows are by other hands than the training rows. With metadata
# routing the pipeline hands them on, and ``transform_input`` has it apply the PCA to them on the
# way. Without it they would arrive as they are, which goes wrong:
# :doc:`the user guide </user_guide/validation>` shows how. Routing must be on whenever such a
# pipeline is fitted, also when it is fitted again later or by a search; if not, ``fit`` raises.


def fit_with_own_judges(test):
    judges = np.isin(block, [(test + 2) % 7, (test + 4) % 7])
    train = (block != test) & ~judges
    with sklearn.config_context(enable_metadata_routing=True):
        clf = ShallowNetClassifier(random_state=0).set_fit_request(X_val=True, y_val=True)
        model = make_pipeline(PCA(30), clf, transform_input=["X_val"])
        return model.fit(X[train], y[train], X_val=X[judges], y_val=y[judges])


# %%
# Left to itself, the classifier holds out rows at random, hence by the same hands as those it
# learns from.


def fit_with_random_judges(test):
    train = block != test
    return make_pipeline(PCA(30), ShallowNetClassifier(random_state=0)).fit(X[train], y[train])


# %%
# With each block as the test in turn: what the classifier expects of itself, the least validation
# loss, against how it does on the block that nobody has seen.

fig, axes = plt.subplots(1, 2, figsize=(9, 4.5), sharex=True, sharey=True, layout="constrained")
for ax, fit, title in (
    (axes[0], fit_with_random_judges, "Rows held out at random"),
    (axes[1], fit_with_own_judges, "Rows by other hands"),
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
axes[0].set_ylabel("loss on the unseen block")
axes[1].legend()
plt.show()

# %%
# Some hands are harder to read than others, so no single estimate is sure. But rows at random
# promise a loss half as large as it turns out to be, and judges by other hands tell the truth on
# average. They cost training rows: what they say is truer, while the model itself is a little
# worse. So pass them while you compare settings, and fit the last model to all rows.
