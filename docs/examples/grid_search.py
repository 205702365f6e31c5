"""
Grid search over hidden size and activation
===========================================

A pipeline with a grid search, its results beside MLPClassifier and LogisticRegression.
The data are 1797 handwritten digits of 8 x 8 pixels. A quarter is held out; the best pipeline is
saved, loaded again and asked for its predictions. Pixels that no digit reaches are dropped first;
the two others also need a scaler in front.
"""

import tempfile
from pathlib import Path

import joblib
import numpy as np
from sklearn.datasets import load_digits
from sklearn.feature_selection import VarianceThreshold
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
    make_pipeline(VarianceThreshold(), ShallowNetClassifier(random_state=0)),
    {
        "shallownetclassifier__hidden_size": [10, 40, 160],
        "shallownetclassifier__activation": ["relu", "tanh", "sigmoid"],
    },
    scoring="neg_log_loss",
    n_jobs=2,
).fit(X_train, y_train)

results = search.cv_results_
print("hidden_size activation  log-loss (5 folds)")
for i in np.argsort(results["rank_test_score"]):
    hidden_size = results["param_shallownetclassifier__hidden_size"][i]
    activation = results["param_shallownetclassifier__activation"][i]
    print(f"{hidden_size:11} {activation:>10}  {-results['mean_test_score'][i]:18.4f}")

path = Path(tempfile.mkdtemp()) / "digits.joblib"
joblib.dump(search.best_estimator_, path)
models = {
    "ShallowNetClassifier, best of the grid": joblib.load(path),
    "MLPClassifier": make_pipeline(
        VarianceThreshold(), StandardScaler(), MLPClassifier(max_iter=1000, random_state=0)
    ).fit(X_train, y_train),
    "LogisticRegression": make_pipeline(
        VarianceThreshold(), StandardScaler(), LogisticRegression(max_iter=1000)
    ).fit(X_train, y_train),
}
print(f"\nHeld out, {len(y_test)} digits:{'accuracy':>28}  log-loss")
for name, model in models.items():
    accuracy = accuracy_score(y_test, model.predict(X_test))
    loss = log_loss(y_test, model.predict_proba(X_test))
    print(f"{name:38}  {accuracy:8.4f}  {loss:8.4f}")
print(f"\nSaved the best pipeline to {path}")
