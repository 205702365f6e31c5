"""Pictures of fitted classifiers, by scikit-learn's Display convention.

They need matplotlib, which ``pip install 'skshallow[plot]'`` brings.
"""

import math
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils import check_scalar, gen_batches
from sklearn.utils.validation import check_is_fitted

from ._classifier import ShallowNetClassifier
from ._data.scaling import Moments
from ._data.validation import check_prediction_data
from ._network.activations import get_activation as activation_named
from ._typing import Array

__all__ = ["HiddenUnitsDisplay", "LossCurveDisplay"]

# Okabe and Ito's colours for all kinds of colour vision, without black and yellow.
COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]

# A unit is flat at a row where g' is no more than this share of the largest g' there is, and
# saturated if it is flat at this share of the rows.
FLAT_SLOPE = 0.05
SATURATED_SHARE = 0.95

BLOCK_ROWS = 1024


class LossCurveDisplay:
    """Training and validation loss by epoch, for "lbfgs" by iteration.

    Use :meth:`from_estimator` to make one. Training loss is a solid line, validation loss a
    dashed one of the same colour. The two do not measure quite the same: training loss includes
    the penalty, validation loss does not, so that it may well be the smaller.

    A dot marks the epoch where the validation loss was least. Under ``early_stopping=True`` its
    weights are the ones given back, unless a warm-started fit began with better ones; otherwise
    those of the last epoch are.

    Parameters
    ----------
    loss_curve : array-like of shape (n_epochs,)
        Training loss after each epoch.
    validation_loss_curve : array-like of shape (n_epochs,), default=None
        Validation loss after each epoch, if there is one.
    name : str, default=None
        Name in the legend.
    step : {"epoch", "iteration"}, default="epoch"
        What each value came after.

    Attributes
    ----------
    lines_ : list of matplotlib Line2D
        The training curve and, if there is one, the validation curve.
    ax_ : matplotlib Axes
        The axes with the curves.
    figure_ : matplotlib Figure
        The figure with the axes.

    See Also
    --------
    sklearn.model_selection.LearningCurveDisplay : Scores by the number of training rows.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from skshallow import ShallowNetClassifier
    >>> from skshallow.plot import LossCurveDisplay
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> relu = ShallowNetClassifier(random_state=0).fit(X, y)
    >>> tanh = ShallowNetClassifier(activation="tanh", random_state=0).fit(X, y)
    >>> display = LossCurveDisplay.from_estimator(relu, name="relu")
    >>> display = LossCurveDisplay.from_estimator(tanh, name="tanh", ax=display.ax_)
    >>> len(display.ax_.lines)
    4
    """

    def __init__(
        self,
        *,
        loss_curve: Any,
        validation_loss_curve: Any = None,
        name: str | None = None,
        step: str = "epoch",
    ) -> None:
        self.loss_curve = loss_curve
        self.validation_loss_curve = validation_loss_curve
        self.name = name
        self.step = step

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, name: str | None = None, ax: Any = None, **kwargs: Any
    ) -> "LossCurveDisplay":
        """Plot the loss curves of a fitted classifier.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier with a ``loss_curve_``, or a pipeline that ends in one, or a search
            over either. ``MLPClassifier`` has one, too, unless its solver is "lbfgs".
        name : str, default=None
            Name in the legend.
        ax : matplotlib Axes, default=None
            Axes to draw on, such as another display's ``ax_``; new ones if None.
        **kwargs : dict
            Properties of both lines, for :meth:`matplotlib.axes.Axes.plot`; not their label.

        Returns
        -------
        display : LossCurveDisplay
            The display, plotted.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If it has no loss curve, or ``label`` is passed.
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skshallow import ShallowNetClassifier
        >>> from skshallow.plot import LossCurveDisplay
        >>> X, y = load_iris(return_X_y=True)
        >>> clf = ShallowNetClassifier(random_state=0).fit(X, y)
        >>> display = LossCurveDisplay.from_estimator(clf, name="iris", linestyle="--")
        >>> len(display.ax_.lines)
        2
        """
        _pyplot()
        _, classifier = _parts(estimator)
        if not hasattr(classifier, "loss_curve_"):
            raise ValueError(
                f"{type(classifier).__name__} has no loss_curve_: pass a fitted "
                "ShallowNetClassifier, a pipeline that ends in one, or a search over either. (An "
                "MLPClassifier has none if it was fitted with solver='lbfgs'.)"
            )
        display = cls(
            loss_curve=classifier.loss_curve_,
            validation_loss_curve=getattr(classifier, "validation_loss_curve_", None),
            name=name,
            step="iteration" if getattr(classifier, "solver", None) == "lbfgs" else "epoch",
        )
        return display.plot(ax, **kwargs)

    def plot(self, ax: Any = None, *, name: str | None = None, **kwargs: Any) -> "LossCurveDisplay":
        """Plot the curves; on the same axes again, in another colour.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; new ones if None.
        name : str, default=None
            Name in the legend, in place of the display's own.
        **kwargs : dict
            Properties of both lines, for :meth:`matplotlib.axes.Axes.plot`; not their label.

        Returns
        -------
        display : LossCurveDisplay
            The display itself.

        Raises
        ------
        ValueError
            If ``label`` is passed.
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skshallow import ShallowNetClassifier
        >>> from skshallow.plot import LossCurveDisplay
        >>> X, y = load_iris(return_X_y=True)
        >>> clf = ShallowNetClassifier(random_state=0).fit(X, y)
        >>> display = LossCurveDisplay.from_estimator(clf)
        >>> display.plot(name="again").figure_ is display.figure_
        True
        """
        pyplot = _pyplot()
        from matplotlib.cbook import normalize_kwargs
        from matplotlib.lines import Line2D
        from matplotlib.ticker import MaxNLocator

        if "label" in kwargs:
            raise ValueError(
                "The lines have labels of their own, which begin with name: pass name."
            )
        if ax is None:
            _, ax = pyplot.subplots(layout="constrained")
            ax.set_prop_cycle(color=COLORS)
            ax.grid(alpha=0.3)
            ax.spines[["top", "right"]].set_visible(False)
        name = self.name if name is None else name
        prefix = "" if name is None else f"{name}, "
        epochs = np.arange(1, len(self.loss_curve) + 1)
        style = normalize_kwargs(kwargs, Line2D)
        if len(epochs) == 1:  # a line of one point cannot be seen
            style.setdefault("marker", ".")
        self.lines_ = ax.plot(epochs, self.loss_curve, label=f"{prefix}training", **style)
        if self.validation_loss_curve is not None:
            best = int(np.argmin(self.validation_loss_curve))
            style.update(
                color=self.lines_[0].get_color(), linestyle="--", marker="o", markevery=[best]
            )
            label = f"{prefix}validation, least in {self.step} {best + 1}"
            self.lines_ += ax.plot(epochs, self.validation_loss_curve, label=label, **style)
        xlabel = self.step.capitalize()
        if ax.get_xlabel() not in ("", xlabel):
            xlabel = "Epoch or iteration"
        ax.set(xlabel=xlabel, ylabel="Cross-entropy (in training: with the penalty)")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        ax.legend()
        self.ax_, self.figure_ = ax, ax.figure
        return self


class HiddenUnitsDisplay:
    """The first layer's weights: what each hidden unit looks at.

    Use :meth:`from_estimator` to make one. Each hidden unit is a column of a heat map with a row
    for each feature, or an image where the features are pixels. Shown are the units with the
    largest outgoing weights, the Euclidean norm of their rows of ``coefs_[1]``, largest first. On
    a scale from blue to red, 0 is white.

    Weights are comparable only if the features are. With ``standardize=True`` the picture shows
    ``coefs_[0]`` times the features' standard deviations in training, which is the weights of the
    standardised features, the ones that training and penalty saw; with ``standardize=False`` it
    shows ``coefs_[0]`` as it is.

    Hatched are the units that learn little or nothing from the rows of X, if it is given:

    - dead: g' is 0 at all rows. So it may be for "relu", where the unit is never active.
    - saturated: g' is at most 5 % of the largest g' there is, at 95 % of the rows or more. So it
      may be for "tanh", whose z is then beyond ±2.18, and for "sigmoid", beyond ±4.36.

    Parameters
    ----------
    weights : ndarray of shape (n_features, n_hidden)
        The weights to show.
    outgoing : ndarray of shape (n_hidden,)
        The size of each unit's outgoing weights.
    feature_names : array-like of shape (n_features,)
        Names of the features.
    dead : ndarray of shape (n_hidden,) of bool, default=None
        Which units are dead, if that is known.
    saturated : ndarray of shape (n_hidden,) of bool, default=None
        Which units are saturated, if that is known.
    label : str, default="Weight"
        Label of the colour bar.

    Attributes
    ----------
    units_ : ndarray of shape (n_shown,)
        The numbers of the hidden units shown, in their order.
    features_ : ndarray of shape (n_shown_features,)
        The numbers of the features shown, in their order.
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

    def __init__(
        self,
        *,
        weights: Array,
        outgoing: Array,
        feature_names: Any,
        dead: Array | None = None,
        saturated: Array | None = None,
        label: str = "Weight",
    ) -> None:
        self.weights = weights
        self.outgoing = outgoing
        self.feature_names = feature_names
        self.dead = dead
        self.saturated = saturated
        self.label = label

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
            A fitted :class:`~skshallow.ShallowNetClassifier`, or a pipeline that ends in one, or a
            search over either.
        X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
            Rows by which dead and saturated units are found; for a pipeline as they come, before
            its first step. Without it no unit is marked.
        feature_names : array-like of shape (n_features,), default=None
            Names of the features. None stands for the classifier's ``feature_names_in_``, or those
            that come out of the steps before it; if there are none, for x0, x1, ...
        n_units : int, default=20
            Most hidden units to show.
        n_features : int, default=30
            Most features to show in the heat map: those with the largest weights in the units
            shown, in the order of the columns.
        image_shape : tuple of (height, width), default=None
            For pixel data: draw each unit as an image of that shape.
        cmap : str or matplotlib Colormap, default="RdBu_r"
            A diverging colormap.
        ax : matplotlib Axes, default=None
            Axes to draw on; new ones, in a figure large enough, if None.

        Returns
        -------
        display : HiddenUnitsDisplay
            The display, plotted.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If it is not such an estimator, or X, ``feature_names`` or ``image_shape`` does not fit
            it.
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
        _pyplot()
        steps_before, classifier = _parts(estimator)
        if not isinstance(classifier, ShallowNetClassifier):
            raise ValueError(
                f"The hidden units of {type(classifier).__name__} cannot be shown: pass a fitted "
                "ShallowNetClassifier, a pipeline that ends in one, or a search over either."
            )
        if feature_names is None:
            feature_names = _feature_names(classifier, steps_before)
        elif len(feature_names) != classifier.n_features_in_:
            raise ValueError(
                f"There are {len(feature_names)} feature_names, but the classifier was fitted to "
                f"{classifier.n_features_in_} features: pass one name for each."
            )
        weights, label = classifier.coefs_[0], "Weight"
        _, _, variance = Moments(*classifier._seen)
        if len(variance):
            weights = weights * np.sqrt(variance)[:, np.newaxis]
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
            Axes to draw on; new ones, in a figure large enough, if None.
        n_units : int, default=20
            Most hidden units to show.
        n_features : int, default=30
            Most features to show in the heat map: those with the largest weights in the units
            shown, in the order of the columns.
        image_shape : tuple of (height, width), default=None
            For pixel data: draw each unit as an image of that shape.
        cmap : str or matplotlib Colormap, default="RdBu_r"
            A diverging colormap.

        Returns
        -------
        display : HiddenUnitsDisplay
            The display itself.

        Raises
        ------
        ValueError
            If ``image_shape`` has not as many pixels as there are features.
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
        _pyplot()
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
            title += (
                f"\nin all {n_hidden}: {self.dead.sum()} dead, {self.saturated.sum()} saturated"
            )
        ax.set_title(title)
        self.colorbar_ = ax.figure.colorbar(
            self.images_[0], ax=ax, label=self.label, fraction=0.05, aspect=30
        )
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _draw_heat_map(self, ax: Any, shown: Array, style: dict[str, Any]) -> Any:
        n_features, n_units = shown.shape
        if ax is None:
            figsize = (3.5 + 0.24 * n_units, max(1.6 + 0.22 * n_features, 3.5))
            _, ax = _pyplot().subplots(figsize=figsize, layout="constrained")
        self.images_ = [ax.imshow(shown, aspect="auto", **style)]
        ax.set_yticks(range(n_features), np.asarray(self.feature_names)[self.features_])
        ax.set_xticks(range(n_units), map(self._caption, self.units_), rotation="vertical")
        ax.set_xlabel("Hidden unit, largest outgoing weights first")
        for i, unit in enumerate(self.units_):
            if self._mark(unit):
                _hatch(ax, i - 0.5, -0.5, 1, n_features)
        return ax

    def _draw_images(self, ax: Any, images: Array, style: dict[str, Any]) -> Any:
        n_units, height, width = images.shape
        n_columns = min(math.ceil(math.sqrt(n_units * height / width)), n_units)
        n_rows = math.ceil(n_units / n_columns)
        # In pixels: the images' distance from left to left and from top to top, with captions.
        step_x, step_y = 1.1 * width, height + 0.25 * width
        if ax is None:
            figsize = (max(1.1 * n_columns + 1, 4), 1.1 * n_rows * step_y / step_x + 0.7)
            _, ax = _pyplot().subplots(figsize=figsize, layout="compressed")
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


def _pyplot() -> Any:
    """matplotlib.pyplot, or a sentence that says how to get it."""
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            "The displays of skshallow.plot need matplotlib: pip install 'skshallow[plot]'"
        ) from error
    return pyplot


def _parts(estimator: Any) -> tuple[Pipeline | None, Any]:
    """The steps before the classifier, if there are any, and the classifier, fitted."""
    check_is_fitted(estimator)
    steps_before: list[Any] = []
    while isinstance(estimator, Pipeline) or hasattr(estimator, "best_estimator_"):
        if isinstance(estimator, Pipeline):
            steps = [step for _, step in estimator.steps[:-1]]
            steps_before += [step for step in steps if step not in (None, "passthrough")]
            estimator = estimator.steps[-1][1]
        else:
            estimator = estimator.best_estimator_
    if getattr(estimator, "refit", True) is False:
        raise ValueError(
            f"{type(estimator).__name__} with refit=False has no fitted classifier: set refit=True."
        )
    if estimator in (None, "passthrough"):
        raise ValueError(
            f"The pipeline ends in {estimator!r}, not in a classifier: pass one that ends in a "
            "ShallowNetClassifier."
        )
    return make_pipeline(*steps_before) if steps_before else None, estimator


def _feature_names(classifier: ShallowNetClassifier, steps_before: Pipeline | None) -> Any:
    if hasattr(classifier, "feature_names_in_"):
        return classifier.feature_names_in_
    if steps_before is not None:
        try:
            return steps_before.get_feature_names_out()
        except AttributeError:  # one of the steps has no names to give
            pass
    return [f"x{j}" for j in range(classifier.n_features_in_)]


def _dead_and_saturated(classifier: ShallowNetClassifier, X: Any) -> tuple[Array, Array]:
    X = check_prediction_data(classifier, X)
    W1, b1 = classifier.coefs_[0], classifier.intercepts_[0]
    name, _ = classifier._activation
    activation = activation_named(*classifier._activation)
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
    """The positions of the n largest, largest first."""
    return np.argsort(-sizes, kind="stable")[:n]


def _hatch(ax: Any, left: float, top: float, width: float, height: float) -> None:
    from matplotlib.patches import Rectangle

    ax.add_patch(
        Rectangle((left, top), width, height, fill=False, edgecolor="0.3", hatch="////", lw=0)
    )
