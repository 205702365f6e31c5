"""Converter of ShallowNetClassifier."""

from typing import Any

import numpy as np
from skl2onnx import update_registered_converter
from skl2onnx.common.data_types import FloatTensorType
from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes
from sklearn.utils.validation import check_is_fitted

from .._classifier import ShallowNetClassifier
from .._fitted.persistence import check_state
from ._network import cast, network_logits, node_factory
from ._outputs import OPTIONS, declare_outputs, is_multilabel, write_outputs


def _parse(scope: Any, model: Any, inputs: Any, custom_parsers: Any = None) -> Any:
    """Declare the outputs of a fitted classifier."""
    check_is_fitted(model)
    check_state(vars(model), parameters=[])
    return declare_outputs(scope, model, inputs, custom_parsers)


def _set_types(operator: Any) -> None:
    """Give the outputs their types and shapes."""
    calculate_linear_classifier_output_shapes(operator)
    if is_multilabel(operator.raw_operator):
        labels, probabilities = operator.outputs
        labels.type.shape = probabilities.type.shape


def _convert(scope: Any, operator: Any, container: Any) -> None:
    """Write the network as ONNX operators."""
    model, node = operator.raw_operator, node_factory(container)
    (X,) = operator.inputs
    X_dtype = np.float32 if isinstance(X.type, FloatTensorType) else np.float64
    dtype = np.result_type(X_dtype, model.coefs_[0])
    Z2 = network_logits(node, cast(node, X, dtype), model, dtype)
    write_outputs(scope, operator, container, node, Z2, dtype)


update_registered_converter(
    ShallowNetClassifier,
    "SkshallowShallowNetClassifier",
    _set_types,
    _convert,
    parser=_parse,
    options=OPTIONS,
)
