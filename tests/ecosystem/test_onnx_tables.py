"""Export of tables to ONNX: onnxruntime encodes and predicts as scikit-learn does."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from onnxruntime import InferenceSession
from skl2onnx import to_onnx
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_digits, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skshallow import PiecewiseLinearEncoder
from tests.ecosystem.onnx_helpers import column_types, feeds, mixed, net, run, with_gaps
from tests.helpers import ignore_convergence

pytestmark = ignore_convergence


def unseen(frame):
    """Its rows with new categories, gaps in every column of floats or text, and infinities."""
    frame = frame.copy()
    frame.loc[3:9, "center"] = "Rome"
    frame.loc[10:19, "center"] = None
    frame.loc[20:29, "texture"] = np.nan
    frame.loc[30:35, "radius"] = np.inf
    frame.loc[36:39, "radius"] = -np.inf
    frame.loc[40:49, "grade"] = 77.5
    return frame


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("load", [load_iris, load_breast_cancer, load_digits])
def test_numbers_with_gaps(load, dtype, tmp_path):
    X, y = load(return_X_y=True)
    X = with_gaps(X).astype(dtype)
    clf = net().fit(X, y)
    labels, probabilities = run(clf, X, tmp_path, zipmap=False)
    assert_array_equal(labels, clf.predict(X))
    assert probabilities.dtype == dtype
    tolerance = 1e-5 if dtype == np.float32 else 1e-12
    assert_allclose(probabilities, clf.predict_proba(X), rtol=0, atol=tolerance)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_data_frame(dtype, tmp_path):
    X, y = mixed(dtype)
    clf = net(categorical_features=["grade"]).fit(X, y)
    X = unseen(X)
    labels, probabilities = run(clf, X, tmp_path, zipmap=False)
    assert_array_equal(labels, clf.predict(X))
    assert probabilities.dtype == dtype
    tolerance = 1e-5 if dtype == np.float32 else 1e-12
    assert_allclose(probabilities, clf.predict_proba(X), rtol=0, atol=tolerance)


def test_float64_weights_and_float32_rows():
    X, y = load_breast_cancer(return_X_y=True)
    clf = net().fit(X, y)
    X = with_gaps(X)
    labels, probabilities = run(clf, X, zipmap=False)
    assert_array_equal(labels, clf.predict(X))
    assert_allclose(probabilities, clf.predict_proba(X), rtol=0, atol=1e-5)


def test_multilabel():
    X, y = load_iris(return_X_y=True)
    Y = np.column_stack([y == 0, y != 1, X[:, 0] > 5.8]).astype(int)
    X = with_gaps(X)
    clf = net().fit(X, Y)
    labels, probabilities = run(clf, X, zipmap=False)
    assert_array_equal(labels, clf.predict(X))
    assert_allclose(probabilities, clf.predict_proba(X), rtol=0, atol=1e-5)


def test_encoder_is_exact():
    X, _ = mixed(np.float64)
    encoder = PiecewiseLinearEncoder(categorical_features=["grade"]).fit(X)
    X = unseen(X)
    (encoded,) = run(encoder, X)
    assert encoded.dtype == np.float64
    assert_array_equal(encoded, encoder.transform(X))


def test_encoder_of_numbers():
    X, _ = load_iris(return_X_y=True)
    X = with_gaps(X)
    encoder = PiecewiseLinearEncoder(4, categorical_features=[3], sparse_output=True).fit(X)
    (encoded,) = run(encoder, X)
    assert encoded.dtype == np.float32
    assert_allclose(encoded, encoder.transform(X).toarray(), rtol=0, atol=1e-6)


def test_array_of_text():
    X = np.array([["a", "x"], ["b", "y"], ["", "x"], ["a", "y"]] * 5, dtype=object)
    with_none = np.where(X == "", None, X)
    encoder = PiecewiseLinearEncoder().fit(with_none)
    assert_array_equal(run(encoder, X)[0], encoder.transform(with_none))


def test_empty_text_as_a_category():
    X = pd.DataFrame({"center": ["", "a", "b"] * 5})
    encoder = PiecewiseLinearEncoder().fit(X)
    assert_array_equal(run(encoder, X)[0], encoder.transform(X))
    X.loc[0, "center"] = None
    encoder.fit(pd.concat([X, X]))
    with pytest.raises(ValueError, match="'center' had gaps in fit and also the category ''"):
        run(encoder, X)


def test_categories_next_to_each_other_are_distinct():
    X = np.array([[1.0], [1.0 + 1e-15], [2.0**60]] * 5)
    encoder = PiecewiseLinearEncoder(categorical_features=[0]).fit(X)
    assert_array_equal(run(encoder, X)[0], np.tile(np.eye(3), (5, 1)))


def test_zipmap_and_other_options():
    X, y = mixed()
    clf = net(categorical_features=["grade"]).fit(X, y)
    labels, probabilities = run(clf, X)
    expected = clf.predict_proba(X)
    assert_array_equal(labels, clf.predict(X))
    assert list(probabilities[0]) == clf.classes_.tolist()
    assert_allclose([list(row.values()) for row in probabilities], expected, rtol=0, atol=1e-5)
    X["texture"] = X["texture"].astype(np.float64)  # not the first column
    clf.fit(X, y)
    expected = clf.predict_proba(X)
    labels, probabilities = run(clf, X)
    assert_allclose(probabilities, expected, rtol=0, atol=1e-12)
    labels, *columns = run(clf, X, zipmap="columns")
    assert_allclose(np.transpose(columns), expected, rtol=0, atol=1e-12)
    logits = run(clf, X, raw_scores=True)[1]
    assert_allclose(logits[:, 1], clf.decision_function(X), rtol=0, atol=1e-11)
    assert_array_equal(run(clf, X, nocl=True)[0], clf.predict(X) == "malignant")
    assert_array_equal(run(clf, X, zipmap=False, output_class_labels=True)[2], clf.classes_)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda net: make_pipeline(StandardScaler(), net),
        lambda net: GridSearchCV(net, {"n_bins": [2, 4]}, cv=2),
        lambda net: CalibratedClassifierCV(net, cv=2),
        lambda net: make_pipeline(PiecewiseLinearEncoder(), LogisticRegression(max_iter=1000)),
    ],
    ids=["pipeline", "grid", "calibrated", "encoder"],
)
def test_numbers_inside_other_estimators(wrap):
    X, y = load_iris(return_X_y=True)
    X = with_gaps(X)
    model = wrap(net()).fit(X, y)
    labels, probabilities = run(model, X, zipmap=False)
    assert_array_equal(labels, model.predict(X))
    assert_allclose(probabilities, model.predict_proba(X), rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda net: make_pipeline(net),
        lambda net: GridSearchCV(net, {"n_bins": [2, 4]}, cv=2),
        lambda net: make_pipeline(PiecewiseLinearEncoder(), LogisticRegression(max_iter=1000)),
        lambda net: make_pipeline(
            ColumnTransformer([
                ("text", PiecewiseLinearEncoder(), ["center"]),
                ("numbers", PiecewiseLinearEncoder(), ["texture", "radius"]),
            ]),
            LogisticRegression(max_iter=1000),
        ),
    ],
    ids=["pipeline", "grid", "encoder", "columns"],
)  # fmt: skip
def test_data_frame_inside_other_estimators(wrap):
    X, y = mixed()
    model = wrap(net()).fit(X, y)
    labels, probabilities = run(model, X, zipmap=False)
    assert_array_equal(labels, model.predict(X))
    assert_allclose(probabilities, model.predict_proba(X), rtol=0, atol=1e-5)


def test_network_without_weight_is_left_out():
    X, y = load_iris(return_X_y=True)
    clf = net().fit(X, y)
    clf.network_weights_ = np.array([0.0, 1.5])
    operators = [node.op_type for node in to_onnx(clf, X[:1]).graph.node]
    assert operators.count("Gemm") == 2
    assert_allclose(run(clf, X)[1], clf.predict_proba(X), rtol=0, atol=1e-12)


def test_older_opset():
    X, y = mixed()
    clf = net().fit(X, y)
    exported = to_onnx(clf, initial_types=column_types(X), target_opset=12)
    assert {opset.version for opset in exported.opset_import if not opset.domain} == {12}
    session = InferenceSession(exported.SerializeToString(), providers=["CPUExecutionProvider"])
    assert_array_equal(session.run(None, feeds(X))[0], clf.predict(X))


def test_declared_shapes():
    X, y = load_iris(return_X_y=True)
    encoder = PiecewiseLinearEncoder(4).fit(X)
    for model, n_columns in ((net().fit(X, y), 3), (encoder, 16)):
        output = to_onnx(model, X[:1]).graph.output[-1]
        rows, columns = output.type.tensor_type.shape.dim
        assert not rows.HasField("dim_value")
        assert columns.dim_value == n_columns
