"""Models of each release, and the ways to store and load a model.

``models`` has the models that each release wrote, and their predictions. Before a release, write
its models with the oldest supported versions, so that all later versions can read them::

    .venv-oldest/bin/python -m tests.fitted.stored_models
"""

import copy
import io
import json
import pickle
from functools import cache
from pathlib import Path

import joblib
import numpy as np
import pytest
import skops.io
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_iris

import skshallow
from skshallow import ShallowNetClassifier

STORED = Path(__file__).parent / "models"


def binary():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    return X, np.where(y == 1, "benign", "malignant")


def multiclass():
    X, y = load_iris(return_X_y=True)
    return X.astype(np.float32), y


def multilabel():
    X, y = load_iris(return_X_y=True)
    return X, np.column_stack([y == 0, y != 1, X[:, 0] > 5.8]).astype(int)


DATA = {"binary": binary, "multiclass": multiclass, "multilabel": multilabel}
CLASSIFIERS = {
    "binary": ShallowNetClassifier(2, class_weight="balanced", random_state=0),
    "multiclass": ShallowNetClassifier(
        np.int64(3), "leaky_relu", negative_slope=np.float64(0.2), random_state=0
    ),  # NumPy 2 changed the repr of scalars
    "multilabel": ShallowNetClassifier(4, "tanh", solver="lbfgs", n_estimators=1, random_state=0),
}


@cache
def fitted(name):
    return clone(CLASSIFIERS[name]).fit(*DATA[name]())


def write_models():
    directory = STORED / skshallow.__version__
    directory.mkdir(parents=True, exist_ok=True)
    predictions = {}
    for name, data in DATA.items():
        clf = fitted(name)
        (directory / f"{name}.pickle").write_bytes(pickle.dumps(clf))
        joblib.dump(clf, directory / f"{name}.joblib", compress=True)
        predictions[name] = clf.predict_proba(data()[0][::10]).tolist()
    (directory / "predictions.json").write_text(json.dumps(predictions) + "\n", encoding="utf-8")


def through_pickle(clf):
    return pickle.loads(pickle.dumps(clf))


def through_joblib(clf):
    file = io.BytesIO()
    joblib.dump(clf, file)
    file.seek(0)
    return joblib.load(file)


def through_skops(clf):
    stored = skops.io.dumps(clf)
    return skops.io.loads(stored, trusted=skops.io.get_untrusted_types(data=stored))


EACH_WAY = pytest.mark.parametrize(
    "stored_and_loaded", [through_pickle, through_joblib, through_skops, copy.deepcopy]
)


if __name__ == "__main__":
    write_models()
