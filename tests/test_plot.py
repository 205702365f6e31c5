"""Pictures: what is drawn is what the classifier holds, and it can be read."""

import subprocess
import sys
from itertools import combinations

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.patches import Rectangle
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, PolynomialFeatures, StandardScaler

from skshallow import ShallowNetClassifier
from skshallow.plot import HiddenUnitsDisplay, LossCurveDisplay

matplotlib.use("Agg")

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

CANCER = load_breast_cancer(as_frame=True)
X, y = CANCER.data.to_numpy(), CANCER.target.to_numpy()
DIGITS, DIGIT = load_digits(return_X_y=True)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    pyplot.close("all")


@pytest.fixture(scope="module")
def cancer_net():
    return ShallowNetClassifier(max_iter=15, random_state=0).fit(CANCER.data, y)


@pytest.fixture(scope="module")
def digits_net():
    return ShallowNetClassifier(max_iter=3, random_state=0).fit(DIGITS, DIGIT)


def recorded(**parameters):
    """A net that overfits, and whose validation loss is recorded or watched."""
    net = ShallowNetClassifier(
        32, "tanh", n_estimators=1, alpha=1e-3, max_iter=40, random_state=0, **parameters
    )
    return net.fit(X[::2], y[::2], X_val=X[1::2], y_val=y[1::2])


def marked(line):
    """The points of a line that carry a marker."""
    assert line.get_marker() not in ("None", "")
    return line.get_xydata()[line.get_markevery()]


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def hatched(ax):
    return [patch for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_hatch()]


def captions(display):
    return display.ax_.texts or display.ax_.get_xticklabels()


def drawn_texts(figure):
    for ax in figure.axes:
        yield from (ax.title, *ax.texts, *(ax.get_legend().get_texts() if ax.get_legend() else ()))
        for axis in (ax.xaxis, ax.yaxis) if ax.axison else ():
            low, high = sorted(axis.get_view_interval())
            yield axis.label
            for tick in axis.get_major_ticks():
                if low <= tick.get_loc() <= high:
                    yield from (tick.label1, tick.label2)


def assert_legible(figure):
    """No text is cut off by the figure's edge or written over another."""
    figure.canvas.draw()
    texts = [text for text in drawn_texts(figure) if text.get_text() and text.get_visible()]
    boxes = [(text.get_window_extent(), text) for text in texts]
    assert len(boxes) > 3
    for box, text in boxes:
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1, text
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1, text
    for (box, text), (other_box, other) in combinations(boxes, 2):
        assert not box.overlaps(other_box), (text, other)


# Loss curves


def test_loss_curves_are_the_classifiers():
    net = recorded()
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


def test_the_mark_is_where_the_weights_given_back_are_from():
    net = recorded(early_stopping=True)
    display = LossCurveDisplay.from_estimator(net)
    ((epoch, loss),) = marked(display.lines_[1])
    assert epoch < net.n_iter_
    assert_allclose(loss, log_loss(y[1::2], net.predict_proba(X[1::2])), rtol=1e-6)
    assert legend(display.ax_) == ["training", f"validation, least in epoch {epoch:.0f}"]


def test_recorded_only_the_least_is_still_marked():
    net = recorded(early_stopping=False)
    ((epoch, loss),) = marked(LossCurveDisplay.from_estimator(net).lines_[1])
    assert epoch < net.n_iter_
    assert loss == net.validation_loss_curve_.min()


def test_three_estimators_on_one_axis():
    nets = {
        "watched": recorded(early_stopping=True),
        "recorded": recorded(early_stopping=False),
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


def test_plot_again_on_own_axes_and_in_own_style():
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


def test_a_single_epoch_can_be_seen():
    net = ShallowNetClassifier(4, random_state=0).partial_fit(X, y, classes=[0, 1])
    (line,) = LossCurveDisplay.from_estimator(net).lines_
    assert len(line.get_xydata()) == 1
    assert line.get_marker() == "."
    assert [epoch for epoch in line.axes.get_xticks() if 0.9 < epoch < 1.1] == [1]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda net: make_pipeline(StandardScaler(), net),
        lambda net: GridSearchCV(net, {"alpha": [1, 2]}, cv=2),
        lambda net: GridSearchCV(
            make_pipeline(StandardScaler(), net), {"shallownetclassifier__alpha": [1]}, cv=2
        ),
        lambda net: make_pipeline(StandardScaler(), GridSearchCV(net, {"alpha": [1]}, cv=2)),
        lambda net: make_pipeline(PolynomialFeatures(), make_pipeline(PCA(30), net)),
    ],
    ids=["pipeline", "search", "search over pipeline", "search in pipeline", "pipeline in it"],
)
def test_wrapped_classifiers(wrap):
    model = wrap(ShallowNetClassifier(4, max_iter=5, random_state=0)).fit(X, y)
    net = model
    while not isinstance(net, ShallowNetClassifier):
        net = net.best_estimator_ if isinstance(net, GridSearchCV) else net[-1]
    (training, _) = LossCurveDisplay.from_estimator(model).lines_
    assert_array_equal(training.get_ydata(), net.loss_curve_)
    display = HiddenUnitsDisplay.from_estimator(model, X)
    assert display.weights.shape == (30, 12)
    assert_array_equal(display.outgoing, np.abs(net.coefs_[1][:, 0]))


def test_mlp_classifier_has_a_curve_too():
    mlp = MLPClassifier(8, max_iter=9, random_state=0).fit(X, y)
    (line,) = LossCurveDisplay.from_estimator(mlp).lines_
    assert_array_equal(line.get_ydata(), mlp.loss_curve_)
    mlp = MLPClassifier(8, max_iter=9, solver="lbfgs").fit(X, y)
    with pytest.raises(ValueError, match=r"MLPClassifier has none if it .* solver='lbfgs'"):
        LossCurveDisplay.from_estimator(mlp)


def test_lbfgs_has_iterations():
    net = ShallowNetClassifier(4, solver="lbfgs", max_iter=5, random_state=0).fit(X, y)
    display = LossCurveDisplay.from_estimator(net)
    assert display.ax_.get_xlabel() == "Iteration"
    assert "least in iteration" in legend(display.ax_)[1]
    for _ in range(2):
        display = LossCurveDisplay(loss_curve=[1]).plot(display.ax_)
        assert display.ax_.get_xlabel() == "Epoch or iteration"


def test_the_first_of_equal_epochs_is_the_best():
    display = LossCurveDisplay(loss_curve=[3, 2, 1], validation_loss_curve=[3, 1, 1]).plot()
    assert_array_equal(marked(display.lines_[1]), [[2, 1]])


# Hidden units


def test_heat_map_shows_the_standardised_weights_of_the_most_important(cancer_net):
    display = HiddenUnitsDisplay.from_estimator(cancer_net)
    W1, W2 = cancer_net.coefs_
    largest = sorted(range(192), key=lambda j: -abs(W2[j, 0]))[:20]
    assert_array_equal(display.units_, largest)
    (image,) = display.images_
    assert_allclose(image.get_array(), (W1.T * X.std(axis=0)).T[:, largest], rtol=1e-9)
    low, high = image.get_clim()
    assert -low == high == np.abs(image.get_array()).max()
    assert [label.get_text() for label in captions(display)] == [str(j) for j in largest]
    names = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert names == CANCER.feature_names.tolist()
    assert display.dead is None
    assert display.colorbar_.ax in display.figure_.axes
    assert_legible(display.figure_)


def test_heat_map_of_some_features(cancer_net):
    display = HiddenUnitsDisplay.from_estimator(cancer_net, n_units=3, n_features=4)
    (image,) = display.images_
    assert image.get_array().shape == (4, 3)
    sizes = np.square(display.weights[:, display.units_]).sum(axis=1)
    assert_array_equal(display.features_, np.sort(np.argsort(sizes)[-4:]))
    names = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert names == CANCER.feature_names[display.features_].tolist()
    assert_legible(display.figure_)


def test_without_standardisation_the_weights_are_shown_as_they_are():
    net = ShallowNetClassifier(4, standardize=False, max_iter=3, random_state=0)
    display = HiddenUnitsDisplay.from_estimator(net.fit(DIGITS, DIGIT), n_features=64)
    assert_array_equal(display.images_[0].get_array(), net.coefs_[0][:, display.units_])
    assert display.colorbar_.ax.get_ylabel() == "Weight"


def test_units_as_images(digits_net):
    display = HiddenUnitsDisplay.from_estimator(digits_net, DIGITS, image_shape=(8, 8))
    weights = digits_net.coefs_[0] * DIGITS.std(axis=0)[:, np.newaxis]
    assert len(display.images_) == 20
    limits = {image.get_clim() for image in display.images_}
    ((low, high),) = limits
    assert -low == high
    for image, unit in zip(display.images_, display.units_, strict=True):
        assert_allclose(image.get_array(), weights[:, unit].reshape(8, 8), rtol=1e-9, atol=1e-15)
        left, right, bottom, top = image.get_extent()
        assert_allclose((right - left, bottom - top), 8)
    assert_legible(display.figure_)


@pytest.mark.parametrize("image_shape", [None, (8, 8), (16, 4)])
def test_a_single_unit_is_legible(digits_net, image_shape):
    display = HiddenUnitsDisplay.from_estimator(
        digits_net, DIGITS, n_units=1, n_features=6, image_shape=image_shape
    )
    assert_legible(display.figure_)


def test_images_that_are_not_square_stand_beside_one_another(digits_net):
    display = HiddenUnitsDisplay.from_estimator(digits_net, n_units=7, image_shape=(16, 4))
    places = np.array([image.get_extent() for image in display.images_])
    assert_allclose(places[:, 1] - places[:, 0], 4)
    assert_allclose(places[:, 2] - places[:, 3], 16)
    for (left, right, bottom, top), (left2, right2, bottom2, top2) in combinations(places, 2):
        assert right < left2 or right2 < left or bottom < top2 or bottom2 < top
    (left, right), (bottom, top) = display.ax_.get_xlim(), display.ax_.get_ylim()
    assert left <= places[:, 0].min() < places[:, 1].max() <= right
    assert top <= places[:, 3].min() < places[:, 2].max() <= bottom
    assert_legible(display.figure_)


@pytest.mark.parametrize("image_shape", [None, (8, 8)])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array, sparse.csc_matrix])
def test_dead_units_are_marked(digits_net, container, image_shape):
    net = clone(digits_net).fit(DIGITS[:300], DIGIT[:300])
    killed = np.argsort(-np.linalg.norm(net.coefs_[1], axis=1))[[1, 5, 30]]
    net.intercepts_[0][killed] = -1e3
    display = HiddenUnitsDisplay.from_estimator(net, container(DIGITS), image_shape=image_shape)
    active = DIGITS @ net.coefs_[0] + net.intercepts_[0] > 0
    assert_array_equal(display.dead, ~active.any(axis=0))
    assert display.dead[killed].all()
    assert not display.dead.all()
    assert not display.saturated.any()
    labelled = [text.get_text() for text in captions(display)]
    expected = [f"dead {j}" if display.dead[j] else str(j) for j in display.units_]
    assert labelled == expected
    assert len(hatched(display.ax_)) == display.dead[display.units_].sum() >= 2
    assert f"{display.dead.sum()} dead" in display.ax_.get_title()
    assert_legible(display.figure_)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_saturated_units_are_marked(activation):
    net = ShallowNetClassifier(6, activation, n_estimators=1, max_iter=5, random_state=0)
    net.fit(X, y)
    net.coefs_[0][:, :2] = 0
    flat_beyond = {"tanh": 2.1783, "sigmoid": 4.3566}[activation]
    net.intercepts_[0][:2] = [flat_beyond + 1e-3, -flat_beyond + 1e-3]
    net.coefs_[0][:, 2] *= 1e3
    display = HiddenUnitsDisplay.from_estimator(net, X)
    z = X @ net.coefs_[0] + net.intercepts_[0]
    assert_array_equal(display.saturated, (np.abs(z) > flat_beyond).mean(axis=0) >= 0.95)
    assert_array_equal(display.saturated[:3], [True, False, True])
    assert not display.dead.any()
    assert len(hatched(display.ax_)) == display.saturated.sum() < 6
    assert "saturated 0" in [text.get_text() for text in captions(display)]


def test_saturated_from_exactly_95_percent_of_the_rows():
    net = ShallowNetClassifier(2, "tanh", n_estimators=1, max_iter=2, random_state=0).fit(X, y)
    net.coefs_[0][:] = 0
    net.coefs_[0][0] = 1
    rows = np.zeros((20, X.shape[1]))
    rows[1:, 0] = 1e3
    net.intercepts_[0][:] = 0
    assert HiddenUnitsDisplay.from_estimator(net, rows).saturated.all()
    rows[1, 0] = 0
    assert not HiddenUnitsDisplay.from_estimator(net, rows).saturated.any()


@pytest.mark.parametrize(
    ("activation", "negative_slope", "can_die"),
    [("leaky_relu", 0.01, False), ("leaky_relu", 0, True), ("identity", 0.01, False)],
)
def test_a_slope_keeps_units_alive(activation, negative_slope, can_die):
    net = ShallowNetClassifier(
        4, activation, negative_slope=negative_slope, max_iter=2, random_state=0
    ).fit(X, y)
    net.intercepts_[0][:] = -1e6
    display = HiddenUnitsDisplay.from_estimator(net, X)
    assert display.dead.tolist() == [can_die] * 12
    assert not display.saturated.any()


def test_feature_names_by_hand_from_a_vectorizer_and_made_up(digits_net):
    names = [f"pixel {i}" for i in range(64)]
    display = HiddenUnitsDisplay.from_estimator(digits_net, feature_names=names, n_features=2)
    assert [label.get_text() for label in display.ax_.get_yticklabels()] == [
        names[j] for j in display.features_
    ]
    display = HiddenUnitsDisplay.from_estimator(digits_net)
    assert display.feature_names[63] == "x63"

    documents = ["good film", "bad film", "good plot", "bad plot"] * 5
    net = ShallowNetClassifier(3, early_stopping=False, max_iter=20, random_state=0)
    model = make_pipeline(CountVectorizer(), net).fit(documents, [1, 0, 1, 0] * 5)
    display = HiddenUnitsDisplay.from_estimator(model, documents, n_features=2)
    assert display.dead.shape == (9,)
    assert [label.get_text() for label in display.ax_.get_yticklabels()] == ["bad", "good"]

    nameless = make_pipeline(FunctionTransformer(np.sqrt), clone(digits_net)).fit(DIGITS, DIGIT)
    assert HiddenUnitsDisplay.from_estimator(nameless, DIGITS).feature_names[0] == "x0"


def test_on_own_axes_with_own_colors(cancer_net, digits_net):
    figure, axes = pyplot.subplots(1, 2, figsize=(16, 8), layout="constrained")
    heat_map = HiddenUnitsDisplay.from_estimator(cancer_net, ax=axes[0], cmap="PuOr")
    images = HiddenUnitsDisplay.from_estimator(digits_net, image_shape=(8, 8), ax=axes[1])
    assert heat_map.figure_ is images.figure_ is figure
    assert heat_map.ax_ is axes[0]
    assert heat_map.images_[0].get_cmap().name == "PuOr"
    assert pyplot.get_fignums() == [figure.number]


def test_weights_that_are_all_zero_are_white():
    display = HiddenUnitsDisplay(
        weights=np.zeros((2, 3)), outgoing=np.ones(3), feature_names=["a", "b"]
    ).plot()
    assert display.images_[0].get_clim() == (-1, 1)


# What cannot be drawn


@pytest.mark.parametrize("display", [LossCurveDisplay, HiddenUnitsDisplay])
@pytest.mark.parametrize(
    ("estimator", "error", "message"),
    [
        (ShallowNetClassifier(), NotFittedError, "not fitted yet"),
        (make_pipeline(StandardScaler(), ShallowNetClassifier()), NotFittedError, "not fitted"),
        (GridSearchCV(ShallowNetClassifier(), {"alpha": [1]}), NotFittedError, "not fitted yet"),
        (LogisticRegression().fit(X[:, :2], y), ValueError, "LogisticRegression .*pass a fitted"),
        (StandardScaler().fit(X), ValueError, "pass a fitted ShallowNetClassifier, a pipeline"),
        (make_pipeline(StandardScaler(), "passthrough").fit(X), ValueError, "ends in 'passthr"),
        (ShallowNetClassifier, TypeError, "not an instance"),
        (X, TypeError, "not an estimator"),
    ],
    ids=["net", "pipeline", "search", "logistic", "scaler", "passthrough", "class", "array"],
)
def test_estimators_that_have_nothing_to_show(display, estimator, error, message):
    with pytest.raises(error, match=message):
        display.from_estimator(estimator)
    assert pyplot.get_fignums() == []


def test_labels_are_not_to_be_set():
    with pytest.raises(ValueError, match="pass name"):
        LossCurveDisplay(loss_curve=[1, 2]).plot(label="mine")
    assert pyplot.get_fignums() == []


def test_a_search_that_did_not_refit():
    search = GridSearchCV(ShallowNetClassifier(2, max_iter=2), {"alpha": [1]}, cv=2, refit=False)
    with pytest.raises(ValueError, match="with refit=False has no fitted classifier: set refit"):
        LossCurveDisplay.from_estimator(search.fit(X, y))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"image_shape": (8, 9)}, ValueError, r"\(8, 9\) has 72 pixels, but there are 64 features"),
        ({"image_shape": (64,)}, ValueError, r"not a pair of positive integers: pass \(height, w"),
        ({"image_shape": (8.0, 8.0)}, ValueError, "not a pair of positive integers"),
        ({"image_shape": 8}, ValueError, "image_shape=8 is not a pair"),
        ({"feature_names": ["a", "b"]}, ValueError, "2 feature_names.* 64 features"),
        ({"X": DIGITS[:, :5]}, ValueError, "5 features, but ShallowNetClassifier is expecting 64"),
        ({"X": DIGITS * np.nan}, ValueError, "NaN"),
        ({"n_units": 0}, ValueError, "n_units == 0, must be >= 1"),
        ({"n_features": 1.5}, TypeError, "n_features must be an instance of int"),
    ],
    ids=str,
)
def test_arguments_that_do_not_fit(digits_net, arguments, error, message):
    before = digits_net.coefs_[0].copy()
    with pytest.raises(error, match=message):
        HiddenUnitsDisplay.from_estimator(digits_net, **arguments)
    assert_array_equal(digits_net.coefs_[0], before)
    assert pyplot.get_fignums() == []


WITHOUT_MATPLOTLIB = """
import sys
sys.modules["matplotlib"] = None  # what makes an import fail as if it were not installed
from skshallow import ShallowNetClassifier
from skshallow.plot import HiddenUnitsDisplay, LossCurveDisplay
clf = ShallowNetClassifier(2, early_stopping=False).fit([[0.0], [1.0]] * 9, [0, 1] * 9)
for attempt in (
    lambda: LossCurveDisplay.from_estimator(clf),
    lambda: HiddenUnitsDisplay.from_estimator(clf),
    lambda: LossCurveDisplay(loss_curve=[1, 2]).plot(),
):
    try:
        attempt()
    except ImportError as error:
        print(error)
"""


def test_without_matplotlib_the_error_names_the_extra():
    script = [sys.executable, "-W", "ignore", "-c", WITHOUT_MATPLOTLIB]
    printed = subprocess.run(script, capture_output=True, text=True, check=True).stdout
    assert printed.count("pip install 'skshallow[plot]'") == 3


def test_importing_the_package_or_its_pictures_does_not_import_matplotlib():
    script = "import sys, skshallow.plot; print('matplotlib' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.stdout.strip() == "False"


@pytest.mark.parametrize("nothing", [None, "passthrough"])
def test_steps_that_do_nothing_are_passed_over(nothing):
    pipeline = Pipeline([("nothing", nothing), ("net", ShallowNetClassifier(5, random_state=0))])
    display = HiddenUnitsDisplay.from_estimator(pipeline.fit(X, y), X)
    assert display.feature_names[:2] == ["x0", "x1"]
    assert display.dead.shape == (15,)
