"""Export of tables to ONNX: what cannot be exported is refused with a reason."""

import re

import numpy as np
import pytest
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError

from skshallow import PiecewiseLinearEncoder
from tests.ecosystem.onnx_helpers import column_types, mixed, net, run
from tests.helpers import ignore_convergence

pytestmark = ignore_convergence


@pytest.mark.parametrize(
    ("column", "kind", "message"),
    [
        ("center", FloatTensorType, "'center' had text in fit, but its ONNX input has numbers"),
        ("radius", StringTensorType, "'radius' had numbers in fit, but its ONNX input has text"),
        ("grade", FloatTensorType, "'grade' has the category 0.1, which float32 cannot hold"),
    ],
)
def test_input_of_another_type_raises(column, kind, message):
    X, _ = mixed(np.float64)
    X["grade"] = np.where(X["grade"] > 1, 0.1, 0.5)
    encoder = PiecewiseLinearEncoder(categorical_features=["grade"]).fit(X)
    types = [(name, kind([None, 1]) if name == column else t) for name, t in column_types(X)]
    with pytest.raises(ValueError, match=re.escape(message)):
        run(encoder, X, types=types)


def test_other_columns_raise():
    X, _ = mixed()
    encoder = PiecewiseLinearEncoder().fit(X)
    with pytest.raises(ValueError, match="ONNX inputs need 7 columns in all, as in fit"):
        run(encoder, X, types=column_types(X)[:-1])
    with pytest.raises(ValueError, match="but the columns in fit were radius, size, count"):
        run(encoder, X, types=column_types(X)[::-1])
    with pytest.raises(ValueError, match=re.escape("[None, 1] for each column. They are: X [None")):
        to_onnx(encoder, np.ones((1, 3)))


def test_bytes_and_constant_columns_raise():
    encoder = PiecewiseLinearEncoder().fit(np.array([[b"a"], [b"b"]] * 5, dtype=object))
    with pytest.raises(ValueError, match="Column 0 has categories of bytes"):
        to_onnx(encoder, np.array([["a"]], dtype=object))
    with pytest.raises(ValueError, match="in fit all columns of X were constant"):
        to_onnx(PiecewiseLinearEncoder().fit(np.ones((5, 2))), np.ones((1, 2)))


def test_unfitted_and_damaged_models_raise():
    X, y = load_iris(return_X_y=True)
    for model in (net(), PiecewiseLinearEncoder()):
        with pytest.raises(NotFittedError, match="instance is not fitted"):
            to_onnx(model, X[:1])
    clf = net().fit(X, y)
    clf.networks_[0]._activation = ("swish", 0.01)
    with pytest.raises(ValueError, match=r"activation is \('swish', 0.01\)"):
        to_onnx(clf, X[:1])
    clf.network_weights_ = np.ones(3)
    with pytest.raises(ValueError, match="its networks and encoders do not belong together"):
        to_onnx(clf, X[:1])


def test_dates_as_labels_raise():
    X, y = load_iris(return_X_y=True)
    clf = net().fit(X, y.astype("datetime64[D]"))
    with pytest.raises(ValueError, match="ONNX has no labels of datetime64"):
        to_onnx(clf, X[:1])


def test_opset_that_is_too_old_raises():
    X, y = load_iris(return_X_y=True)
    to_onnx(net().fit(X, y), X[:1], target_opset=11)
    with pytest.raises(ValueError, match="opset 11 or later, but target_opset is 10"):
        to_onnx(net().fit(X, y), X[:1], target_opset=10)
