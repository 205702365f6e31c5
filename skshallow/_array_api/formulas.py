"""The notes in any array namespace: forward, cost and gradient as functions without state.

The shapes are those of :class:`~skshallow._network.network.Network`: X (r, n), W1 (n, e·h),
b1 (e·h,), W2 (e, h, k), b2 (e, 1, k), Z2 (e, r, k), w (e, r) or (1, r) for e ensemble members.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

# g(Z) and g' in terms of A = g(Z), by name; c is the slope of leaky ReLU.
ACTIVATIONS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "relu": (
        lambda xp, Z, c: xp.clip(Z, 0.0),
        lambda xp, A, c: xp.astype(A > 0, A.dtype),
    ),
    "tanh": (
        lambda xp, Z, c: xp.tanh(Z),
        lambda xp, A, c: 1 - A * A,
    ),
    "leaky_relu": (
        lambda xp, Z, c: xp.maximum(c * Z, Z),
        lambda xp, A, c: xp.astype(A > 0, A.dtype) * (1 - c) + c,
    ),
    "sigmoid": (
        lambda xp, Z, c: sigmoid(xp, Z),
        lambda xp, A, c: A * (1 - A),
    ),
    "identity": (
        lambda xp, Z, c: Z,
        lambda xp, A, c: xp.ones_like(A),
    ),
}


class Formulas(NamedTuple):
    """The formulas of one network in the namespace ``xp``."""

    xp: Any
    activation: str
    negative_slope: float
    out_activation: str

    def hidden(self, W1: Any, b1: Any, X: Any) -> Any:
        """A1 = g(X W1 + b1)."""
        Z1 = X @ W1
        Z1 += b1
        return ACTIVATIONS[self.activation][0](self.xp, Z1, self.negative_slope)

    def by_member(self, A: Any, e: int) -> Any:
        """Return A (r, e·h) as (e, r, h)."""
        xp = self.xp
        return xp.permute_dims(xp.reshape(A, (A.shape[0], e, -1)), (1, 0, 2))

    def forward(self, layers: Any, X: Any) -> tuple[Any, Any]:
        """Return A1 (r, e·h) and Z2."""
        W1, b1, W2, b2 = layers
        A1 = self.hidden(W1, b1, X)
        return A1, self.by_member(A1, W2.shape[0]) @ W2 + b2

    def cost_and_gradient(self, layers: Any, X: Any, Y: Any, w: Any) -> tuple[Any, list[Any]]:
        """Return Σ wᵢ Lᵢ and [dW1, dW2, db1, db2]."""
        xp, (_, _, W2, _) = self.xp, layers
        A1, Z2 = self.forward(layers, X)
        L, A2 = self.cross_entropy(Z2, Y)
        dZ2 = (A2 - Y) * w[:, :, None]
        dW2 = self.by_member(A1, W2.shape[0]).mT @ dZ2
        dA1 = xp.permute_dims(dZ2 @ W2.mT, (1, 0, 2))
        dZ1 = xp.reshape(dA1, A1.shape)
        dZ1 *= ACTIVATIONS[self.activation][1](xp, A1, self.negative_slope)
        gradient = [X.T @ dZ1, dW2, xp.sum(dZ1, axis=0), xp.sum(dZ2, axis=1)]
        return xp.sum(w * L), gradient

    def cross_entropy(self, Z2: Any, Y: Any) -> tuple[Any, Any]:
        """Return L (…, r) and A2."""
        xp = self.xp
        if self.out_activation == "sigmoid":
            L = xp.log1p(xp.exp(-xp.abs(Z2))) + xp.clip(Z2, 0.0) - Y * Z2
            return xp.sum(L, axis=-1), sigmoid(xp, Z2)
        log_A2 = log_softmax(xp, Z2)
        return -xp.sum(Y * log_A2, axis=-1), xp.exp(log_A2)


def sigmoid(xp: Any, Z: Any) -> Any:
    """1 / (1 + e^-z)."""
    return 1 / (1 + xp.exp(-Z))


def log_sigmoid(xp: Any, Z: Any) -> Any:
    """Logarithm of the sigmoid, in which nothing overflows."""
    return xp.clip(Z, None, 0.0) - xp.log1p(xp.exp(-xp.abs(Z)))


def log_softmax(xp: Any, Z: Any) -> Any:
    """Logarithm of the softmax over the last axis."""
    Z = Z - xp.max(Z, axis=-1, keepdims=True)
    return Z - xp.log(xp.sum(xp.exp(Z), axis=-1, keepdims=True))
