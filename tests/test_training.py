"""Training, through the public API."""

import pickle
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.special import expit
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from skshallow import ShallowNetClassifier

SOLVERS = ["gd", "sgd", "adam", "lbfgs"]

# Most of these trainings are cut short on purpose.
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def cancer():
    return load_breast_cancer(return_X_y=True)


@pytest.fixture(scope="module")
def small(cancer):
    """60 rows whose classes overlap, standardised."""
    X, y = cancer
    return StandardScaler().fit_transform(X[:60, 4:8]), y[:60]


def parameters_of(clf):
    return np.concatenate([part.ravel() for part in clf.coefs_ + clf.intercepts_])


@pytest.mark.parametrize("alpha", [0, 2.5])
def test_gd_gives_the_numbers_of_the_notes_loop(small, alpha):
    X, y = small
    m, n, h, learning_rate = len(X), X.shape[1], 3, 0.7
    clf = ShallowNetClassifier(
        h, "tanh", solver="gd", learning_rate=learning_rate, learning_rate_schedule="constant",
        alpha=alpha, standardize=False, init="normal", init_scale=0.01, tol=0, max_iter=50,
        random_state=7,
    ).fit(X, y)  # fmt: skip

    randn = np.random.RandomState(7).randn
    W1, b1, W2, b2 = randn(n, h) * 0.01, np.zeros(h), randn(h, 1) * 0.01, np.zeros(1)
    Y = y[:, np.newaxis]
    for _ in range(50):
        A1 = np.tanh(X @ W1 + b1)
        dZ2 = 1 / (1 + np.exp(-(A1 @ W2 + b2))) - Y
        dZ1 = (dZ2 @ W2.T) * (1 - A1**2)
        dW1, dW2 = X.T @ dZ1 / m + alpha / m * W1, A1.T @ dZ2 / m + alpha / m * W2
        W1, b1 = W1 - learning_rate * dW1, b1 - learning_rate * dZ1.sum(axis=0) / m
        W2, b2 = W2 - learning_rate * dW2, b2 - learning_rate * dZ2.sum(axis=0) / m
    for ours, notes in zip(clf.coefs_ + clf.intercepts_, [W1, W2, b1, b2], strict=True):
        assert_allclose(ours, notes, rtol=1e-10, atol=1e-12)
    penalty = alpha / (2 * m) * ((W1**2).sum() + (W2**2).sum())
    assert_allclose(clf.loss_, log_loss(y, clf.predict_proba(X)) + penalty, rtol=1e-10)
    assert clf.loss_ == clf.loss_curve_[-1]


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_full_batches_are_those_of_mlp_classifier(small, solver):
    X, y = small
    settings = {"momentum": 0.8} if solver == "sgd" else {}
    mlp = MLPClassifier(
        (5,), "tanh", solver=solver, alpha=1.3, batch_size=len(X), learning_rate_init=0.02,
        max_iter=1, warm_start=True, random_state=0, **settings,
    ).fit(X, y)  # fmt: skip
    clf = ShallowNetClassifier(
        5, "tanh", solver=solver, alpha=1.3, batch_size=len(X), learning_rate=0.02,
        learning_rate_schedule="constant", standardize=False, max_iter=1, tol=0, warm_start=True,
        random_state=0, **settings,
    ).fit(X, y)  # fmt: skip
    clf.coefs_ = [W.copy() for W in mlp.coefs_]
    clf.intercepts_ = [b.copy() for b in mlp.intercepts_]
    # Both begin their moments anew, and go on from the same weights.
    mlp.set_params(max_iter=30, tol=0).fit(X, y)
    clf.set_params(max_iter=30).fit(X, y)
    assert_allclose(clf.predict_proba(X), mlp.predict_proba(X), rtol=1e-7)


def test_equal_hidden_units_stay_equal_for_ever(small):
    def spread(init_scale):
        clf = ShallowNetClassifier(
            4, "tanh", solver="gd", init="normal", init_scale=init_scale, random_state=0
        ).fit(*small)
        return np.ptp(clf.coefs_[0], axis=1).max()

    assert spread(0) == 0
    assert spread(0.01) > 0.01


@pytest.mark.parametrize("alpha", [0, 3.0])
def test_identity_ends_at_logistic_regression(small, alpha):
    X, y = small
    clf = ShallowNetClassifier(
        3, "identity", solver="lbfgs", alpha=alpha, standardize=False, tol=1e-9, max_iter=5000,
        random_state=0,
    ).fit(X, y)  # fmt: skip
    # The least ‖W1‖² + ‖W2‖² for a product w = W1 W2 is 2‖w‖, so that the penalty is alpha ‖w‖. Its
    # gradient at w is that of ‖w‖²/(2C) for C = ‖w‖ / alpha.
    w = clf.coefs_[0] @ clf.coefs_[1]
    C = np.linalg.norm(w) / alpha if alpha else np.inf
    reference = LogisticRegression(C=C, tol=1e-9, max_iter=5000).fit(X, y)
    assert_allclose(w[:, 0], reference.coef_[0], rtol=1e-3)
    assert_allclose(clf.predict_proba(X), reference.predict_proba(X), atol=1e-4)


def test_permuting_hidden_units_changes_nothing(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(20, max_iter=20, random_state=0).fit(X, y)
    before = clf.predict_proba(X)
    order = np.random.default_rng(0).permutation(20)
    clf.coefs_ = [clf.coefs_[0][:, order], clf.coefs_[1][order]]
    clf.intercepts_[0] = clf.intercepts_[0][order]
    assert_allclose(clf.predict_proba(X), before, rtol=1e-9)


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("solver", SOLVERS)
def test_a_weight_is_a_repetition_and_order_does_not_matter(solver, early_stopping, container):
    X, y = load_digits(return_X_y=True)
    X, y = X[:120], y[:120] % 3
    weights = np.random.default_rng(0).integers(4, size=120)
    rows = np.repeat(np.arange(120), weights)
    rows = np.random.default_rng(1).permutation(rows)
    clf = ShallowNetClassifier(
        8, solver=solver, early_stopping=early_stopping, batch_size=7, max_iter=15, random_state=0,
        class_weight="balanced",
    )  # fmt: skip
    weighted = parameters_of(clf.fit(container(X), y, weights))
    repeated = parameters_of(clf.fit(container(X[rows]), y[rows]))
    assert_array_equal(weighted, repeated)


G = {
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "leaky_relu": lambda z: np.maximum(0.01 * z, z),
    "sigmoid": expit,
    "identity": lambda z: z,
}


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("activation", G)
def test_the_folded_formula(cancer, activation, standardize):
    X, y = cancer
    clf = ShallowNetClassifier(
        10, activation, standardize=standardize, solver="adam", max_iter=5, random_state=0
    ).fit(X, y)
    formula = expit(
        G[activation](X @ clf.coefs_[0] + clf.intercepts_[0]) @ clf.coefs_[1] + clf.intercepts_[1]
    )
    assert_allclose(clf.predict_proba(X)[:, 1], formula[:, 0], rtol=1e-9, atol=1e-300)
    assert_allclose(clf.predict_proba(X).sum(axis=1), 1, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("solver", SOLVERS)
def test_awkward_columns(small, solver, dtype):
    X, y = small
    plain = ShallowNetClassifier(10, "tanh", solver=solver, max_iter=60, random_state=0)
    expected = plain.fit(X, y).predict_proba(X)
    awkward = (X * [1, 1e-5, 1e4, 1] + [1e6, 0, 0, 0]).astype(dtype)
    actual = plain.fit(awkward, y).predict_proba(awkward)
    # float32 keeps a sixteenth of a unit of 1e6: those columns are rounded before we see them.
    assert_allclose(actual, expected, atol=1e-6 if dtype == np.float64 else 0.15)

    constant = np.column_stack([awkward, np.full(len(X), 0.1, dtype)])
    clf = plain.fit(constant, y)
    assert_array_equal(clf.coefs_[0][-1], 0)
    constant[:, -1] = 1e3  # nothing was learnt from it, so nothing hangs on it
    assert np.isfinite(clf.predict_proba(constant)).all()


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("solver", SOLVERS)
def test_sparse_is_dense(solver, standardize):
    X, y = load_digits(return_X_y=True)
    clf = ShallowNetClassifier(
        10, solver=solver, standardize=standardize, max_iter=4, random_state=0,
        learning_rate="auto" if standardize else 1e-3,
    )  # fmt: skip
    dense = clf.fit(X, y).predict_proba(X)
    for container in (sparse.csr_array, sparse.csc_array, sparse.csr_matrix, sparse.csc_matrix):
        S = container(X)
        assert_allclose(clf.fit(S, y).predict_proba(S), dense, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("solver", SOLVERS)
def test_dtype_is_kept_and_bits_are_repeated(cancer, solver, dtype):
    X, y = cancer[0].astype(dtype), cancer[1]
    clf = ShallowNetClassifier(10, solver=solver, max_iter=10, random_state=0, batch_size=50)
    first = clf.fit(X, y).predict_proba(X)
    assert {part.dtype for part in [*clf.coefs_, *clf.intercepts_, first]} == {np.dtype(dtype)}
    assert_array_equal(clf.fit(X, y).predict_proba(X), first)
    assert not np.array_equal(clf.set_params(random_state=1).fit(X, y).predict_proba(X), first)


def test_prediction_from_several_threads(cancer):
    X, y = np.tile(cancer[0], (20, 1)), cancer[1]
    clf = ShallowNetClassifier(20, max_iter=10, random_state=0).fit(cancer[0], y)
    before = pickle.dumps(clf)
    alone = clf.predict_proba(X)
    with ThreadPoolExecutor(8) as threads:
        for together in threads.map(clf.predict_proba, [X] * 16):
            assert_array_equal(together, alone)
    assert pickle.dumps(clf) == before


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_early_stopping_gives_the_best_weights_back(cancer, solver):
    X, y = cancer
    clf = ShallowNetClassifier(
        50, solver=solver, early_stopping=True, alpha=0, n_iter_no_change=5, tol=0, random_state=0,
        learning_rate_schedule="constant",
    )  # fmt: skip
    clf.fit(X[:100], y[:100], X_val=X[100:], y_val=y[100:])
    assert len(clf.validation_loss_curve_) == len(clf.loss_curve_) == clf.n_iter_
    best = clf.validation_loss_curve_.argmin()
    assert best < clf.n_iter_ - 1
    held_out = log_loss(y[100:], clf.predict_proba(X[100:]))
    assert_allclose(held_out, clf.validation_loss_curve_[best], rtol=1e-6)
    # loss_ belongs to the weights given back, and X_val took no training rows away.
    assert_allclose(log_loss(y[:100], clf.predict_proba(X[:100])), clf.loss_, rtol=1e-5)

    handed_out = [W.copy() for W in clf.coefs_], clf.coefs_
    clf.set_params(warm_start=True).fit(X[:100], y[:100], X_val=X[100:], y_val=y[100:])
    for copied, live in zip(*handed_out, strict=True):
        assert_array_equal(copied, live)


def test_validation_data_without_early_stopping_is_only_watched(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(5, max_iter=10, random_state=0)
    alone = parameters_of(clf.fit(X[:200], y[:200]))
    assert clf.validation_loss_curve_ is None
    watched = parameters_of(clf.fit(X[:200], y[:200], X_val=X[200:], y_val=y[200:]))
    assert_array_equal(watched, alone)
    assert len(clf.validation_loss_curve_) == len(clf.loss_curve_)


def test_diverging_training_goes_back_to_finite_weights(small):
    X, y = small
    clf = ShallowNetClassifier(
        5, "relu", solver="gd", learning_rate=1e5, standardize=False, init="he", alpha=0,
        learning_rate_schedule="constant", max_iter=2000, tol=0, n_iter_no_change=2000,
        random_state=0,
    )  # fmt: skip
    with pytest.warns(ConvergenceWarning, match=r"no longer finite in epoch \d+.*learning_rate"):
        clf.set_params(alpha=60 / 1e5 * 3).fit(X, y)
    assert np.isfinite(clf.predict_proba(X)).all()
    assert np.isfinite(clf.loss_curve_).all()

    before = parameters_of(clf)
    with pytest.raises(ValueError, match="not finite in epoch 1"):
        clf.set_params(warm_start=True, learning_rate=1e300).fit(X * 1e100, y)
    assert_array_equal(parameters_of(clf), before)


@pytest.mark.parametrize("solver", SOLVERS)
def test_ctrl_c_is_passed_on_and_leaves_a_usable_network(solver):
    X, y = load_digits(return_X_y=True)
    clf = ShallowNetClassifier(
        solver=solver, max_iter=10**6, tol=0, n_iter_no_change=10**6, random_state=0, alpha=0,
        learning_rate_schedule="constant",
    )  # fmt: skip
    rows = np.tile(np.arange(len(X)), 5)
    noise = np.random.default_rng(0).normal(size=(len(rows), X.shape[1]))
    timer = threading.Timer(0.7, signal.raise_signal, [signal.SIGINT])
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            clf.fit(X[rows] + noise, y[rows])
    finally:
        timer.cancel()
    assert clf.n_iter_ == len(clf.loss_curve_) >= 1
    assert clf.score(X, y) > 0.2


class TestPartialFit:
    def stream(self, cancer, n_calls, **settings):
        X, y = cancer
        clf = ShallowNetClassifier(10, random_state=0, **settings)
        rng = np.random.default_rng(0)
        for _ in range(n_calls):
            rows = rng.integers(len(X), size=5)
            yield clf.partial_fit(X[rows], y[rows], classes=[0, 1])

    @pytest.mark.parametrize("solver", ["auto", "sgd", "adam"])
    def test_a_stream_learns_and_does_not_grow(self, cancer, solver):
        sizes = []
        for clf in self.stream(cancer, 1000, solver=solver, early_stopping=True):
            sizes.append(len(pickle.dumps(clf)))
        assert max(sizes) < sizes[100] + 50
        assert clf.n_iter_ == 1000
        assert clf.score(*cancer) > 0.93

    def test_goes_on_from_fit_and_from_a_pickle(self, cancer):
        X, y = cancer
        clf = ShallowNetClassifier(10, random_state=0, max_iter=30).fit(X, y)
        before = clf.score(X, y)
        clf = pickle.loads(pickle.dumps(clf.partial_fit(X[:50], y[:50])))
        assert clf.partial_fit(X[50:100], y[50:100]).score(X, y) > before - 0.02

    def test_zero_weights_change_nothing(self, cancer):
        X, y = cancer
        *_, clf = self.stream(cancer, 5)
        before = parameters_of(clf)
        assert_array_equal(parameters_of(clf.partial_fit(X[:5], y[:5], None, np.zeros(5))), before)

    def test_multilabel_and_balanced(self, cancer):
        X, y = cancer
        Y = np.column_stack([y, 1 - y, y])
        clf = ShallowNetClassifier(10, class_weight="balanced", random_state=0)
        for start in list(range(0, 500, 25)) * 10:
            clf.partial_fit(X[start : start + 25], Y[start : start + 25])
        assert clf.predict(X).shape == Y.shape
        assert (clf.predict(X) == Y).mean() > 0.9

    @pytest.mark.parametrize("solver", ["gd", "lbfgs"])
    def test_not_for_solvers_that_need_all_rows(self, solver):
        assert not hasattr(ShallowNetClassifier(solver=solver), "partial_fit")


@pytest.mark.parametrize("solver", SOLVERS)
def test_pickle_holds_little_beside_the_weights(solver):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 100))
    clf = ShallowNetClassifier(solver=solver, max_iter=20, random_state=0)
    clf.fit(X, rng.integers(2, size=300))
    assert len(pickle.dumps(clf)) < 1.2 * parameters_of(clf).nbytes


def test_pickle_of_a_stream_holds_no_optimizer(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(100, solver="adam", random_state=0)
    for _ in range(3):
        clf.partial_fit(X, y, classes=[0, 1])
    assert len(pickle.dumps(clf)) < 1.2 * parameters_of(clf).nbytes
    pickled = pickle.loads(pickle.dumps(clf))
    assert pickled.partial_fit(X, y).score(X, y) > 0.93
