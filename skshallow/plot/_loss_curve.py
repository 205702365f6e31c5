"""Loss curves."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ._estimator import import_pyplot, split_estimator

# Colours of Okabe and Ito, which people with colour blindness can tell apart.
COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]


@dataclass(kw_only=True, eq=False, repr=False)
class LossCurveDisplay:
    """Training and validation loss by epoch, for "lbfgs" by iteration.

    Use :meth:`from_estimator` to make one. The training loss is a solid line, the validation loss a
    dashed line of the same colour. The training loss includes the penalty. The validation loss
    does not, so it can be the smaller one.

    A dot marks the epoch with the lowest validation loss. With ``early_stopping=True`` the fitted
    weights are those of this epoch, unless a warm-started fit began with better ones. Otherwise
    they are those of the last epoch.

    Parameters
    ----------
    loss_curve : array-like of shape (n_epochs,)
        Training loss after each epoch.
    validation_loss_curve : array-like of shape (n_epochs,), default=None
        Validation loss after each epoch, if there is one.
    name : str, default=None
        Name in the legend.
    step : {"epoch", "iteration"}, default="epoch"
        Unit of the x-axis.

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

    loss_curve: Any
    validation_loss_curve: Any = None
    name: str | None = None
    step: str = "epoch"

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, name: str | None = None, ax: Any = None, **kwargs: Any
    ) -> "LossCurveDisplay":
        """Plot the loss curves of a fitted classifier.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier with a ``loss_curve_``, a pipeline that ends in one, or a search
            over either. ``MLPClassifier`` also has one, except with ``solver="lbfgs"``.
        name : str, default=None
            Name in the legend.
        ax : matplotlib Axes, default=None
            Axes to draw on, such as ``ax_`` of another display. By default new ones are made.
        **kwargs : dict
            Properties of both lines, for :meth:`matplotlib.axes.Axes.plot`, except ``label``.

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
        import_pyplot()
        _, classifier = split_estimator(estimator)
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
        """Plot the curves. Further curves on the same axes have other colours.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on. By default new ones are made.
        name : str, default=None
            Name in the legend. By default that of the display.
        **kwargs : dict
            Properties of both lines, for :meth:`matplotlib.axes.Axes.plot`, except ``label``.

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
        pyplot = import_pyplot()
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
        if len(epochs) == 1:  # a line with one point is invisible
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
