"""A table and its encoding as ONNX operators."""

from typing import Any

import numpy as np
from skl2onnx.algebra import onnx_ops as ops
from skl2onnx.common.data_types import FloatTensorType, StringTensorType

from .._tabular.encoder import PiecewiseLinearEncoder
from .._tabular.tables import NONE_OF_THESE
from .._typing import Array
from ._network import Node, cast

# What stands for a gap in a column of text.
GAP = ""


def table_of(node: Node, inputs: Any, encoder: PiecewiseLinearEncoder) -> Any:
    """Return the inputs as one table (m, n) of float64, with NaN for gaps.

    Categories of text are numbered, and numbers are as they are.
    """
    _check_order(inputs, encoder)
    columns: list[Any] = []
    j = 0
    for one, width in zip(inputs, _widths(inputs, encoder), strict=True):
        if isinstance(one.type, StringTensorType):
            for i in range(width):
                part = node(ops.OnnxGather, one, np.array([i]), axis=1) if width > 1 else one
                columns.append(_numbered(node, part, encoder, j + i))
        else:
            _check_numbers(one, encoder, range(j, j + width))
            columns.append(cast(node, one, np.float64))
        j += width
    return _concatenated(node, columns)


def encoded(
    node: Node, table: Any, encoder: PiecewiseLinearEncoder, dtype: Any = np.float64
) -> Any:
    """Return the encoded table in that dtype; as ``Encoding`` computes it, in float64."""
    encoding = encoder._encoding()
    gaps = node(ops.OnnxIsNaN, table)
    parts = []
    if len(encoding.column):
        x = node(ops.OnnxWhere, gaps, encoding.fill[np.newaxis], table)
        x = node(ops.OnnxGather, x, encoding.column, axis=1)
        x = node(ops.OnnxDiv, node(ops.OnnxSub, x, encoding.edge), encoding.width)
        parts.append(node(ops.OnnxMin, node(ops.OnnxMax, x, np.zeros(1)), np.ones(1)))
    if len(encoding.category):
        x = node(ops.OnnxGather, table, encoding.category_column, axis=1)
        parts.append(node(ops.OnnxEqual, x, _category_values(encoder)))
    if len(encoding.gap_column):
        parts.append(node(ops.OnnxGather, gaps, encoding.gap_column, axis=1))
    if not parts:
        raise ValueError("ONNX needs a column that varies: in fit all columns of X were constant.")
    return _concatenated(node, [cast(node, part, dtype) for part in parts])


def _concatenated(node: Node, parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else node(ops.OnnxConcat, *parts, axis=1)


def _has_text(known: Array | None) -> bool:
    return known is not None and known.dtype == object


def _category_values(encoder: PiecewiseLinearEncoder) -> Array:
    """Return what the table has for each category that has a column."""
    values = [
        np.arange(len(known), dtype=np.float64) if _has_text(known) else known
        for known in encoder.categories_
        if known is not None
    ]
    return np.concatenate(values)


def _numbered(node: Node, x: Any, encoder: PiecewiseLinearEncoder, j: int) -> Any:
    """Return the numbers of the categories of a column of text."""
    known = encoder.categories_[j]
    if known is None or not _has_text(known):
        raise ValueError(
            f"Column {_label(encoder, j)} had numbers in fit, but its ONNX input has text: give it "
            "FloatTensorType([None, 1]) or another type of numbers."
        )
    labels = known.tolist()
    if any(isinstance(label, bytes) for label in labels):
        raise ValueError(
            f"Column {_label(encoder, j)} has categories of bytes, which ONNX has not: fit with "
            "text."
        )
    if GAP in labels and encoder.has_gaps_[j]:
        raise ValueError(
            f"Column {_label(encoder, j)} had gaps in fit and also the category {GAP!r}, which "
            "stands for a gap in ONNX: fit with another name for this category."
        )
    numbers = {GAP: np.nan} | {str(label): float(i) for i, label in enumerate(labels)}
    x = node(
        ops.OnnxLabelEncoder,
        x,
        op_version=2,
        keys_strings=[label.encode() for label in numbers],
        values_floats=list(numbers.values()),
        default_float=float(NONE_OF_THESE),
    )
    return cast(node, x, np.float64)


def _check_numbers(variable: Any, encoder: PiecewiseLinearEncoder, columns: range) -> None:
    """Raise ValueError if the input cannot hold what these columns had in fit."""
    for j in columns:
        known = encoder.categories_[j]
        if known is None:
            continue
        if _has_text(known):
            raise ValueError(
                f"Column {_label(encoder, j)} had text in fit, but its ONNX input has numbers: "
                "declare one input of shape [None, 1] for each column, and "
                "StringTensorType([None, 1]) for text."
            )
        with np.errstate(over="ignore"):
            rounded = known.astype(np.float32) != known
        if isinstance(variable.type, FloatTensorType) and rounded.any():
            raise ValueError(
                f"Column {_label(encoder, j)} has the category {known[rounded][0]}, which float32 "
                "cannot hold: give it DoubleTensorType([None, 1])."
            )


def _widths(inputs: Any, encoder: PiecewiseLinearEncoder) -> list[int]:
    """Return the number of columns of each input; raise ValueError if they are not those of fit."""
    n = encoder.n_features_in_
    widths: list[Any] = [one.type.shape[1] if len(one.type.shape) == 2 else None for one in inputs]
    if len(widths) == 1 and not isinstance(widths[0], int):
        return [n]
    if not all(isinstance(width, int) for width in widths) or sum(widths) != n:
        shapes = ", ".join(f"{one.raw_name} {one.type.shape}" for one in inputs)
        raise ValueError(
            f"The ONNX inputs need {n} columns in all, as in fit, either in one input of shape "
            f"[None, {n}] or in one of shape [None, 1] for each column. They are: {shapes}."
        )
    return widths


def _check_order(inputs: Any, encoder: PiecewiseLinearEncoder) -> None:
    """Raise ValueError if inputs that have the columns' names are in another order."""
    given = [one.raw_name for one in inputs]
    names = list(getattr(encoder, "feature_names_in_", []))
    if given != names and sorted(given) == sorted(names):
        raise ValueError(
            f"The ONNX inputs are {', '.join(given)}, but the columns in fit were "
            f"{', '.join(names)}: give them in this order."
        )


def _label(encoder: PiecewiseLinearEncoder, j: int) -> str:
    names = getattr(encoder, "feature_names_in_", None)
    return str(j) if names is None else repr(str(names[j]))
