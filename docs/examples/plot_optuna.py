"""
A search with Optuna
====================

`Optuna <https://optuna.org>`_ proposes settings, sees how they do, and proposes better ones. Here
it chooses ``hidden_size``, ``activation`` and ``alpha`` for 1797 handwritten digits of 8 x 8
pixels.
"""

import matplotlib.pyplot as plt
import optuna
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split

from skshallow import ShallowNetClassifier

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
cv = StratifiedKFold(3, shuffle=True, random_state=0)

# %%
# Width and penalty are proposed on a logarithmic scale: from 5 to 10 units is as large a step as
# from 50 to 100. The defaults are the first trial, so that the search begins from them.


def classifier(params):
    return ShallowNetClassifier(random_state=0, **params)


def objective(trial):
    params = {
        "hidden_size": trial.suggest_int("hidden_size", 2, 200, log=True),
        "activation": trial.suggest_categorical("activation", ["relu", "tanh", "sigmoid"]),
        "alpha": trial.suggest_float("alpha", 0.1, 30, log=True),
    }
    scores = cross_val_score(classifier(params), X_train, y_train, cv=cv, scoring="neg_log_loss")
    return -scores.mean()


optuna.logging.set_verbosity(optuna.logging.WARNING)
study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=0))
study.enqueue_trial({"hidden_size": 64, "activation": "relu", "alpha": 1.0})
study.optimize(objective, n_trials=40)
print(study.best_params)
print(f"log-loss {study.best_value:.3f}, at the defaults {study.trials[0].value:.3f}")

# %%
# What was tried: the later trials, the brighter ones, crowd where the earlier ones did well.

trials = study.trials_dataframe()
fig, axes = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
for ax, name in zip(axes, ["alpha", "hidden_size"], strict=True):
    for activation, marker in {"relu": "o", "tanh": "s", "sigmoid": "^"}.items():
        some = trials[trials["params_activation"] == activation]
        points = ax.scatter(
            some[f"params_{name}"],
            some["value"],
            c=some["number"],
            marker=marker,
            vmin=0,
            vmax=len(trials),
        )
        ax.plot([], [], marker, color="0.3", label=activation)
    ax.set(xscale="log", xlabel=name)
axes[0].set(ylabel="log-loss in cross-validation", yscale="log")
axes[1].legend()
fig.colorbar(points, ax=axes, label="trial")
plt.show()

# %%
# The best setting of many is in part the luckiest one, so its log-loss above is too good. The test
# rows tell what it is worth, beside the defaults:

for name, params in {"best trial": study.best_params, "defaults": {}}.items():
    clf = classifier(params).fit(X_train, y_train)
    loss = log_loss(y_test, clf.predict_proba(X_test))
    print(f"{name:10}  accuracy {clf.score(X_test, y_test):.3f}  log-loss {loss:.3f}")

# %%
# The best trial beats the defaults in the search, and hardly on the test rows: what the search
# found was luck for the greater part. Here there was little to be gained, and that is worth
# knowing, too.
