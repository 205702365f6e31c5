"""Effects of the columns on the log-odds."""

import math
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import check_scalar

from .._classifier import ShallowNetClassifier
from .._tabular.classifier import TabularNetClassifier
from ._column_effects import ColumnEffect, column_effects
from ._estimator import import_pyplot, names_of_features, split_estimator

BINS = 20
# Bars of the data's density are at most so high, as a share of the axes.
BAR_HEIGHT = 0.25
LONGEST_LABEL = 14
PANELS_PER_ROW, PANEL_INCHES = 3, (2.9, 2.3)


@dataclass(kw_only=True, eq=False, repr=False)
class EffectsDisplay:
    """The effect of each column on the log-odds of a class, with the data's density.

    Use :meth:`from_estimator` to make one. A panel shows the mean log-odds of the rows if a column
    has the same value in all of them, and each row its own values in the others: the partial
    dependence [1]_. Of numbers it is a curve, of categories a point for each. A dashed line is the
    mean log-odds for a gap. Grey bars show how the rows are distributed. The panels have the same
    vertical axis, and the column with the largest effect comes first.

    Where columns depend on each other, some of these rows do not exist, and the effect says what
    the classifier computes for them, not what would happen.

    Parameters
    ----------
    effects : list of ColumnEffect
        A named tuple for each column: ``name``; ``values``, the numbers or categories; the mean
        ``log_odds`` of each; ``is_category``; ``missing``, the mean log-odds for a gap or None;
        ``data``, the numbers of the rows or the share of each category; ``size``, the standard
        deviation of the effect over the rows.
    target : object
        The class or label.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (n_columns,)
        The panels.
    figure_ : matplotlib Figure
        The figure.

    See Also
    --------
    sklearn.inspection.PartialDependenceDisplay : For any estimator, also of pairs of columns.

    References
    ----------
    .. [1] Friedman, "Greedy function approximation: a gradient boosting machine", Annals of
       Statistics 29, 2001.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skshallow import TabularNetClassifier
    >>> from skshallow.plot import EffectsDisplay
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> clf = TabularNetClassifier(random_state=0).fit(X, y)
    >>> display = EffectsDisplay.from_estimator(clf, X, target=2)
    >>> [effect.name for effect in display.effects][:2]
    ['petal width (cm)', 'petal length (cm)']
    """

    effects: list[ColumnEffect]
    target: Any

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        *,
        columns: Any = None,
        max_columns: int = 9,
        target: Any = None,
        figure: Any = None,
    ) -> "EffectsDisplay":
        """Plot the effects of the columns of a fitted classifier.

        Parameters
        ----------
        estimator : estimator
            A fitted :class:`~skshallow.TabularNetClassifier` or
            :class:`~skshallow.ShallowNetClassifier`, a pipeline that ends in one, or a search over
            either.
        X : data frame or array-like of shape (n_samples, n_features)
            The rows to average over, such as those of fit; for a pipeline, its raw input. Of more
            than 1,000 rows, 1,000 are drawn at random, always the same ones.
        columns : list of str or int, default=None
            Names or positions of the columns to show; by default those with the largest effects.
        max_columns : int, default=9
            Maximum number of columns to show.
        target : object, default=None
            The class whose log-odds are shown, or the number of the label of multilabel. Of two
            classes, the second one by default.
        figure : matplotlib Figure or SubFigure, default=None
            Where to draw. By default a new figure of a suitable size.

        Returns
        -------
        display : EffectsDisplay
            The display, plotted.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        TypeError
            If X is sparse or on a device.
        ValueError
            If it is another kind of estimator, or X has other columns than in fit, or ``columns``
            or ``target`` are not of the classifier.
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> from sklearn.datasets import load_breast_cancer
        >>> from skshallow import TabularNetClassifier
        >>> from skshallow.plot import EffectsDisplay
        >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
        >>> clf = TabularNetClassifier(random_state=0).fit(X, y)
        >>> display = EffectsDisplay.from_estimator(clf, X, columns=["mean area"])
        >>> display.axes_[0].get_title()
        'mean area'
        """
        import_pyplot()
        check_scalar(max_columns, "max_columns", Integral, min_val=1)
        steps_before, classifier = split_estimator(estimator)
        if not isinstance(classifier, ShallowNetClassifier | TabularNetClassifier):
            raise ValueError(
                f"The effects of {type(classifier).__name__} cannot be shown: pass a fitted "
                "TabularNetClassifier or ShallowNetClassifier, a pipeline that ends in one, or a "
                "search over either."
            )
        names = [str(name) for name in names_of_features(classifier, steps_before)]
        wanted = None if columns is None else [_position(column, names) for column in columns]
        if steps_before is not None:
            X = steps_before.transform(X)
        if target is None and classifier.n_outputs_ == 1:
            target = classifier.classes_.tolist()[-1]
        effects = column_effects(classifier, X, target, names, wanted, max_columns)
        return cls(effects=effects, target=target).plot(figure)

    def plot(self, figure: Any = None) -> "EffectsDisplay":
        """Plot the effects.

        Parameters
        ----------
        figure : matplotlib Figure or SubFigure, default=None
            Where to draw. By default a new figure of a suitable size.

        Returns
        -------
        display : EffectsDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> from sklearn.datasets import load_breast_cancer
        >>> from skshallow import ShallowNetClassifier
        >>> from skshallow.plot import EffectsDisplay
        >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
        >>> clf = ShallowNetClassifier(random_state=0).fit(X, y)
        >>> display = EffectsDisplay.from_estimator(clf, X, max_columns=4).plot()
        >>> len(display.axes_)
        4
        """
        pyplot = import_pyplot()
        n_columns = min(len(self.effects), PANELS_PER_ROW)
        n_rows = math.ceil(len(self.effects) / n_columns)
        if figure is None:
            width, height = PANEL_INCHES
            size = (width * n_columns + 0.5, height * n_rows + 0.5)
            figure = pyplot.figure(figsize=size, layout="constrained")
        axes = figure.subplots(n_rows, n_columns, sharey=True, squeeze=False)
        for ax in axes.flat[len(self.effects) :]:
            ax.remove()
        self.axes_, self.figure_ = axes.ravel()[: len(self.effects)], figure
        for ax, effect in zip(self.axes_, self.effects, strict=True):
            draw = _draw_categories if effect.is_category else _draw_numbers
            draw(ax, effect)
            ax.set_title(effect.name)
        figure.supylabel(f"Log-odds of {self.target}")
        return self


def _position(column: Any, names: list[str]) -> int:
    if isinstance(column, Integral) and 0 <= int(column) < len(names):
        return int(column)
    if column in names:
        return names.index(column)
    raise ValueError(
        f"columns has {column!r}, which is no column of X: pass names, or positions from 0 to "
        f"{len(names) - 1}."
    )


def _draw_numbers(ax: Any, effect: ColumnEffect) -> None:
    values = effect.values
    marker = "o" if len(values) <= 2 else ""
    ax.plot(values, effect.log_odds, marker=marker)
    if len(values):
        low, high = values[0], values[-1]
        counts, edges = np.histogram(np.clip(effect.data, low, high), BINS)
        _draw_bars(ax, edges[:-1], counts, width=np.diff(edges), align="edge")
    if effect.missing is not None:
        ax.axhline(effect.missing, color="C1", linestyle="--")
        ax.annotate(
            "missing", (1, effect.missing), xycoords=ax.get_yaxis_transform(), color="C1",
            ha="right", va="bottom", xytext=(-2, 1), textcoords="offset points",
        )  # fmt: skip


def _draw_categories(ax: Any, effect: ColumnEffect) -> None:
    positions = np.arange(len(effect.values))
    ax.plot(positions, effect.log_odds, "o")
    _draw_bars(ax, positions, effect.data, width=0.8)
    labels = [
        label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"
        for label in effect.values
    ]
    ax.set_xticks(positions, labels, rotation=40, ha="right", rotation_mode="anchor")


def _draw_bars(ax: Any, x: Any, heights: Any, **style: Any) -> None:
    """Draw the distribution of the rows at the bottom of the axes."""
    scaled = BAR_HEIGHT * np.asarray(heights) / np.max(heights)
    ax.bar(x, scaled, color="0.8", zorder=0, transform=ax.get_xaxis_transform(), **style)
