"""
How far is my fit? Progress bars and other callbacks
====================================================

scikit-learn 1.9 has callbacks: objects that an estimator calls at every step of its training.
``ShallowNetClassifier`` calls them after each epoch. How do you see the progress of a fit or a
search (``ProgressBar``, which needs the package rich), record scores (``ScoringMonitor``), and end
a fit after a given time (a callback of your own)? The data are 1797 handwritten digits.
"""

import time

import matplotlib.pyplot as plt
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skshallow import ShallowNetClassifier

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

# %%
# A bar for a fit
# ---------------
#
# The whole bar is ``max_iter`` epochs. Early stopping usually ends training sooner, and the bar
# then jumps to its end.

clf = ShallowNetClassifier(random_state=0).set_callbacks(ProgressBar())
clf.fit(X_train, y_train)
print(f"{clf.n_iter_} epochs of at most {clf.max_iter}")

# %%
# Bars within bars
# ----------------
#
# If a callback is set on a search, it is passed on to everything that the search fits, also if
# several processes share the work. Setting it on the classifier inside is an error.
# ``max_propagation_depth=None`` shows every pipeline and every network.

search = GridSearchCV(
    Pipeline([("scaler", StandardScaler()), ("net", ShallowNetClassifier(random_state=0))]),
    {"net__hidden_size": [10, 20]},
    cv=2,
    n_jobs=2,
).set_callbacks(ProgressBar(max_propagation_depth=None))
search.fit(X_train, y_train)
print(search.best_params_)

# %%
# Scores by epoch
# ---------------
#
# After each epoch, ``ScoringMonitor`` computes scores on the training data, with the scorers that
# it is given. It scores the network that ``fit`` would return if training ended there. With early
# stopping this is the best network so far, so the scores stay constant while the validation loss
# does not improve; ``loss_curve_`` still changes.

monitor = ScoringMonitor(scoring=["accuracy", "neg_log_loss"])
clf = ShallowNetClassifier(random_state=0).set_callbacks(monitor).fit(X_train, y_train)
log = monitor.get_logs().data_as_pandas
epochs = log[log["task_name"] == "epoch"].set_index("task_id")[["accuracy", "neg_log_loss"]]
print(epochs.head())

# %%

fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.plot(epochs.index + 1, 1 - epochs["accuracy"], ".-", label="training error rate")
ax.plot(epochs.index + 1, -epochs["neg_log_loss"], ".-", label="training log-loss")
ax.plot(epochs.index + 1, clf.validation_loss_curve_, ".--", label="validation loss")
ax.set(xlabel="epoch", ylabel="loss, or error rate", yscale="log", ylim=(1e-3, None))
ax.set_title("The best network so far")
ax.legend()
plt.show()

# %%
# A callback of your own
# ----------------------
#
# A callback is a class with four methods. If ``on_fit_task_end`` returns True, training stops, and
# the weights so far are kept. This method can request ``X``, ``y``, ``metadata`` and
# ``fitted_estimator`` as keyword-only arguments. The estimator on which a callback is set calls it.
# If a search is to pass a callback on, the callback needs an attribute ``max_propagation_depth``,
# as in ``ProgressBar``. The following callback is a time budget for one fit:


class TimeBudget:
    """Stop at the end of the first epoch that ends after so many seconds."""

    def __init__(self, seconds):
        self.seconds = seconds

    def setup(self, estimator, context):  # at the beginning of fit
        self.end = time.monotonic() + self.seconds

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context):
        return time.monotonic() > self.end

    def teardown(self, estimator, context):
        pass


start = time.monotonic()
clf = ShallowNetClassifier(solver="gd", max_iter=100_000, tol=0, random_state=0)
clf.set_callbacks(TimeBudget(seconds=1)).fit(X_train, y_train)
print(f"{time.monotonic() - start:.1f} s, {clf.n_iter_} epochs")
print(f"accuracy {clf.score(X_test, y_test):.2f}")

# %%
# The answer
# ----------
# ``set_callbacks(ProgressBar())`` on whatever you fit, the search or the classifier. A callback of
# your own is a class with four methods; if ``on_fit_task_end`` returns True, training ends and the
# model is kept.
