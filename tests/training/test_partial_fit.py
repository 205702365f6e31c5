"""Training on chunks of rows."""

import pickle
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss

from skshallow import ShallowNetClassifier
from tests.helpers import (
    assert_same_state,
    ignore_convergence,
    in_float64,
    parameters_of,
    single_network,
    state_of,
)


def partial_fits(cancer, n_calls, **settings):
    """Yield the classifier after each call with a chunk of 5 rows."""
    X, y = cancer
    clf = ShallowNetClassifier(10, random_state=0, **settings)
    rng = np.random.default_rng(0)
    for _ in range(n_calls):
        rows = rng.integers(len(X), size=5)
        yield clf.partial_fit(X[rows], y[rows], classes=[0, 1])


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_many_calls_learn_and_the_pickle_does_not_grow(cancer, solver):
    sizes = []
    for clf in partial_fits(cancer, 1000, solver=solver, early_stopping=True):
        sizes.append(len(pickle.dumps(clf)))
    assert max(sizes) < sizes[100] + 50
    assert clf.n_iter_ == 1000
    assert clf.score(*cancer) > 0.93


@ignore_convergence
def test_continues_after_fit_and_after_unpickling(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(10, random_state=0, max_iter=30).fit(X, y)
    before = clf.score(X, y)
    clf = pickle.loads(pickle.dumps(clf.partial_fit(X[:50], y[:50])))
    assert clf.partial_fit(X[50:100], y[50:100]).score(X, y) > before - 0.02


@ignore_convergence
def test_fit_discards_earlier_partial_fits(cancer):
    X, y = cancer
    fresh = single_network(4, random_state=0).fit(X, y).partial_fit(X, y)
    used = single_network(4, random_state=0)
    for _ in range(5):
        used.partial_fit(X, y, [0, 1])
    assert_array_equal(parameters_of(used.fit(X, y).partial_fit(X, y)), parameters_of(fresh))


def test_changed_parameters_apply_to_the_next_call(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(4, solver="sgd", random_state=0).partial_fit(X, y, [0, 1])
    without = pickle.loads(pickle.dumps(clf)).set_params(momentum=0.0)
    # Only clf still holds a velocity, and without momentum it has no effect.
    assert_allclose(
        parameters_of(clf.set_params(momentum=0.0, batch_size=1000).partial_fit(X, y)),
        parameters_of(without.set_params(batch_size=1000).partial_fit(X, y)),
        rtol=1e-9,
    )


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_sparse_chunks_equal_dense_chunks(cancer, solver):
    X, y = cancer
    dense, csr = (ShallowNetClassifier(6, solver=solver, random_state=0) for _ in range(2))
    for start in range(0, 500, 50):
        part = slice(start, start + 50)
        dense.partial_fit(X[part], y[part], [0, 1])
        csr.partial_fit(sparse.csr_array(X[part]), y[part], [0, 1])
    # On dense rows, sgd and adam compute in float32.
    assert_allclose(csr.predict_proba(X), dense.predict_proba(X), rtol=1e-5, atol=1e-6)


def test_dense_and_sparse_chunks_may_alternate(cancer):
    X, y = cancer
    dense, mixed = (ShallowNetClassifier(6, random_state=0) for _ in range(2))
    for i in range(11):
        part = slice(50 * i, 50 * i + 50)
        dense.partial_fit(X[part], y[part], [0, 1])
        mixed.partial_fit((X, in_float64(X))[i % 2][part], y[part], [0, 1])
    assert_allclose(mixed.predict_proba(X), dense.predict_proba(X), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("standardize", [False, True])
def test_weight_arrays_of_earlier_calls_stay_unchanged(cancer, standardize):
    *_, clf = partial_fits(cancer, 5, standardize=standardize)
    arrays = clf.coefs_ + clf.intercepts_
    copies = [part.copy() for part in arrays]
    clf.partial_fit(*cancer)
    for array, copied, new in zip(arrays, copies, clf.coefs_ + clf.intercepts_, strict=True):
        assert_array_equal(array, copied)
        assert not np.array_equal(new, copied)


def test_scaling_and_penalty_use_all_rows_seen(cancer):
    # A learning rate near 0 keeps the initial weights: coefs_ shows the scaling, and loss_ the
    # penalty.
    X, y = cancer
    clf = single_network(4, "tanh", alpha=50.0, learning_rate=1e-300, random_state=0)
    for start in range(0, 500, 100):
        part = slice(start, start + 100)
        clf.partial_fit(in_float64(X[part]), y[part], [0, 1])
    W1 = clf.coefs_[0] * X[:500].std(axis=0)[:, np.newaxis]
    start = np.random.RandomState(0).standard_normal(W1.shape) * np.sqrt(2 / len(W1))
    assert_allclose(W1, start, rtol=1e-9)
    penalty = 50.0 / (2 * 500) * ((W1**2).sum() + (clf.coefs_[1] ** 2).sum())
    cross_entropy = log_loss(y[400:500], clf.predict_proba(X[400:500]))
    assert_allclose(clf.loss_, cross_entropy + penalty, rtol=1e-9)


def test_float32_chunks_at_learning_rate_near_zero_keep_the_predictions(cancer):
    X, y = (cancer[0] + 1e5).astype(np.float32), cancer[1]
    clf = single_network(4, solver="sgd", learning_rate=1e-30, random_state=0)
    clf.partial_fit(X, y, [0, 1])
    before = clf.predict_proba(X)
    for _ in range(200):
        clf.partial_fit(X, y)
    assert_allclose(clf.predict_proba(X), before, atol=1e-5)


def test_chunk_of_zero_weights_keeps_the_parameters(cancer):
    X, y = cancer
    *_, clf = partial_fits(cancer, 5)
    before = parameters_of(clf)
    assert_array_equal(parameters_of(clf.partial_fit(X[:5], y[:5], None, np.zeros(5))), before)


def test_balanced_multilabel_chunks(cancer):
    X, y = cancer
    Y = np.column_stack([y, 1 - y, y])
    clf = ShallowNetClassifier(10, class_weight="balanced", random_state=0)
    for start in list(range(0, 500, 25)) * 10:
        clf.partial_fit(X[start : start + 25], Y[start : start + 25])
    assert clf.predict(X).shape == Y.shape
    assert (clf.predict(X) == Y).mean() > 0.9


def test_unknown_class_raises_and_keeps_the_state(cancer):
    X, y = cancer
    *_, clf = partial_fits(cancer, 5)
    before = parameters_of(clf)
    with pytest.raises(ValueError, match="not in `classes_`"):
        clf.partial_fit(X[:5], [0, 1, 2, 0, 1])
    assert_array_equal(parameters_of(clf), before)
    assert clf.partial_fit(X[:5], y[:5]).n_iter_ == 6


def test_invalid_arguments_raise_and_keep_the_state(binary_iris):
    X, y = binary_iris
    with_nan = X.copy()
    with_nan[3] = np.nan
    clf = ShallowNetClassifier(4, random_state=0)
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        clf.partial_fit(X, y)
    assert not hasattr(clf, "classes_")
    with pytest.raises(ValueError, match="fewer than 2 classes"):
        clf.partial_fit(X, y, classes=[])
    with pytest.raises(ValueError, match="classes has a missing label"):
        clf.partial_fit(X, y, classes=[0, 1, np.nan])
    clf.partial_fit(X, y, classes=[1, 0])
    clf.partial_fit(X, y, classes=[1, 0])
    before, moments = state_of(clf), clf._stream.optimizer.m.copy()
    for arguments, message in [
        ((X[:, :2], y), "2 features"),
        ((X, y + 1), "not in `classes_`"),
        ((X, y, [0, 1, 2]), "differ from those of the first call"),
        ((with_nan, y), "contains NaN"),
        ((X, y, None, -np.ones(100)), "[Nn]egative"),
    ]:
        with pytest.raises(ValueError, match=message):
            clf.partial_fit(*arguments)
        assert_same_state(before, state_of(clf))
    with pytest.raises(ValueError, match="not finite"):
        clf.set_params(learning_rate=1e300, batch_size=10).partial_fit(X, y)
    assert_array_equal(clf._stream.optimizer.m, moments)
    with pytest.raises(ValueError, match=r"15 hidden units, but the fitted network .* has 12"):
        clf.set_params(hidden_size=5).partial_fit(X, y)
    with pytest.raises(ValueError, match="standardize=False now"):
        clf.set_params(hidden_size=4, standardize=False).partial_fit(X, y)
    with pytest.raises(ValueError, match=r"activation='step' .* now, but 'relu' .* before"):
        clf.set_params(standardize=True, activation="step").partial_fit(X, y)


@pytest.mark.parametrize("solver", ["gd", "lbfgs"])
def test_solvers_on_full_batches_have_no_partial_fit(solver):
    assert not hasattr(ShallowNetClassifier(solver=solver), "partial_fit")


@pytest.mark.parametrize("n_rows", [1, 2, 5])
@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_stream_of_a_few_rows_a_call_learns(solver, n_rows):
    X, y = load_digits(return_X_y=True)
    clf = ShallowNetClassifier(solver=solver, random_state=0)
    for start in range(0, 1000, n_rows):
        part = slice(start, start + n_rows)
        clf.partial_fit(X[part], y[part], classes=range(10))
    assert clf.score(X[1000:], y[1000:]) > 0.8


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_divergence_of_a_stream_is_told(cancer, solver):
    X, y = cancer
    clf = ShallowNetClassifier(8, solver=solver, learning_rate=100, random_state=0)
    with warnings.catch_warnings(record=True, action="always") as caught:
        try:
            for _ in range(10):
                clf.partial_fit(X, y, classes=[0, 1])
        except ValueError as error:
            assert "learning_rate" in str(error)  # noqa: PT017
            return
    assert "guessing has 0.693: if this is not the first such call" in str(caught[-1].message)
    assert caught[-1].filename == __file__


def test_units_of_a_stream_of_small_calls_stay_alive():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(6000, 8))
    y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype(int)
    clf = ShallowNetClassifier(32, random_state=0)
    for start in range(0, len(y), 4):
        clf.partial_fit(X[start : start + 4], y[start : start + 4], classes=[0, 1])
    dead = (X @ clf.coefs_[0] + clf.intercepts_[0]).max(axis=0) <= 0
    assert dead.mean() < 0.5


def test_loss_is_that_of_the_batches(cancer):
    X, y = cancer
    one_batch = ShallowNetClassifier(batch_size=len(X), random_state=0)
    start = ShallowNetClassifier(learning_rate=1e-12, random_state=0)
    losses = [clf.partial_fit(X, y, classes=[0, 1]).loss_ for clf in (one_batch, start)]
    assert_allclose(*losses, rtol=1e-6)  # before the only step
    assert one_batch.loss_ == one_batch.loss_curve_[-1]
