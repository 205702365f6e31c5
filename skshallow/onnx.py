"""Export to ONNX: with this module imported, skl2onnx converts the classifier.

It does so for the classifier alone and within Pipeline, GridSearchCV, CalibratedClassifierCV with
its default method, BaggingClassifier, StackingClassifier and OneVsRestClassifier, with the options
of skl2onnx's own classifiers: ``zipmap``, ``nocl``, ``output_class_labels``, and ``raw_scores`` for
logits in place of probabilities (for two classes -z and z).

The exported network computes as ``predict_proba`` does: in float32 if both the weights and the
input are float32, else in float64. Its probabilities are float64 for float64 input, else float32.
ONNX has no ZipMap of float64: for float64 input ``zipmap=True``, the default, gives an array, and
the outputs have the names that ``zipmap=False`` gives them. Within the last four of the above it
takes ``options={"zipmap": False}``, or onnxruntime refuses the model.

skl2onnx has limits of its own, whatever the classifier. TunedThresholdClassifierCV is exported
without its threshold, and isotonic calibration is not exact. SimpleImputer and PowerTransformer
need float32 input: cast before, ``to_onnx(model, X[:1].astype(np.float32))``.

Examples
--------
>>> import numpy as np
>>> from onnxruntime import InferenceSession
>>> from skl2onnx import to_onnx
>>> from sklearn.datasets import load_iris
>>> import skshallow.onnx
>>> X, y = load_iris(return_X_y=True)
>>> clf = skshallow.ShallowNetClassifier(random_state=0).fit(X, y)
>>> model = to_onnx(clf, X[:1]).SerializeToString()
>>> session = InferenceSession(model, providers=["CPUExecutionProvider"])
>>> labels, probabilities = session.run(None, {"X": X})
>>> np.array_equal(labels, clf.predict(X))
True
>>> np.allclose(probabilities, clf.predict_proba(X), rtol=0, atol=1e-12)
True
"""

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ._classifier import ShallowNetClassifier
from ._fitted.persistence import check_state
from ._fitted.state import FittedState

try:
    from onnx.helper import np_dtype_to_tensor_dtype
    from skl2onnx import update_registered_converter
    from skl2onnx._parse import _parse_sklearn_classifier as parse_classifier
    from skl2onnx._parse import _parse_sklearn_simple_model as parse_simple_model
    from skl2onnx.algebra import onnx_ops as ops
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, guess_proto_type
    from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes
    from skl2onnx.common.utils_classifier import get_label_classes
except ModuleNotFoundError as error:
    raise ImportError("skshallow.onnx needs skl2onnx: pip install 'skshallow[onnx]'") from error

OPERATORS = {
    "relu": ops.OnnxRelu,
    "tanh": ops.OnnxTanh,
    "sigmoid": ops.OnnxSigmoid,
    "identity": ops.OnnxIdentity,
    "softmax": ops.OnnxSoftmax,
}


def _parse(scope: Any, model: Any, inputs: Any, custom_parsers: Any = None) -> Any:
    """Declare the outputs of a fitted classifier."""
    check_is_fitted(model)
    check_state(vars(model), parameters=[])
    _check_labels(model.classes_)
    options = scope.get_options(model, {"zipmap": True, "output_class_labels": False})
    as_an_array = isinstance(inputs[0].type, DoubleTensorType) and options["zipmap"] is True
    if as_an_array and not options["output_class_labels"]:
        return parse_simple_model(scope, model, inputs, custom_parsers)
    return parse_classifier(scope, model, inputs, custom_parsers)


def _check_labels(classes: Any) -> None:
    """Raise ValueError for labels that are neither int64 nor strings, as ONNX needs."""
    if classes.dtype.kind in "mM":
        raise ValueError(f"ONNX has no labels of {classes.dtype}: fit with strings, y.astype(str).")
    if classes.dtype.kind == "u" and classes.max() > np.iinfo(np.int64).max:
        raise ValueError(
            f"ONNX labels are int64, which cannot hold {classes.max()}: fit with smaller labels, "
            "or with strings."
        )


def _set_types(operator: Any) -> None:
    """Give the outputs their types and shapes."""
    calculate_linear_classifier_output_shapes(operator)
    if FittedState(vars(operator.raw_operator)).labels.multilabel:
        labels, probabilities = operator.outputs
        labels.type.shape = probabilities.type.shape


def _convert(scope: Any, operator: Any, container: Any) -> None:
    """Write the network as ONNX operators."""
    model = operator.raw_operator
    (W1, W2), (b1, b2) = model.coefs_, model.intercepts_
    (X,) = operator.inputs
    X_dtype = np.float32 if isinstance(X.type, FloatTensorType) else np.float64
    dtype = np.result_type(X_dtype, W1)
    W1, b1, W2, b2 = (part.astype(dtype) for part in (W1, b1, W2, b2))

    def node(op: Any, *inputs: Any, **attributes: Any) -> Any:
        return op(*inputs, op_version=container.target_opset, **attributes)

    Z1 = node(ops.OnnxGemm, node(ops.OnnxCast, X, to=np_dtype_to_tensor_dtype(dtype)), W1, b1)
    name, negative_slope = model._activation
    if name == "leaky_relu":  # ONNX's LeakyRelu has a slope of float32
        A1 = node(ops.OnnxMax, node(ops.OnnxMul, Z1, np.array([negative_slope], dtype)), Z1)
    else:
        A1 = node(OPERATORS[name], Z1)
    Z2 = node(ops.OnnxGemm, A1, W2, b2)
    if len(b2) == 1:
        Z2 = node(ops.OnnxConcat, node(ops.OnnxNeg, Z2), Z2, axis=1)

    if FittedState(vars(model)).labels.multilabel:
        y = node(ops.OnnxGreater, Z2, np.zeros(1, dtype))
    else:
        classes = get_label_classes(scope, model)
        classes = classes.astype(np.int64 if classes.dtype.kind in "biuf" else np.str_)
        y = node(ops.OnnxGather, classes, node(ops.OnnxArgMax, Z2, axis=1, keepdims=0))
    raw_scores = container.get_options(model, {"raw_scores": False})["raw_scores"]
    A2 = Z2 if raw_scores else node(OPERATORS[model.out_activation_], Z2)
    for result, output in zip((y, A2), operator.outputs, strict=True):
        result = node(ops.OnnxCast, result, to=guess_proto_type(output.type), output_names=[output])
        result.add_to(scope, container)


update_registered_converter(
    ShallowNetClassifier,
    "SkshallowShallowNetClassifier",
    _set_types,
    _convert,
    parser=_parse,
    options={
        "zipmap": [True, False, "columns"],
        "nocl": [True, False],
        "output_class_labels": [False, True],
        "raw_scores": [True, False],
    },
)
