"""The notes: a network with one hidden layer, its cost and its gradient.

Nothing in here knows of estimators, penalties or solvers. Rows are samples.
"""

import math
from collections import deque
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from ._activations import Activation
from ._outputs import Output
from ._typing import Array, Blocks, Layers

# A block's work arrays should stay in a core's own cache while the block is worked on.
CACHE_BYTES = 2**19

# Of so many members with one output each, all dZ1 are one product faster than one by one.
FEW_MEMBERS = 8


def rows_per_block(n_features: int, n_units: int, n_outputs: int, dtype: Any) -> int:
    """How many rows to work on at a time."""
    row_bytes = np.dtype(dtype).itemsize * (n_features + 2 * n_units + 3 * n_outputs)
    return min(max(CACHE_BYTES // row_bytes, 256), 4096)


class _Work(NamedTuple):
    """The work arrays as views for r rows, by all units and by the units of each member."""

    A1: Array  # (r, e·h)
    members_A1: Array  # (e, r, h), the same memory
    dZ1: Array  # (r, e·h)
    members_dZ1: Array  # (e, r, h), the same memory
    Z2: Array  # (e, r, k)
    ones: Array  # (r,)


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
    wants the notes' 1/m divides by it. All parameters are one flat vector, the ``n_weights`` of
    W1 and W2 first and the biases after them, and so is the gradient.

    A committee of e such networks is one network with the hidden units of all members side by
    side: W1 (n, e·h) serves them in one product, and what is a member's own comes with an axis of
    members in front: A1 (e, r, h), W2 (e, h, k), b2 (e, 1, k), Z2 (e, r, k), w (e, r). The
    formulas stay as they are. The committee's logits are the mean of its members', and so those
    of one network of width e·h.

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
        n_members: int = 1,
        max_rows: int,
        dtype: Any,
    ) -> None:
        n_units = n_members * hidden_size
        self.n_members = n_members
        self.shapes = [(n_features, n_units), (n_members, hidden_size, n_outputs)]
        self.shapes += [(n_units,), (n_members, 1, n_outputs)]
        ends = np.cumsum([math.prod(shape) for shape in self.shapes]).tolist()
        _, self.n_weights, _, self.n_parameters = ends
        self._slices = [slice(*pair) for pair in pairwise([0, *ends])]
        self.activation = activation
        self.output = output
        self.max_rows = min(
            rows_per_block(n_features, n_units, n_members * n_outputs, dtype), max(max_rows, 1)
        )
        # As many in all where each member has rows of its own, but not a handful each.
        self.max_rows_apart = max(self.max_rows // n_members, min(self.max_rows, 128))
        self.dtype = np.dtype(dtype)
        self._A1, self._dZ1 = np.empty((2, self.max_rows, n_units), dtype)
        self._Z2 = np.empty(n_members * self.max_rows * n_outputs, dtype)
        self._ones = np.ones(self.max_rows, dtype)
        # A solver comes back to the same few vectors and sizes of blocks step by step.
        self._layers: deque[tuple[Array, Layers]] = deque(maxlen=4)
        self._work: dict[int, _Work] = {}

    @cached_property
    def _part(self) -> Array:
        """The gradient of one of several blocks; most batches are one."""
        return np.empty(self.n_parameters, self.dtype)

    @cached_property
    def _block_diagonal(self) -> tuple[Array, Array]:
        """Zeros (e, e·h), and a view of the diagonal blocks (e, h) in it, for the members' W2."""
        e, h, _ = self.shapes[1]
        blocks = np.zeros((e, e, h), self.dtype)
        return blocks.reshape(e, -1), np.einsum("eeh->eh", blocks)

    def layers(self, parameters: Array) -> Layers:
        """W1, b1, W2 and b2 as views of a flat vector, which has them in another order."""
        for known, layers in self._layers:
            if known is parameters:
                return layers
        W1, W2, b1, b2 = (
            parameters[part].reshape(shape)
            for part, shape in zip(self._slices, self.shapes, strict=True)
        )
        self._layers.appendleft((parameters, (W1, b1, W2, b2)))
        return W1, b1, W2, b2

    def work(self, n_rows: int) -> _Work:
        """The work arrays for a block of so many rows."""
        if n_rows not in self._work:
            e, _, k = self.shapes[1]
            A1, dZ1, ones = self._A1[:n_rows], self._dZ1[:n_rows], self._ones[:n_rows]
            Z2 = self._Z2[: e * n_rows * k].reshape(e, n_rows, k)
            self._work[n_rows] = _Work(A1, _by_member(A1, e), dZ1, _by_member(dZ1, e), Z2, ones)
        return self._work[n_rows]

    def forward(self, layers: Layers, X: Any) -> _Work:
        """A1 and the logits Z2 of a block, in work arrays that the next block overwrites."""
        W1, b1, _, _ = layers
        work = self.work(X.shape[0])
        A1 = _product(X, W1, out=work.A1)
        A1 += b1
        self.activation.g(A1)
        _output(layers, work.members_A1, out=work.Z2)
        return work

    def forward_apart(self, layers: Layers, Xs: list[Any]) -> Array:
        """The logits Z2 of a block of rows for each member, of its own only."""
        W1, b1, _, _ = layers
        e, h, _ = self.shapes[1]
        n_rows = Xs[0].shape[0]
        A1 = self._A1.ravel()[: e * n_rows * h].reshape(e, n_rows, h)
        for j, X in enumerate(Xs):
            _product(X, W1[:, j * h : (j + 1) * h], out=A1[j])
        A1 += b1.reshape(e, 1, h)
        self.activation.g(A1)
        return _output(layers, A1, out=self.work(n_rows).Z2)

    def logits(self, layers: Layers, X: Any) -> Iterator[tuple[slice, Array]]:
        """The rows of each block of X (m, n) and their logits (r, k), the mean of the members'."""
        for start in range(0, X.shape[0], self.max_rows):
            rows = slice(start, start + self.max_rows)
            yield rows, _mean_of_members(self.forward(layers, X[rows]).Z2)

    def cost(self, layers: Layers, blocks: Blocks) -> float:
        """Σ wᵢ Lᵢ over the rows of all blocks, L the loss of the mean of the members' logits."""
        return self._cost(lambda X: _mean_of_members(self.forward(layers, X).Z2), blocks)

    def cost_of_members(self, layers: Layers, blocks: Blocks) -> float:
        """Σ wᵢ Lᵢ over the rows of all blocks and over all members, L each member's own loss."""
        return self._cost(lambda X: self.forward(layers, X).Z2, blocks)

    def cost_apart(self, layers: Layers, blocks: Blocks) -> float:
        """Σ wᵢ Lᵢ over all members, each with rows of its own: X (r, n) for each, Y (e, r, k)."""
        return self._cost(lambda Xs: self.forward_apart(layers, Xs), blocks)

    def _cost(self, logits: Callable[[Any], Array], blocks: Blocks) -> float:
        cost = 0.0
        for X, Y, w in blocks:
            L = self.output.cross_entropy(logits(X), Y)
            cost += float((w * L).sum())
        return cost

    def cost_and_gradient(self, parameters: Array, blocks: Blocks, gradient: Array) -> float:
        """Σ wᵢ Lᵢ over all blocks and members; its gradient is written into ``gradient``."""
        layers = self.layers(parameters)
        W2 = layers[2]
        cost = 0.0
        part = gradient
        for i, (X, Y, w) in enumerate(blocks):
            if i == 1:
                part = self._part
            dW1, db1, dW2, db2 = self.layers(part)
            work = self.forward(layers, X)
            A1, Z2 = work.members_A1, work.Z2
            L = self.output.cross_entropy(Z2, Y)  # Z2 is now A2
            L *= w
            cost += float(L.sum())
            Z2 -= Y
            Z2 *= w[:, :, np.newaxis]
            dZ2 = Z2
            np.matmul(A1.swapaxes(1, 2), dZ2, out=dW2)
            np.matmul(work.ones, dZ2, out=db2[:, 0])  # faster than a sum
            dZ1, dA1 = work.dZ1, work.members_dZ1
            if dZ2.shape[2] > 1:
                np.matmul(dZ2, W2.swapaxes(1, 2), out=dA1)
            elif len(W2) <= FEW_MEMBERS:
                members_W2, diagonal = self._block_diagonal
                diagonal[...] = W2[:, :, 0]
                np.dot(dZ2[:, :, 0].T, members_W2, out=dZ1)
            else:
                np.multiply(dZ2, W2.swapaxes(1, 2), out=dA1)
            self.activation.derivative(A1)  # A1 is now g'(Z1)
            dA1 *= A1  # and so is dZ1, the same memory
            _product(X.T, dZ1, out=dW1)
            np.dot(work.ones, dZ1, out=db1)
            if part is not gradient:
                gradient += part
        return cost

    def merged(self, parameters: Array) -> Layers:
        """The committee as one network of width e·h: W1 (n, e·h), b1 (e·h,), W2 (e·h, k), b2 (k,).

        Its logits are the mean of the members'.
        """
        W1, b1, W2, b2 = self.layers(parameters)
        return W1, b1, W2.reshape(len(b1), -1) / self.n_members, b2.mean(axis=(0, 1))

    def unmerged(self, layers: Layers) -> Array:
        """The flat vector of a committee that merges into those layers."""
        W1, b1, W2, b2 = layers
        members_b2 = np.tile(b2, self.n_members)
        parts = (W1.ravel(), W2.ravel() * self.n_members, b1, members_b2)
        return np.concatenate(parts).astype(self.dtype, copy=False)


def _by_member(A: Array, n_members: int) -> Array:
    """A (r, e·h) viewed as (e, r, h)."""
    return A.reshape(len(A), n_members, -1).swapaxes(0, 1)


def _output(layers: Layers, A1: Array, out: Array) -> Array:
    """Z2 = A1 W2 + b2 in ``out``."""
    _, _, W2, b2 = layers
    Z2 = np.matmul(A1, W2, out=out)
    Z2 += b2
    return Z2


def _mean_of_members(Z2: Array) -> Array:
    """Z2 (e, r, k) averaged over the members, (r, k); no copy where there is one."""
    return Z2[0] if len(Z2) == 1 else Z2.mean(axis=0)


def _product(A: Any, B: Array, out: Array) -> Array:
    """A B in ``out``, which is contiguous and in the dtype of the product."""
    if isinstance(A, np.ndarray):
        return np.dot(A, B, out=out)  # quicker to start than matmul
    out[...] = A @ B  # sparse arrays cannot be told where to put it
    return out
