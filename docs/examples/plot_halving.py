"""
How to search over many settings quickly? Successive halving
============================================================

27 settings, trained to the end, take long. Which one is best can be seen earlier:
``HalvingGridSearchCV`` starts with all candidates and a small budget, drops the worst two thirds,
and gives the others three times the budget. Here the budget is ``max_iter``: the number of epochs.
The data are 1797 handwritten digits.
"""

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.experimental import enable_halving_search_cv
from sklearn.model_selection import HalvingGridSearchCV, train_test_split

from skshallow import ShallowNetClassifier

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)

# %%
# A network that is stopped half-way does not show how good it would become. With
# ``learning_rate_schedule="one_cycle"``, every budget is a complete training run: the learning rate
# rises and falls once within ``max_iter`` epochs. Few epochs then also give a fully trained
# network, only a simpler one. Early stopping is off, because the search decides the number of
# epochs.

search = HalvingGridSearchCV(
    ShallowNetClassifier(
        n_estimators=1,
        learning_rate_schedule="one_cycle",
        early_stopping=False,
        tol=0,
        n_iter_no_change=1000,
        random_state=0,
    ),
    {
        "hidden_size": [5, 20, 80],
        "activation": ["relu", "tanh", "sigmoid"],
        "alpha": [0.1, 1, 10],
    },
    resource="max_iter",
    min_resources=3,
    max_resources=81,
    scoring="neg_log_loss",
    cv=3,
    random_state=0,
).fit(X_train, y_train)
print(search.best_params_)
print(f"accuracy {search.best_estimator_.score(X_test, y_test):.3f}")

# %%
# Each line is a candidate, up to the largest budget that it got.

results = pd.DataFrame(search.cv_results_)
results["candidate"] = results["params"].map(
    lambda params: tuple((name, params[name]) for name in search.param_grid)
)
fig, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")
for _, rounds in results.groupby("candidate"):
    ax.plot(rounds["n_resources"], -rounds["mean_test_score"], ".-", color="C0", alpha=0.5)
best = results[
    results["candidate"] == tuple((n, search.best_params_[n]) for n in search.param_grid)
]
ax.plot(best["n_resources"], -best["mean_test_score"], "o-", color="C1", label="best")
ax.set(
    title="27 candidates and their budgets",
    xscale="log",
    yscale="log",
    xticks=search.n_resources_,
    xticklabels=search.n_resources_,
    xlabel="max_iter (epochs)",
    ylabel="log-loss in cross-validation",
)
ax.minorticks_off()
ax.legend()
plt.show()

# %%

epochs = sum(n * r for n, r in zip(search.n_candidates_, search.n_resources_, strict=True))
print(f"{epochs} epochs a fold; all candidates to the end would have been {27 * 81}")

# %%
# The answer
# ----------
# Give few epochs to all settings and many to the best. That takes a fraction of the epochs. Let
# ``learning_rate_schedule`` end each run as planned, so that short runs can be compared.
