"""Converters of PiecewiseLinearEncoder and TabularNetClassifier."""

from typing import Any

import numpy as np
from skl2onnx import update_registered_converter
from skl2onnx.algebra import onnx_ops as ops
from skl2onnx.common.data_types import Int64TensorType, StringTensorType, guess_proto_type
from skl2onnx.common.utils_classifier import get_label_classes
from sklearn.utils.validation import check_is_fitted

from .._fitted.persistence import check_state
from .._tabular.classifier import TabularNetClassifier
from .._tabular.encoder import PiecewiseLinearEncoder
from .._tabular.persistence import check_classifier, check_encoder
from ._network import Node, network_logits, node_factory
from ._outputs import OPTIONS, declare_outputs, is_multilabel, write_outputs
from ._tables import encoded, table_of

# Equal has float64 from it on.
OLDEST_OPSET = 11


def _node_factory(container: Any) -> Node:
    if container.target_opset < OLDEST_OPSET:
        raise ValueError(
            f"Tables need opset {OLDEST_OPSET} or later, but target_opset is "
            f"{container.target_opset}."
        )
    return node_factory(container)


def _parse_encoder(scope: Any, model: Any, inputs: Any, custom_parsers: Any = None) -> Any:
    """Declare the output of a fitted encoder."""
    check_is_fitted(model)
    check_encoder(vars(model), [])
    return declare_outputs(scope, model, inputs, custom_parsers)


def _set_encoder_types(operator: Any) -> None:
    """Give the output its shape."""
    n_columns = operator.raw_operator._encoding().n_columns
    operator.outputs[0].type.shape = [operator.inputs[0].get_first_dimension(), n_columns]


def _convert_encoder(scope: Any, operator: Any, container: Any) -> None:
    """Write the encoding as ONNX operators."""
    model, node = operator.raw_operator, _node_factory(container)
    (output,) = operator.outputs
    columns = encoded(node, table_of(node, operator.inputs, model), model)
    to = guess_proto_type(output.type)
    node(ops.OnnxCast, columns, to=to, output_names=[output]).add_to(scope, container)


def _parse_classifier(scope: Any, model: Any, inputs: Any, custom_parsers: Any = None) -> Any:
    """Declare the outputs of a fitted classifier."""
    check_is_fitted(model)
    check_classifier(vars(model), [])
    for encoder in model.encoders_:
        check_encoder(vars(encoder), [])
    for network in model.networks_:
        check_state(vars(network), parameters=[])
    return declare_outputs(scope, model, inputs, custom_parsers)


def _set_classifier_types(operator: Any) -> None:
    """Give the outputs their types and shapes."""
    model, (labels, probabilities) = operator.raw_operator, operator.outputs
    m = operator.inputs[0].get_first_dimension()
    classes = get_label_classes(operator.scope_inst, model)
    of_numbers = classes.dtype.kind in "biuf"
    shape = [m, len(classes)]
    probabilities.type.shape = shape
    label_type = Int64TensorType if of_numbers else StringTensorType
    labels.set_type(label_type(shape if is_multilabel(model) else [m]))


def _convert_classifier(scope: Any, operator: Any, container: Any) -> None:
    """Write the encodings and the weighted sum of the networks' logits as ONNX operators."""
    model, node = operator.raw_operator, _node_factory(container)
    table = table_of(node, operator.inputs, model.encoders_[0])
    dtype = np.result_type(*(network.coefs_[0] for network in model.networks_))
    logits = [
        network_logits(node, encoded(node, table, encoder, dtype), network, dtype, weight)
        for weight, encoder, network in zip(
            model.network_weights_, model.encoders_, model.networks_, strict=True
        )
        if weight > 0
    ]
    Z2 = logits[0] if len(logits) == 1 else node(ops.OnnxSum, *logits)
    write_outputs(scope, operator, container, node, Z2, dtype)


update_registered_converter(
    PiecewiseLinearEncoder,
    "SkshallowPiecewiseLinearEncoder",
    _set_encoder_types,
    _convert_encoder,
    parser=_parse_encoder,
)
update_registered_converter(
    TabularNetClassifier,
    "SkshallowTabularNetClassifier",
    _set_classifier_types,
    _convert_classifier,
    parser=_parse_classifier,
    options=OPTIONS,
)
