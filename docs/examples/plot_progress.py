"""
Progress bars and other callbacks
=================================

scikit-learn 1.9 has callbacks: objects that an estimator tells of every step of its training.
``ShallowNetClassifier`` reports each epoch. ``ProgressBar`` shows how far it is (it needs the
package rich), and ``ScoringMonitor`` keeps scores.
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
# The whole bar is ``max_iter`` epochs. Early stopping is done sooner as a rule, and the bar then
# jumps to its end.

clf = ShallowNetClassifier(random_state=0).set_callbacks(ProgressBar())
clf.fit(X_train, y_train)
print(f"{clf.n_iter_} epochs of at most {clf.max_iter}")

# %%
# Bars within bars
# ----------------
#
# Set on a search, the callback is handed down to all that the search fits, also where several
# processes share the work; set on the classifier inside, it would be an error.
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
# ``ScoringMonitor`` scores, after each epoch, the network that would be given back if training
# ended there, on the training data, by whatever scorers it is given. Under early stopping that is
# the best one so far, so the scores stand still when the validation loss has turned;
# ``loss_curve_`` does not.

monitor = ScoringMonitor(scoring=["accuracy", "neg_log_loss"])
clf = ShallowNetClassifier(random_state=0).set_callbacks(monitor).fit(X_train, y_train)
log = monitor.get_logs().data_as_pandas
epochs = log[log["task_name"] == "epoch"].set_index("task_id")[["accuracy", "neg_log_loss"]]
print(epochs.head())

# %%

fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.plot(epochs.index + 1, 1 - epochs["accuracy"], ".-", label="errors in training")
ax.plot(epochs.index + 1, -epochs["neg_log_loss"], ".-", label="log-loss in training")
ax.plot(epochs.index + 1, clf.validation_loss_curve_, ".--", label="validation loss")
ax.set(xlabel="epoch", ylabel="loss, or share of errors", yscale="log", ylim=(1e-3, None))
ax.set_title("The best network so far")
ax.legend()
plt.show()

# %%
# A callback of your own
# ----------------------
#
# It is a class with four methods. If ``on_fit_task_end`` returns True, training stops, and what
# was learned so far is kept. It may ask for ``X``, ``y``, ``metadata`` and ``fitted_estimator`` as
# keyword-only arguments. A callback is called by the estimator that it is set on; one that a search
# is to hand down needs an attribute ``max_propagation_depth``, as ``ProgressBar`` has it. So a
# budget of time for one fit is:


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
