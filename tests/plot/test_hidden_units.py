"""The display of hidden units."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib import pyplot
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skshallow import ShallowNetClassifier
from skshallow.plot import HiddenUnitsDisplay
from tests.helpers import ignore_convergence
from tests.plot.helpers import CANCER, DIGIT, DIGITS, X, assert_legible, captions, hatched, y

pytestmark = ignore_convergence


def test_heat_map_shows_the_scaled_weights_of_the_largest_units(cancer_net):
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


def test_heat_map_without_standardize_shows_the_raw_weights():
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
def test_single_unit_is_legible(digits_net, image_shape):
    display = HiddenUnitsDisplay.from_estimator(
        digits_net, DIGITS, n_units=1, n_features=6, image_shape=image_shape
    )
    assert_legible(display.figure_)


def test_images_that_are_not_square_do_not_overlap(digits_net):
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


def test_unit_is_saturated_from_95_percent_of_the_rows():
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
def test_units_die_only_where_the_slope_is_zero(activation, negative_slope, can_die):
    net = ShallowNetClassifier(
        4, activation, negative_slope=negative_slope, max_iter=2, random_state=0
    ).fit(X, y)
    net.intercepts_[0][:] = -1e6
    display = HiddenUnitsDisplay.from_estimator(net, X)
    assert display.dead.tolist() == [can_die] * 12
    assert not display.saturated.any()


def test_feature_names_given_from_a_vectorizer_or_default(digits_net):
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


def test_given_axes_and_colormap(cancer_net, digits_net):
    figure, axes = pyplot.subplots(1, 2, figsize=(16, 8), layout="constrained")
    heat_map = HiddenUnitsDisplay.from_estimator(cancer_net, ax=axes[0], cmap="PuOr")
    images = HiddenUnitsDisplay.from_estimator(digits_net, image_shape=(8, 8), ax=axes[1])
    assert heat_map.figure_ is images.figure_ is figure
    assert heat_map.ax_ is axes[0]
    assert heat_map.images_[0].get_cmap().name == "PuOr"
    assert pyplot.get_fignums() == [figure.number]


def test_limits_of_all_zero_weights():
    display = HiddenUnitsDisplay(
        weights=np.zeros((2, 3)), outgoing=np.ones(3), feature_names=["a", "b"]
    ).plot()
    assert display.images_[0].get_clim() == (-1, 1)


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
def test_invalid_arguments_raise(digits_net, arguments, error, message):
    before = digits_net.coefs_[0].copy()
    with pytest.raises(error, match=message):
        HiddenUnitsDisplay.from_estimator(digits_net, **arguments)
    assert_array_equal(digits_net.coefs_[0], before)
    assert pyplot.get_fignums() == []
