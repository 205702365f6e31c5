"""The display of loss curves."""

import numpy as np
import pytest
from matplotlib import pyplot
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from skshallow import ShallowNetClassifier
from skshallow.plot import LossCurveDisplay
from tests.helpers import ignore_convergence
from tests.plot.helpers import X, assert_legible, legend, marked, y

pytestmark = ignore_convergence


def fit_with_validation_data(**parameters):
    """A classifier that overfits and has a curve of validation losses."""
    net = ShallowNetClassifier(
        32, "tanh", n_estimators=1, alpha=1e-3, max_iter=40, random_state=0, **parameters
    )
    return net.fit(X[::2], y[::2], X_val=X[1::2], y_val=y[1::2])


def test_curves_are_the_losses_of_the_classifier():
    net = fit_with_validation_data()
    display = LossCurveDisplay.from_estimator(net)
    training, validation = display.lines_
    epochs = np.arange(1, net.n_iter_ + 1)
    assert_array_equal(training.get_xydata(), np.column_stack([epochs, net.loss_curve_]))
    assert_array_equal(
        validation.get_xydata(), np.column_stack([epochs, net.validation_loss_curve_])
    )
    assert training.get_linestyle() == "-"
    assert validation.get_linestyle() == "--"
    assert training.get_color() == validation.get_color()
    assert display.figure_ is display.ax_.figure
    assert display.ax_.get_xlabel() == "Epoch"
    assert "Cross-entropy" in display.ax_.get_ylabel()
    assert_legible(display.figure_)


def test_marker_is_at_the_epoch_of_the_restored_weights():
    net = fit_with_validation_data(early_stopping=True)
    display = LossCurveDisplay.from_estimator(net)
    ((epoch, loss),) = marked(display.lines_[1])
    assert epoch < net.n_iter_
    assert_allclose(loss, log_loss(y[1::2], net.predict_proba(X[1::2])), rtol=1e-6)
    assert legend(display.ax_) == ["training", f"validation, least in epoch {epoch:.0f}"]


def test_marker_is_at_the_minimum_without_early_stopping():
    net = fit_with_validation_data(early_stopping=False)
    ((epoch, loss),) = marked(LossCurveDisplay.from_estimator(net).lines_[1])
    assert epoch < net.n_iter_
    assert loss == net.validation_loss_curve_.min()


def test_marker_is_at_the_first_of_equal_minima():
    display = LossCurveDisplay(loss_curve=[3, 2, 1], validation_loss_curve=[3, 1, 1]).plot()
    assert_array_equal(marked(display.lines_[1]), [[2, 1]])


def test_three_estimators_on_the_same_axes():
    nets = {
        "watched": fit_with_validation_data(early_stopping=True),
        "recorded": fit_with_validation_data(early_stopping=False),
        "blind": ShallowNetClassifier(8, max_iter=9, early_stopping=False).fit(X, y),
    }
    ax, lines = None, []
    for name, net in nets.items():
        display = LossCurveDisplay.from_estimator(net, name=name, ax=ax)
        ax = display.ax_
        lines.append(display.lines_)
    assert [len(pair) for pair in lines] == [2, 2, 1]
    assert len(ax.lines) == 5
    assert len({line.get_color() for line in ax.lines}) == 3
    assert lines[1][0].get_color() == lines[1][1].get_color()
    assert [label.split(",")[0] for label in legend(ax)] == [
        "watched", "watched", "recorded", "recorded", "blind",
    ]  # fmt: skip
    assert_legible(ax.figure)


def test_plot_twice_on_given_axes_in_given_style():
    _, ax = pyplot.subplots()
    display = LossCurveDisplay(loss_curve=[3, 2, 1], validation_loss_curve=[3, 1, 2], name="a")
    first = display.plot(ax).lines_
    again = display.plot(ax, name="b", c="black", lw=3, ls=":").lines_
    assert display.ax_ is ax
    assert first[0].get_color() != "black"
    assert [line.get_color() for line in again] == ["black", "black"]
    assert [line.get_linewidth() for line in again] == [3, 3]
    assert [line.get_linestyle() for line in again] == [":", "--"]
    assert legend(ax)[1:3] == ["a, validation, least in epoch 2", "b, training"]


def test_single_epoch_is_visible():
    net = ShallowNetClassifier(4, random_state=0).partial_fit(X, y, classes=[0, 1])
    (line,) = LossCurveDisplay.from_estimator(net).lines_
    assert len(line.get_xydata()) == 1
    assert line.get_marker() == "."
    assert [epoch for epoch in line.axes.get_xticks() if 0.9 < epoch < 1.1] == [1]


def test_curve_of_mlp_classifier():
    mlp = MLPClassifier(8, max_iter=9, random_state=0).fit(X, y)
    (line,) = LossCurveDisplay.from_estimator(mlp).lines_
    assert_array_equal(line.get_ydata(), mlp.loss_curve_)
    mlp = MLPClassifier(8, max_iter=9, solver="lbfgs").fit(X, y)
    with pytest.raises(ValueError, match=r"MLPClassifier has none if it .* solver='lbfgs'"):
        LossCurveDisplay.from_estimator(mlp)


def test_lbfgs_counts_iterations():
    net = ShallowNetClassifier(4, solver="lbfgs", max_iter=5, random_state=0).fit(X, y)
    display = LossCurveDisplay.from_estimator(net)
    assert display.ax_.get_xlabel() == "Iteration"
    assert "least in iteration" in legend(display.ax_)[1]
    for _ in range(2):
        display = LossCurveDisplay(loss_curve=[1]).plot(display.ax_)
        assert display.ax_.get_xlabel() == "Epoch or iteration"


def test_label_argument_raises():
    with pytest.raises(ValueError, match="pass name"):
        LossCurveDisplay(loss_curve=[1, 2]).plot(label="mine")
    assert pyplot.get_fignums() == []
