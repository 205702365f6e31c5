"""A fitted network as ONNX operators."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from onnx.helper import np_dtype_to_tensor_dtype
from skl2onnx.algebra import onnx_ops as ops

# node(operator, *inputs, **attributes): an operator of the opset that the user asked for.
Node: TypeAlias = Callable[..., Any]

OPERATORS = {
    "relu": ops.OnnxRelu,
    "tanh": ops.OnnxTanh,
    "sigmoid": ops.OnnxSigmoid,
    "identity": ops.OnnxIdentity,
    "softmax": ops.OnnxSoftmax,
}


def node_factory(container: Any) -> Node:
    """Return the function that makes operators."""

    def node(operator: Any, *inputs: Any, **attributes: Any) -> Any:
        return operator(*inputs, **({"op_version": container.target_opset} | attributes))

    return node


def cast(node: Node, X: Any, dtype: Any) -> Any:
    """Return X as that dtype."""
    return node(ops.OnnxCast, X, to=np_dtype_to_tensor_dtype(np.dtype(dtype)))


def network_logits(node: Node, X: Any, network: Any, dtype: Any, weight: float = 1.0) -> Any:
    """Return ``weight`` times the logits (m, k) of a network, for X of that dtype."""
    (W1, W2), (b1, b2) = network.coefs_, network.intercepts_
    W1, b1, W2, b2 = (part.astype(dtype) for part in (W1, b1, weight * W2, weight * b2))
    Z1 = node(ops.OnnxGemm, X, W1, b1)
    name, negative_slope = network._activation
    if name == "leaky_relu":  # ONNX's LeakyRelu has a slope of float32
        A1 = node(ops.OnnxMax, node(ops.OnnxMul, Z1, np.array([negative_slope], dtype)), Z1)
    else:
        A1 = node(OPERATORS[name], Z1)
    return node(ops.OnnxGemm, A1, W2, b2)
