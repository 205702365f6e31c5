"""The network of the notes: one hidden layer, its cost and its gradient. Rows are samples."""

import math
from collections import deque
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from .._typing import Array, Blocks, Layers
from .activations import get_activation
from .outputs import OUTPUTS

# The work arrays of a block should fit into the cache of one core.
CACHE_BYTES = 2**19

# With one output and at most this many members, one product gives all dZ1 the fastest.
FEW_MEMBERS = 8


def rows_per_block(n_features: int, n_units: int, n_outputs: int, dtype: Any) -> int:
    """Return the number of rows of a block."""
    row_bytes = np.dtype(dtype).itemsize * (n_features + 2 * n_units + 3 * n_outputs)
    return min(max(CACHE_BYTES // row_bytes, 256), 4096)


class _Work(NamedTuple):
    """Views of the work arrays for r rows."""

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

    Cost and gradient are sums over rows, so blocks can be summed in any order and on any machine.
    The weights w contain the notes' 1/m. All parameters are one flat vector: W1 and W2
    (``n_weights`` numbers), then b1 and b2. The gradient has the same layout.

    An ensemble of e such networks has the hidden units of all members side by side: one product
    with W1 (n, e·h) serves all of them. The other arrays have a leading axis of members:
    A1 (e, r, h), W2 (e, h, k), b2 (e, 1, k), Z2 (e, r, k), w (e, r). The formulas are the same.
    The logits of the ensemble are the mean of its members' logits, which is one network of width
    e·h.

    A network owns the work arrays of one block. Do not share it between threads.
    """

    def __init__(
        self,
        n_features: int,
        hidden_size: int,
        n_outputs: int,
        *,
        activation: tuple[str, float],
        out_activation: str,
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
        self.activation = get_activation(*activation)
        self.output = OUTPUTS[out_activation]
        self.max_rows = min(
            rows_per_block(n_features, n_units, n_members * n_outputs, dtype), max(max_rows, 1)
        )
        # The same number over all members, if each has its own rows, but at least 128 each.
        self.max_rows_per_member = max(self.max_rows // n_members, min(self.max_rows, 128))
        self.dtype = np.dtype(dtype)
        self._A1, self._dZ1 = np.empty((2, self.max_rows, n_units), dtype)
        self._Z2 = np.empty(n_members * self.max_rows * n_outputs, dtype)
        self._ones = np.ones(self.max_rows, dtype)
        # A solver uses the same few vectors and block sizes in every step.
        self._layers: deque[tuple[Array, Layers]] = deque(maxlen=4)
        self._work: dict[int, _Work] = {}

    @cached_property
    def _part(self) -> Array:
        """A work array for the gradient of the second and further blocks of a batch."""
        return np.empty(self.n_parameters, self.dtype)

    @cached_property
    def _block_diagonal(self) -> tuple[Array, Array]:
        """Zeros (e, e·h) and a view (e, h) of its diagonal blocks, where the members' W2 go."""
        e, h, _ = self.shapes[1]
        blocks = np.zeros((e, e, h), self.dtype)
        return blocks.reshape(e, -1), np.einsum("eeh->eh", blocks)

    def layers(self, parameters: Array) -> Layers:
        """Return W1, b1, W2 and b2 as views of a flat vector."""
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
        """Return the work arrays for a block of ``n_rows`` rows."""
        if n_rows not in self._work:
            e, _, k = self.shapes[1]
            A1, dZ1, ones = self._A1[:n_rows], self._dZ1[:n_rows], self._ones[:n_rows]
            Z2 = self._Z2[: e * n_rows * k].reshape(e, n_rows, k)
            self._work[n_rows] = _Work(A1, _by_member(A1, e), dZ1, _by_member(dZ1, e), Z2, ones)
        return self._work[n_rows]

    def forward(self, layers: Layers, X: Any) -> _Work:
        """Compute A1 and Z2 of a block, in work arrays that the next block overwrites."""
        return self._forward_from_Z1(layers, self._forward_to_Z1(layers, X))

    def _forward_to_Z1(self, layers: Layers, X: Any) -> _Work:
        W1, b1, _, _ = layers
        work = self.work(X.shape[0])
        Z1 = _product(X, W1, out=work.A1)
        Z1 += b1
        return work

    def _forward_from_Z1(self, layers: Layers, work: _Work) -> _Work:
        self.activation.g(work.A1)  # which is Z1 until then
        _output(layers, work.members_A1, out=work.Z2)
        return work

    def forward_per_member(self, layers: Layers, Xs: list[Any]) -> Array:
        """Compute Z2 (e, r, k) of a block in which each member has its own rows."""
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
        """Yield each block's rows of X (m, n) and their logits (r, k), averaged over members."""
        for start in range(0, X.shape[0], self.max_rows):
            rows = slice(start, start + self.max_rows)
            yield rows, self._finite_logits(layers, X[rows])

    def _finite_logits(self, layers: Layers, X: Any) -> Array:
        """Return the logits (r, k) of a block of rows, averaged over members.

        Rows with an infinite value are divided by a number that makes all finite.
        """
        work = self._forward_to_Z1(layers, X)
        if _is_finite(work.A1):  # g can hide that it is not
            Z2 = _mean_of_members(self._forward_from_Z1(layers, work).Z2)
            if _is_finite(Z2):
                return Z2
        W1, b1, W2, b2 = layers
        A1 = _finite_affine(X, W1, b1, np.float64)
        self.activation.g(A1)
        W2 = W2.reshape(len(b1), -1) / self.n_members
        return _finite_affine(A1, W2, b2.mean(axis=(0, 1)), self.dtype)

    def cost(self, layers: Layers, blocks: Blocks) -> float:
        """Σ wᵢ Lᵢ over all blocks, with L the loss of the ensemble."""
        return self._cost(
            (_mean_of_members(self.forward(layers, X).Z2), Y, w) for X, Y, w in blocks
        )

    def member_cost(self, layers: Layers, blocks: Blocks) -> float:
        """Σ wᵢ Lᵢ over all blocks and members, with L the loss of each member."""
        return self._cost((self.forward(layers, X).Z2, Y, w) for X, Y, w in blocks)

    def cost_per_member(self, layers: Layers, blocks: Blocks) -> float:
        """Σ wᵢ Lᵢ over all blocks and members, if each member has its own rows."""
        return self._cost((self.forward_per_member(layers, Xs), Y, w) for Xs, Y, w in blocks)

    def _cost(self, outputs: Iterable[tuple[Array, Array, Array]]) -> float:
        cost = 0.0
        for Z2, Y, w in outputs:
            L = self.output.cross_entropy(Z2, Y)
            cost += float((w * L).sum())
        return cost

    def cost_and_gradient(self, parameters: Array, blocks: Blocks, gradient: Array) -> float:
        """Return Σ wᵢ Lᵢ over all blocks and members; write its gradient into ``gradient``."""
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
            np.matmul(work.ones, dZ2, out=db2[:, 0])  # faster than dZ2.sum(axis=1)
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
            dA1 *= A1  # dA1 and dZ1 share memory
            _product(X.T, dZ1, out=dW1)
            np.dot(work.ones, dZ1, out=db1)
            if part is not gradient:
                gradient += part
        return cost

    def to_single_network(self, parameters: Array) -> Layers:
        """Return W1 (n, e·h), b1 (e·h,), W2 (e·h, k), b2 (k,) of the ensemble as one network."""
        W1, b1, W2, b2 = self.layers(parameters)
        return W1, b1, W2.reshape(len(b1), -1) / self.n_members, b2.mean(axis=(0, 1))

    def to_members(self, layers: Layers) -> Array:
        """Return the flat vector of an ensemble: the inverse of ``to_single_network``."""
        W1, b1, W2, b2 = layers
        members_b2 = np.tile(b2, self.n_members)
        parts = (W1.ravel(), W2.ravel() * self.n_members, b1, members_b2)
        return np.concatenate(parts).astype(self.dtype, copy=False)


def _by_member(A: Array, n_members: int) -> Array:
    """Return A (r, e·h) as a view (e, r, h)."""
    return A.reshape(len(A), n_members, -1).swapaxes(0, 1)


def _output(layers: Layers, A1: Array, out: Array) -> Array:
    """Compute Z2 = A1 W2 + b2 in ``out``."""
    _, _, W2, b2 = layers
    Z2 = np.matmul(A1, W2, out=out)
    Z2 += b2
    return Z2


def _is_finite(Z: Array) -> bool:
    # vdot is fast, but also infinite if only a square overflows.
    return math.isfinite(np.vdot(Z, Z)) or bool(np.isfinite(Z).all())


def _finite_affine(X: Any, W: Array, b: Array, dtype: Any) -> Array:
    """Return X W + b; a row that overflows is divided by the number that makes it finite."""
    largest_x = abs(X).max(axis=1)
    largest_x = largest_x.toarray() if sparse.issparse(X) else largest_x
    x_unit = np.maximum(largest_x.astype(np.float64).reshape(-1, 1), 1)
    W_unit = max(float(abs(W).max()), 1.0)
    X = X.multiply(1 / x_unit).tocsr() if sparse.issparse(X) else X / x_unit
    shrunken = X @ (W / W_unit) + b / W_unit / x_unit
    product, largest = shrunken * W_unit * x_unit, np.finfo(dtype).max
    overflows = ~(abs(product).max(axis=1, keepdims=True) <= largest)
    finite = shrunken / abs(shrunken).max(axis=1, keepdims=True) * float(largest)
    return np.where(overflows, finite, product).astype(dtype)


def _mean_of_members(Z2: Array) -> Array:
    """Average Z2 (e, r, k) over members, giving (r, k), without a copy if e = 1."""
    return Z2[0] if len(Z2) == 1 else Z2.mean(axis=0)


def _product(A: Any, B: Array, out: Array) -> Array:
    """Compute A B in ``out``, a contiguous array with the dtype of the product."""
    if isinstance(A, np.ndarray):
        return np.dot(A, B, out=out)  # has less overhead than matmul
    out[...] = A @ B  # products of sparse arrays have no `out`
    return out
