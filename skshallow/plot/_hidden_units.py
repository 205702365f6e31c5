"""Weights of the hidden units."""

import math
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import check_scalar, gen_batches

from .._classifier import ShallowNetClassifier
from .._data.validation import check_prediction_data
from .._fitted.state import FittedState
from .._network.activations import get_activation
from .._typing import Array
from ._estimator import import_pyplot, names_of_features, split_estimator

# A unit is flat at a row if g' is at most FLAT_SLOPE times its largest value. It is saturated if it
# is flat at a fraction of SATURATED_SHARE of the rows.
FLAT_SLOPE = 0.05
SATURATED_SHARE = 0.95

BLOCK_ROWS = 1024


@dataclass(kw_only=True, eq=False, repr=False)
class HiddenUnitsDisplay:
    """The weights of the first layer, by hidden unit.

    Use :meth:`from_estimator` to make one. Each hidden unit is a column of a heat map with a row
    for each feature or, if the features are pixels, an image. The picture shows the units with the
    largest outgoing weights (the Euclidean norm of their rows of ``coefs_[1]``), largest first. The
    colours go from blue to red, with white at 0.

    Weights are comparable only if the features are. With ``standardize=True`` the picture shows
    ``coefs_[0]`` times the standard deviations of the features: the weights of the standardised
    features, on which the penalty acts. With ``standardize=False`` it shows ``coefs_[0]``.

    If X is passed, units that learn little or nothing from its rows are hatched:

    - dead: g' is 0 at all rows. This happens with "relu" if the unit is never active.
    - saturated: g' is at most 5 % of its largest value, at 95 % of the rows or more. This happens
      with "tanh" if z is beyond ±2.18, and with "sigmoid" if z is beyond ±4.36.

    Parameters
    ----------
    weights : ndarray of shape (n_features, n_hidden)
        The weights to show.
    outgoing : ndarray of shape (n_hidden,)
        The size of each unit's outgoing weights.
    feature_names : array-like of shape (n_features,)
        Names of the features.
    dead : ndarray of shape (n_hidden,) of bool, default=None
        Which units are dead, if known.
    saturated : ndarray of shape (n_hidden,) of bool, default=None
        Which units are saturated, if known.
    label : str, default="Weight"
        Label of the colour bar.

    Attributes
    ----------
    units_ : ndarray of shape (n_shown,)
        The numbers of the hidden units shown, in the order shown.
    features_ : ndarray of shape (n_shown_features,)
        The numbers of the features shown, in the order shown.
    images_ : list of matplotlib AxesImage
        The heat map, or the image of each unit shown.
    colorbar_ : matplotlib Colorbar
        The colour bar.
    ax_ : matplotlib Axes
        The axes with the images.
    figure_ : matplotlib Figure
        The figure with the axes.

    See Also
    --------
    sklearn.inspection.permutation_importance : How much each feature matters to the score.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skshallow import ShallowNetClassifier
    >>> from skshallow.plot import HiddenUnitsDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> clf = ShallowNetClassifier(random_state=0).fit(X, y)
    >>> display = HiddenUnitsDisplay.from_estimator(clf, X, image_shape=(8, 8))
    >>> display.dead.shape, len(display.images_)
    ((192,), 20)
    """

    weights: Array
    outgoing: Array
    feature_names: Any
    dead: Array | None = None
    saturated: Array | None = None
    label: str = "Weight"

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any = None,
        *,
        feature_names: Any = None,
        n_units: int = 20,
        n_features: int = 30,
        image_shape: tuple[int, int] | None = None,
        cmap: Any = "RdBu_r",
        ax: Any = None,
    ) -> "HiddenUnitsDisplay":
        """Plot the hidden units of a fitted classifier.

        Parameters
        ----------
        estimator : estimator
            A fitted :class:`~skshallow.ShallowNetClassifier`, a pipeline that ends in one, or a
            search over either.
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            Rows to find dead and saturated units with; for a pipeline, its raw input. Without
            X no unit is marked.
        feature_names : array-like of shape (n_features,), default=None
            Names of the features. By default the classifier's ``feature_names_in_``, or those that
            the steps before it return; without such names, x0, x1, ...
        n_units : int, default=20
            Maximum number of hidden units to show.
        n_features : int, default=30
            Maximum number of features in the heat map: those with the largest weights in the units
            shown, in the order of the columns.
        image_shape : tuple of (height, width), default=None
            If the features are pixels: the shape of the image of each unit.
        cmap : str or matplotlib Colormap, default="RdBu_r"
            A diverging colormap.
        ax : matplotlib Axes, default=None
            Axes to draw on. By default new ones are made, in a figure of a suitable size.

        Returns
        -------
        display : HiddenUnitsDisplay
            The display, plotted.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If it is another kind of estimator, or X, ``feature_names`` or ``image_shape`` does not
            match its features.
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skshallow import ShallowNetClassifier
        >>> from skshallow.plot import HiddenUnitsDisplay
        >>> X, y = load_iris(return_X_y=True)
        >>> clf = ShallowNetClassifier(random_state=0).fit(X, y)
        >>> display = HiddenUnitsDisplay.from_estimator(clf, X, n_units=10)
        >>> display.ax_.get_title().startswith("10 of 192 hidden units")
        True
        """
        import_pyplot()
        steps_before, classifier = split_estimator(estimator)
        if not isinstance(classifier, ShallowNetClassifier):
            raise ValueError(
                f"The hidden units of {type(classifier).__name__} cannot be shown: pass a fitted "
                "ShallowNetClassifier, a pipeline that ends in one, or a search over either."
            )
        if feature_names is None:
            feature_names = names_of_features(classifier, steps_before)
        elif len(feature_names) != classifier.n_features_in_:
            raise ValueError(
                f"There are {len(feature_names)} feature_names, but the classifier was fitted to "
                f"{classifier.n_features_in_} features: pass one name for each."
            )
        weights, label = classifier.coefs_[0], "Weight"
        deviation = FittedState(vars(classifier)).moments.deviation
        if len(deviation):
            weights = weights * deviation[:, np.newaxis]
            label = "Standardised weight"
        dead = saturated = None
        if X is not None:
            if steps_before is not None:
                X = steps_before.transform(X)
            dead, saturated = _dead_and_saturated(classifier, X)
        display = cls(
            weights=weights,
            outgoing=np.linalg.norm(classifier.coefs_[1], axis=1),
            feature_names=feature_names,
            dead=dead,
            saturated=saturated,
            label=label,
        )
        return display.plot(
            ax, n_units=n_units, n_features=n_features, image_shape=image_shape, cmap=cmap
        )

    def plot(
        self,
        ax: Any = None,
        *,
        n_units: int = 20,
        n_features: int = 30,
        image_shape: tuple[int, int] | None = None,
        cmap: Any = "RdBu_r",
    ) -> "HiddenUnitsDisplay":
        """Plot the units.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on. By default new ones are made, in a figure of a suitable size.
        n_units : int, default=20
            Maximum number of hidden units to show.
        n_features : int, default=30
            Maximum number of features in the heat map: those with the largest weights in the units
            shown, in the order of the columns.
        image_shape : tuple of (height, width), default=None
            If the features are pixels: the shape of the image of each unit.
        cmap : str or matplotlib Colormap, default="RdBu_r"
            A diverging colormap.

        Returns
        -------
        display : HiddenUnitsDisplay
            The display itself.

        Raises
        ------
        ValueError
            If the number of pixels in ``image_shape`` is not the number of features.
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skshallow import ShallowNetClassifier
        >>> from skshallow.plot import HiddenUnitsDisplay
        >>> X, y = load_iris(return_X_y=True)
        >>> clf = ShallowNetClassifier(random_state=0).fit(X, y)
        >>> display = HiddenUnitsDisplay.from_estimator(clf)
        >>> display = display.plot(n_units=5)
        >>> display.ax_.get_xlabel()
        'Hidden unit, largest outgoing weights first'
        """
        import_pyplot()
        check_scalar(n_units, "n_units", Integral, min_val=1)
        check_scalar(n_features, "n_features", Integral, min_val=1)
        if image_shape is not None and not (
            isinstance(image_shape, tuple | list)
            and len(image_shape) == 2
            and all(isinstance(side, Integral) and side > 0 for side in image_shape)
        ):
            raise ValueError(
                f"image_shape={image_shape!r} is not a pair of positive integers: pass "
                "(height, width)."
            )
        if image_shape is not None and math.prod(image_shape) != len(self.weights):
            raise ValueError(
                f"image_shape={image_shape} has {math.prod(image_shape)} pixels, but there are "
                f"{len(self.weights)} features: pass the height and width of the images in X."
            )
        self.units_ = _largest(self.outgoing, n_units)
        self.features_ = np.arange(len(self.weights))
        if image_shape is None:
            sizes = np.linalg.norm(self.weights[:, self.units_], axis=1)
            self.features_ = np.sort(_largest(sizes, n_features))
        shown = self.weights[np.ix_(self.features_, self.units_)]
        limit = float(np.abs(shown).max()) or 1.0
        style = {"cmap": cmap, "vmin": -limit, "vmax": limit, "interpolation": "nearest"}
        if image_shape is None:
            ax = self._draw_heat_map(ax, shown, style)
        else:
            ax = self._draw_images(ax, shown.T.reshape(-1, *image_shape), style)
        n_hidden = len(self.outgoing)
        title = f"{len(self.units_)} of {n_hidden} hidden units"
        if self.dead is not None and self.saturated is not None:
            n_dead, n_saturated = self.dead.sum(), self.saturated.sum()
            title += f"\nin all {n_hidden}: {n_dead} dead, {n_saturated} saturated"
        ax.set_title(title)
        self.colorbar_ = ax.figure.colorbar(
            self.images_[0], ax=ax, label=self.label, fraction=0.05, aspect=30
        )
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _draw_heat_map(self, ax: Any, shown: Array, style: dict[str, Any]) -> Any:
        """Draw the weights (n_features, n_units)."""
        n_features, n_units = shown.shape
        if ax is None:
            figsize = (3.5 + 0.24 * n_units, max(1.6 + 0.22 * n_features, 3.5))
            _, ax = import_pyplot().subplots(figsize=figsize, layout="constrained")
        self.images_ = [ax.imshow(shown, aspect="auto", **style)]
        ax.set_yticks(range(n_features), np.asarray(self.feature_names)[self.features_])
        ax.set_xticks(range(n_units), map(self._caption, self.units_), rotation="vertical")
        ax.set_xlabel("Hidden unit, largest outgoing weights first")
        for i, unit in enumerate(self.units_):
            if self._mark(unit):
                _hatch(ax, i - 0.5, -0.5, 1, n_features)
        return ax

    def _draw_images(self, ax: Any, images: Array, style: dict[str, Any]) -> Any:
        """Draw the weights (n_units, height, width)."""
        n_units, height, width = images.shape
        n_columns = min(math.ceil(math.sqrt(n_units * height / width)), n_units)
        n_rows = math.ceil(n_units / n_columns)
        # In pixels: the distance between the left and the top edges of neighbours, with captions.
        step_x, step_y = 1.1 * width, height + 0.25 * width
        if ax is None:
            # At least high enough for the label of the colorbar.
            inches = max(1.1 * n_rows * step_y / step_x + 0.7, 2.5)
            figsize = (max(1.1 * n_columns + 1, 4), inches)
            _, ax = import_pyplot().subplots(figsize=figsize, layout="compressed")
        self.images_ = []
        for i, (image, unit) in enumerate(zip(images, self.units_, strict=True)):
            row, column = divmod(i, n_columns)
            left, top = column * step_x, row * step_y
            extent = (left, left + width, top + height, top)
            self.images_.append(ax.imshow(image, extent=extent, **style))
            ax.text(left + width / 2, top, self._caption(unit), ha="center", va="bottom")
            if self._mark(unit):
                _hatch(ax, left, top, width, height)
        ax.set_xlim(0, n_columns * step_x - 0.1 * width)
        ax.set_ylim(n_rows * step_y - 0.25 * width, -0.25 * width)
        ax.set_axis_off()
        return ax

    def _caption(self, unit: int) -> str:
        return f"{self._mark(unit)} {unit}".lstrip()

    def _mark(self, unit: int) -> str:
        if self.dead is not None and self.dead[unit]:
            return "dead"
        if self.saturated is not None and self.saturated[unit]:
            return "saturated"
        return ""


def _dead_and_saturated(classifier: ShallowNetClassifier, X: Any) -> tuple[Array, Array]:
    """Return which units are dead and which are saturated at the rows of X."""
    X = check_prediction_data(classifier, X, "predict")
    W1, b1 = classifier.coefs_[0], classifier.intercepts_[0]
    name, _ = classifier._activation
    activation = get_activation(*classifier._activation)
    bounded = name in ("tanh", "sigmoid")
    flat_slope = FLAT_SLOPE * activation.slope if bounded else 0
    n_flat = np.zeros(len(b1), int)
    for rows in gen_batches(X.shape[0], BLOCK_ROWS):
        block = X[rows] @ W1 + b1
        activation.g(block)
        activation.derivative(block)
        n_flat += (block <= flat_slope).sum(axis=0)
    dead = (n_flat == X.shape[0]) & (not bounded)
    saturated = (n_flat >= SATURATED_SHARE * X.shape[0]) & bounded
    return dead, saturated


def _largest(sizes: Array, n: int) -> Array:
    """Return the positions of the n largest, largest first."""
    return np.argsort(-sizes, kind="stable")[:n]


def _hatch(ax: Any, left: float, top: float, width: float, height: float) -> None:
    """Hatch a rectangle."""
    from matplotlib.patches import Rectangle

    style: Any = {"fill": False, "edgecolor": "0.3", "hatch": "////", "lw": 0}
    ax.add_patch(Rectangle((left, top), width, height, **style))
