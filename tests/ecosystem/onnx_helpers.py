"""Tables and their export to ONNX, for the tests."""

import numpy as np
import onnx
import pandas as pd
from onnxruntime import InferenceSession
from skl2onnx import to_onnx
from skl2onnx.common.data_types import (
    BooleanTensorType,
    DoubleTensorType,
    FloatTensorType,
    Int64TensorType,
    StringTensorType,
)
from sklearn.datasets import load_breast_cancer

import skshallow.onnx  # noqa: F401
from skshallow import TabularNetClassifier

TYPES = {
    "f4": FloatTensorType,
    "f8": DoubleTensorType,
    "i8": Int64TensorType,
    "b1": BooleanTensorType,
    "O": StringTensorType,
}


def net(**params):
    return TabularNetClassifier(8, n_estimators=2, max_iter=15, random_state=0, **params)


def with_gaps(X, share=0.1):
    X = X.astype(np.float32)
    X[np.random.default_rng(0).random(X.shape) < share] = np.nan
    return X


def mixed(dtype=np.float32):
    """A data frame of measurements, with text, numeric categories and gaps; and labels of text."""
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    rng = np.random.default_rng(0)
    n = len(X)
    frame = pd.DataFrame({
        "radius": X["mean radius"].astype(dtype),
        "size": pd.cut(X["mean area"], 4, labels=["klein", "mittel", "groß", "riesig"]),
        "count": X["worst area"].astype(np.int64),
        "grade": (X["mean concavity"] * 20).round().astype(dtype) / 2,
        "smooth": X["mean smoothness"] > 0.1,
        "center": rng.choice(["Graz", "Lyon", "Turin"], n),
        "texture": X["mean texture"].astype(dtype),
    })  # fmt: skip
    frame.loc[rng.random(n) < 0.1, "radius"] = np.nan
    frame.loc[rng.random(n) < 0.1, "grade"] = np.nan
    frame["size"] = frame["size"].astype(object).where(rng.random(n) > 0.2, None)
    frame.loc[:2, "center"] = "Oslo"  # too rare to have a column
    return frame, np.where(y == 1, "benign", "malignant")


def feeds(frame):
    """A data frame as onnxruntime takes it, with "" for gaps in text."""
    return {
        name: (
            column.astype(object).where(column.notna(), "") if column.dtype == object else column
        ).to_numpy()[:, np.newaxis]
        for name, column in frame.astype({"center": object}).items()
    }


def column_types(frame):
    return [(name, TYPES[X.dtype.str.lstrip("<|")]([None, 1])) for name, X in feeds(frame).items()]


def run(model, X, tmp_path=None, types=None, **options):
    """The outputs of a model that was checked, stored and loaded."""
    if isinstance(X, pd.DataFrame):
        types, given = types or column_types(X), feeds(X)
    else:
        given = {"X": X}
    exported = to_onnx(model, X[:1], initial_types=types, options=options or None)
    onnx.checker.check_model(exported, full_check=True)
    if tmp_path is None:
        stored = exported.SerializeToString()
    else:
        stored = tmp_path / "model.onnx"
        onnx.save(exported, stored)
    session = InferenceSession(stored, providers=["CPUExecutionProvider"])
    return session.run(None, given)
