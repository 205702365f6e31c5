"""
Grid search over hidden size and activation
===========================================

A pipeline with a grid search, its results beside MLPClassifier and LogisticRegression.
The data are 1797 handwritten digits of 8 x 8 pixels. A quarter is held out; the best pipeline is
saved, loaded again and asked for its predictions.
"""

import tempfile
from pathlib import Path

import joblib
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skshallow import ShallowNetClassifier

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)

search = GridSearchCV(
    make_pipeline(StandardScaler(), ShallowNetClassifier(random_state=0)),
    {
        "shallownetclassifier__hidden_size": [8, 32, 100],
        "shallownetclassifier__activation": ["relu", "tanh", "sigmoid"],
    },
    scoring="neg_log_loss",
    n_jobs=2,
).fit(X_train, y_train)

table = pd.DataFrame(
    {
        "hidden_size": search.cv_results_["param_shallownetclassifier__hidden_size"],
        "activation": search.cv_results_["param_shallownetclassifier__activation"],
        "log-loss (5 folds)": -search.cv_results_["mean_test_score"],
    }
).sort_values("log-loss (5 folds)")
print(table.to_string(index=False, float_format="{:.4f}".format), end="\n\n")

path = Path(tempfile.mkdtemp()) / "digits.joblib"
joblib.dump(search.best_estimator_, path)
models = {
    "ShallowNetClassifier, best of the grid": joblib.load(path),
    "MLPClassifier": make_pipeline(
        StandardScaler(), MLPClassifier(max_iter=1000, random_state=0)
    ).fit(X_train, y_train),
    "LogisticRegression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(
        X_train, y_train
    ),
}
held_out = pd.DataFrame(
    {
        "accuracy": {
            name: accuracy_score(y_test, model.predict(X_test)) for name, model in models.items()
        },
        "log-loss": {
            name: log_loss(y_test, model.predict_proba(X_test)) for name, model in models.items()
        },
    }
)
print(f"Held out, {len(y_test)} digits:")
print(held_out.to_string(float_format="{:.4f}".format))
print(f"\nSaved the best pipeline to {path}")
