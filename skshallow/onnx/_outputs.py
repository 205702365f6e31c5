"""The outputs of a classifier: labels and probabilities, with the options of skl2onnx's own."""

from typing import Any

import numpy as np
from skl2onnx._parse import _parse_sklearn_classifier as parse_classifier
from skl2onnx._parse import _parse_sklearn_simple_model as parse_simple_model
from skl2onnx.algebra import onnx_ops as ops
from skl2onnx.common.data_types import DoubleTensorType, guess_proto_type
from skl2onnx.common.utils_classifier import get_label_classes

from ._network import OPERATORS, Node

OPTIONS = {
    "zipmap": [True, False, "columns"],
    "nocl": [True, False],
    "output_class_labels": [False, True],
    "raw_scores": [True, False],
}


def declare_outputs(scope: Any, model: Any, inputs: Any, custom_parsers: Any = None) -> Any:
    """Declare the outputs of a classifier or of a transformer.

    They are float64 if any input is, else float32. skl2onnx looks at the type of a single input.
    """
    parse = _classifier_parser(scope, model, inputs) if hasattr(model, "classes_") else None
    widest = max(inputs, key=_is_float64)
    outputs = (parse or parse_simple_model)(scope, model, [widest], custom_parsers)
    operators = reversed(scope.operators.values())
    next(one for one in operators if one.raw_operator is model).inputs = inputs
    return outputs


def _is_float64(variable: Any) -> bool:
    return isinstance(variable.type, DoubleTensorType)


def _classifier_parser(scope: Any, model: Any, inputs: Any) -> Any:
    _check_labels(model.classes_)
    options = scope.get_options(model, {"zipmap": True, "output_class_labels": False})
    as_an_array = any(map(_is_float64, inputs)) and options["zipmap"] is True
    if as_an_array and not options["output_class_labels"]:
        return parse_simple_model
    return parse_classifier


def _check_labels(classes: Any) -> None:
    """Raise ValueError for labels that are neither int64 nor strings, as ONNX needs."""
    if classes.dtype.kind in "mM":
        raise ValueError(f"ONNX has no labels of {classes.dtype}: fit with strings, y.astype(str).")
    if classes.dtype.kind == "u" and classes.max() > np.iinfo(np.int64).max:
        raise ValueError(
            f"ONNX labels are int64, which cannot hold {classes.max()}: fit with smaller labels, "
            "or with strings."
        )


def is_multilabel(model: Any) -> bool:
    """Whether each output is a label."""
    return bool(model.out_activation_ == "sigmoid" and model.n_outputs_ > 1)


def write_outputs(
    scope: Any, operator: Any, container: Any, node: Node, Z2: Any, dtype: Any
) -> None:
    """Write labels and probabilities of logits (m, k) of that dtype."""
    model = operator.raw_operator
    if model.n_outputs_ == 1:
        Z2 = node(ops.OnnxConcat, node(ops.OnnxNeg, Z2), Z2, axis=1)
    if is_multilabel(model):
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
