"""The notes: a network with one hidden layer, its cost and its gradient.

Nothing in here knows of estimators, penalties or solvers. Rows are samples.
"""

import math
from typing import Any

import numpy as np

from ._activations import Activation
from ._outputs import Output
from ._typing import Array, Blocks, Layers

# A block's work arrays should stay in a core's own cache while the block is worked on.
CACHE_BYTES = 2**19


def rows_per_block(n_features: int, hidden_size: int, n_outputs: int, dtype: Any) -> int:
    """How many rows to work on at a time."""
    row_bytes = np.dtype(dtype).itemsize * (n_features + 2 * hidden_size + 3 * n_outputs)
    return min(max(CACHE_BYTES // row_bytes, 256), 4096)


class Network:
    """A network with one hidden layer, evaluated block of rows by block of rows.

    With X (r, n) a block of rows, W1 (n, h), b1 (h,), W2 (h, k), b2 (k,)::

        forward     Z1 = X W1 + b1      A1 = g(Z1)
                    Z2 = A1 W2 + b2     A2 = sigmoid(Z2) or softmax(Z2)
        cost        Σ wᵢ Lᵢ, with L the cross-entropy of A2 and Y
        backward    dZ2 = w (A2 - Y)
                    dW2 = A1ᵀ dZ2                   db2 = Σ dZ2
                    dZ1 = (dZ2 W2ᵀ) * g'(Z1)
                    dW1 = Xᵀ dZ1                    db1 = Σ dZ1

    Cost and gradient are sums over rows, so blocks can be summed in any order and place; who
    wants the notes' 1/m divides by it. All parameters are one flat vector, W1, b1, W2 and b2
    views of it, and so is the gradient.

    A network owns the work arrays of one block and so serves one thread at a time.
    """

    def __init__(
        self,
        n_features: int,
        hidden_size: int,
        n_outputs: int,
        activation: Activation,
        output: Output,
        *,
        max_rows: int,
        dtype: Any,
    ) -> None:
        self.shapes = [(n_features, hidden_size), (hidden_size,), (hidden_size, n_outputs)]
        self.shapes += [(n_outputs,)]
        self.n_parameters = sum(math.prod(shape) for shape in self.shapes)
        self.activation = activation
        self.output = output
        self.max_rows = min(
            rows_per_block(n_features, hidden_size, n_outputs, dtype), max(max_rows, 1)
        )
        self.dtype = np.dtype(dtype)
        self._A1 = np.empty((self.max_rows, hidden_size), dtype)
        self._dZ1 = np.empty((self.max_rows, hidden_size), dtype)
        self._Z2 = np.empty((self.max_rows, n_outputs), dtype)

    def layers(self, parameters: Array) -> Layers:
        """W1, b1, W2 and b2 as views of a flat vector."""
        views, start = [], 0
        for shape in self.shapes:
            stop = start + math.prod(shape)
            views.append(parameters[start:stop].reshape(shape))
            start = stop
        W1, b1, W2, b2 = views
        return W1, b1, W2, b2

    def forward(self, layers: Layers, X: Any) -> tuple[Array, Array]:
        """A1 and the logits Z2 of a block, in work arrays that the next block overwrites."""
        W1, b1, W2, b2 = layers
        n_rows = X.shape[0]
        A1 = _product(X, W1, out=self._A1[:n_rows])
        A1 += b1
        self.activation.g(A1)
        Z2 = np.matmul(A1, W2, out=self._Z2[:n_rows])
        Z2 += b2
        return A1, Z2

    def logits(self, layers: Layers, X: Any) -> Array:
        """Z2 of all rows of X (m, n), in an array of its own (m, k)."""
        logits = np.empty((X.shape[0], len(layers[3])), self.dtype)
        for start in range(0, X.shape[0], self.max_rows):
            rows = slice(start, start + self.max_rows)
            logits[rows] = self.forward(layers, X[rows])[1]
        return logits

    def cost(self, parameters: Array, blocks: Blocks) -> float:
        """Σ wᵢ Lᵢ over the rows of all blocks."""
        layers = self.layers(parameters)
        return sum(float(w @ self.output.loss(self.forward(layers, X)[1], Y)) for X, Y, w in blocks)

    def cost_and_gradient(self, parameters: Array, blocks: Blocks, gradient: Array) -> float:
        """Σ wᵢ Lᵢ over the rows of all blocks; its gradient is written into ``gradient``."""
        layers = self.layers(parameters)
        W2 = layers[2]
        dW1, db1, dW2, db2 = self.layers(gradient)
        gradient.fill(0)
        cost = 0.0
        for X, Y, w in blocks:
            A1, Z2 = self.forward(layers, X)
            cost += float(w @ self.output.loss(Z2, Y))
            self.output.probabilities(Z2)  # Z2 is now A2
            Z2 -= Y
            Z2 *= w[:, np.newaxis]
            dZ2 = Z2
            dW2 += A1.T @ dZ2
            db2 += dZ2.sum(axis=0)
            dZ1 = np.matmul(dZ2, W2.T, out=self._dZ1[: len(A1)])
            self.activation.derivative(A1)  # A1 is now g'(Z1)
            dZ1 *= A1
            dW1 += X.T @ dZ1
            db1 += dZ1.sum(axis=0)
        return cost


def _product(X: Any, W: Array, out: Array) -> Array:
    """X W in ``out``: only dense arrays can be told where to put it."""
    if isinstance(X, np.ndarray):
        return np.matmul(X, W, out=out)
    out[...] = X @ W
    return out
