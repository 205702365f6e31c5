"""Export to ONNX: onnxruntime and the classifier give the same predictions."""

import re
import subprocess
import sys

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from onnxruntime import InferenceSession
from skl2onnx import to_onnx
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_digits, load_iris
from sklearn.ensemble import BaggingClassifier, StackingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PowerTransformer, StandardScaler

import skshallow.onnx  # noqa: F401
from skshallow import ShallowNetClassifier
from tests.helpers import ACTIVATIONS, ignore_convergence

pytestmark = ignore_convergence

TOLERANCE = {np.float64: 1e-12, np.float32: 1e-5}


def binary():
    X, y = load_breast_cancer(return_X_y=True)
    return X, np.where(y == 1, "benign", "malignant")


def multiclass():
    return load_iris(return_X_y=True)


def multilabel():
    X, y = load_iris(return_X_y=True)
    return X, np.column_stack([y == 0, y != 1, X[:, 0] > 5.8]).astype(int)


def net(activation="relu", **params):
    return ShallowNetClassifier(8, activation, max_iter=15, random_state=0, **params)


def session(model, X, **options):
    exported = to_onnx(model, X[:1], options=options or None)
    return InferenceSession(exported.SerializeToString(), providers=["CPUExecutionProvider"])


def run(model, X, **options):
    return session(model, X, **options).run(None, {"X": X})


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("data", [binary, multiclass, multilabel])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_exported_model_predicts_as_the_classifier(activation, data, dtype):
    X, y = data()
    X = X.astype(dtype)
    clf = net(activation, negative_slope=0.3).fit(X, y)
    labels, probabilities = run(clf, X, zipmap=False)
    assert_array_equal(labels, clf.predict(X))
    assert probabilities.dtype == dtype
    assert_allclose(probabilities, clf.predict_proba(X), rtol=0, atol=TOLERANCE[dtype])
    assert_array_equal(run(clf, X[:1], zipmap=False)[0], labels[:1])


def test_float64_weights_are_not_rounded():
    X, y = binary()
    X = (X + 1e5).astype(np.float32)  # float32 loses the differences within a column
    clf = net().fit(X.astype(np.float64), y)
    labels, probabilities = run(clf, X, zipmap=False)
    assert_array_equal(labels, clf.predict(X))
    assert probabilities.dtype == np.float32
    assert_allclose(probabilities, clf.predict_proba(X), rtol=0, atol=1e-7)


def test_float32_weights_and_float64_rows():
    X, y = binary()
    clf = net().fit(X.astype(np.float32), y)
    assert_allclose(run(clf, X)[1], clf.predict_proba(X), rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.int64, np.bool_])
def test_integers_and_booleans(dtype):
    X, y = load_digits(return_X_y=True)
    X = (X > 7).astype(dtype)
    clf = net().fit(X, y > 4)  # ONNX returns boolean labels as 0 and 1
    labels, probabilities = run(clf, X, zipmap=False)
    assert_array_equal(labels, clf.predict(X).astype(int))
    assert_allclose(probabilities, clf.predict_proba(X), rtol=0, atol=1e-7)


def test_fitted_activation_is_exported():
    X, y = multiclass()
    clf = net("tanh").fit(X, y)
    expected = clf.predict_proba(X)
    clf.set_params(activation="relu")
    assert_allclose(run(clf, X)[1], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("data", [binary, multiclass, multilabel])
def test_zipmap(data):
    X, y = data()
    X = X.astype(np.float32)
    clf = net().fit(X, y)
    labels, probabilities = run(clf, X)
    assert_array_equal(labels, clf.predict(X))
    assert list(probabilities[0]) == clf.classes_.tolist()
    assert_allclose(
        [list(row.values()) for row in probabilities], clf.predict_proba(X), rtol=0, atol=1e-5
    )
    labels, *columns = run(clf, X, zipmap="columns")
    assert_array_equal(labels, clf.predict(X))
    assert_allclose(np.transpose(columns), clf.predict_proba(X), rtol=0, atol=1e-5)


def test_float64_probabilities_are_an_array_by_default():
    X, y = binary()
    model = make_pipeline(StandardScaler(), net()).fit(X, y)
    for exported in (model, model[-1]):
        labels, probabilities = run(exported, X)
        assert_array_equal(labels, exported.predict(X))
        assert_allclose(probabilities, exported.predict_proba(X), rtol=0, atol=1e-12)
    options = {ShallowNetClassifier: {"zipmap": True}}
    to_onnx(model[-1], X[:1], options=options)
    assert options == {ShallowNetClassifier: {"zipmap": True}}


@pytest.mark.parametrize("data", [binary, multiclass, multilabel])
def test_other_options(data):
    X, y = data()
    clf = net().fit(X, y)
    labels, logits = run(clf, X, raw_scores=True)
    expected = clf.decision_function(X)
    if expected.ndim == 1:
        expected = np.column_stack([-expected, expected])
    assert_array_equal(labels, clf.predict(X))
    assert_allclose(logits, expected, rtol=0, atol=1e-11)
    assert_array_equal(run(clf, X, zipmap=False, output_class_labels=True)[2], clf.classes_)
    with pytest.raises(RuntimeError, match="not compatible with option 'zipmap'"):
        run(clf, X, output_class_labels=True)
    if data is binary:
        assert_array_equal(run(clf, X, nocl=True)[0], clf.predict(X) == clf.classes_[1])


def test_labels_beyond_int64_raise():
    X, y = binary()
    largest = np.iinfo(np.int64).max
    y = np.array([0, largest], np.uint64)[(y == "benign").astype(int)]
    clf = net().fit(X, y)
    assert_array_equal(run(clf, X)[0], clf.predict(X))
    with pytest.raises(ValueError, match="labels are int64, which cannot hold 9223372036854775808"):
        run(net().fit(X, y + np.uint64(1)), X)


def test_declared_shapes():
    X, y = multilabel()
    for output in to_onnx(net().fit(X, y), X[:1]).graph.output:
        rows, labels = output.type.tensor_type.shape.dim
        assert not rows.HasField("dim_value")
        assert labels.dim_value == 3


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda net: make_pipeline(StandardScaler(), net),
        lambda net: GridSearchCV(net, {"hidden_size": [2, 4]}, cv=2),
        lambda net: CalibratedClassifierCV(net, cv=2),
        lambda net: BaggingClassifier(net, n_estimators=2, random_state=0),
        lambda net: StackingClassifier([("net", net), ("linear", LogisticRegression())], cv=2),
        lambda net: OneVsRestClassifier(net),
    ],
    ids=["pipeline", "grid", "calibrated", "bagging", "stacking", "one-vs-rest"],
)
def test_inside_other_estimators(wrap, dtype):
    X, y = multiclass()
    model = wrap(net()).fit(X, y)
    X = X.astype(dtype)
    labels, probabilities = run(model, X, zipmap=False)
    assert_array_equal(labels, model.predict(X))
    assert_allclose(probabilities, model.predict_proba(X), rtol=0, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("transformer", [SimpleImputer(), PowerTransformer()])
def test_after_transformers_that_need_float32(transformer):
    X, y = binary()
    model = make_pipeline(StandardScaler(), transformer, net()).fit(X, y)
    X = X.astype(np.float32)
    labels, probabilities = run(model, X, zipmap=False)
    assert_array_equal(labels, model.predict(X))
    assert_allclose(probabilities, model.predict_proba(X), rtol=0, atol=1e-5)


def test_float32_is_computed_in_float32():
    X, y = binary()
    X = X.astype(np.float32)
    exported = to_onnx(net().fit(X, y), X[:1], options={"zipmap": False})
    inferred = onnx.shape_inference.infer_shapes(exported).graph.value_info
    types = {value.type.tensor_type.elem_type for value in inferred}
    assert onnx.TensorProto.FLOAT in types
    assert onnx.TensorProto.DOUBLE not in types


def test_float_labels():
    X, y = multiclass()
    clf = net().fit(X, y * 1e17)
    labels = run(clf, X)[0]
    assert labels.dtype == np.int64
    assert_array_equal(labels, clf.predict(X))


@pytest.mark.parametrize("labels", ["datetime64[D]", "timedelta64[s]"])
def test_labels_of_types_without_onnx_equivalent_raise(labels):
    X, y = multiclass()
    clf = net().fit(X, y.astype(labels))
    with pytest.raises(ValueError, match=re.escape(f"ONNX has no labels of {labels}: fit with s")):
        to_onnx(clf, X[:1])


def test_older_opset():
    X, y = multiclass()
    clf = net("leaky_relu").fit(X, y)
    exported = to_onnx(clf, X[:1], target_opset=12)
    assert {opset.version for opset in exported.opset_import if not opset.domain} == {12}
    model = InferenceSession(exported.SerializeToString(), providers=["CPUExecutionProvider"])
    assert_allclose(model.run(None, {"X": X})[1], clf.predict_proba(X), rtol=0, atol=1e-12)


def test_unfitted_raises():
    X, _ = multiclass()
    for model in (net(), make_pipeline(StandardScaler().fit(X), net())):
        with pytest.raises(NotFittedError, match="ShallowNetClassifier instance is not fitted"):
            to_onnx(model, X[:1])


def test_unknown_activation_raises():
    X, y = multiclass()
    clf = net().fit(X, y)
    clf._activation = ("swish", 0.01)
    with pytest.raises(ValueError, match=r"activation is \('swish', 0.01\)"):
        to_onnx(clf, X[:1])


def test_import_without_skl2onnx_raises():
    code = "import sys; sys.modules['skl2onnx'] = None; import skshallow; import skshallow.onnx"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stderr.splitlines()[-1] == (
        "ImportError: skshallow.onnx needs skl2onnx: pip install 'skshallow[onnx]'"
    )
