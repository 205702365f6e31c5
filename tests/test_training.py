"""Training, through the public API."""

import contextlib
import io
import pickle
import signal
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.special import expit
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, make_moons
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, log_loss
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from skshallow import ShallowNetClassifier
from skshallow._activations import activation_named
from skshallow._hold_out import hold_out
from skshallow._network import Network
from skshallow._objective import Objective, held_out_loss
from skshallow._outputs import OUTPUTS
from skshallow._rows import Rows, Targets

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


def single(*args, **settings):
    """The notes' one network, that trains on all rows to the end."""
    plain = {"n_estimators": 1, "early_stopping": False, "average": False, "tol": 1e-4}
    return ShallowNetClassifier(*args, **(plain | {"n_iter_no_change": 10} | settings))


def in_float64(X):
    """X as sgd and adam compute in float64 with, to compare at its precision."""
    return sparse.csr_array(X)


def parameters_of(clf):
    return np.concatenate([part.ravel() for part in clf.coefs_ + clf.intercepts_])


@pytest.mark.parametrize("alpha", [0, 2.5])
def test_gd_gives_the_numbers_of_the_notes_loop(small, alpha):
    X, y = small
    m, n, h, learning_rate = len(X), X.shape[1], 3, 0.7
    clf = single(
        h, "tanh", solver="gd", learning_rate=learning_rate, learning_rate_schedule="constant",
        alpha=alpha, standardize=False, init="normal", init_scale=0.01, tol=0, max_iter=50,
        random_state=7,
    ).fit(X, y)  # fmt: skip

    randn = np.random.RandomState(7).randn
    W1, b1, W2, b2 = randn(n, h) * 0.01, np.zeros(h), randn(h, 1) * 0.01, np.zeros(1)
    Y = y[:, np.newaxis]
    curve = []
    for _ in range(50):
        A1 = np.tanh(X @ W1 + b1)
        dZ2 = 1 / (1 + np.exp(-(A1 @ W2 + b2))) - Y
        dZ1 = (dZ2 @ W2.T) * (1 - A1**2)
        dW1, dW2 = X.T @ dZ1 / m + alpha / m * W1, A1.T @ dZ2 / m + alpha / m * W2
        W1, b1 = W1 - learning_rate * dW1, b1 - learning_rate * dZ1.sum(axis=0) / m
        W2, b2 = W2 - learning_rate * dW2, b2 - learning_rate * dZ2.sum(axis=0) / m
        A2 = expit(np.tanh(X @ W1 + b1) @ W2 + b2)
        cross_entropy = -(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)).sum() / m
        curve.append(cross_entropy + alpha / (2 * m) * ((W1**2).sum() + (W2**2).sum()))
    for ours, notes in zip(clf.coefs_ + clf.intercepts_, [W1, W2, b1, b2], strict=True):
        assert_allclose(ours, notes, rtol=1e-10, atol=1e-12)
    assert_allclose(clf.loss_curve_, curve, rtol=1e-10)
    assert clf.loss_ == clf.loss_curve_[-1]


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_the_mini_batches_of_an_epoch_add_up_to_the_objective(small, solver):
    # While the weights rest the loss of the epoch is J, also where batches weigh unequally, and
    # are of unequal size: 60 rows make nine batches of 6 or 7.
    weight = np.random.default_rng(0).exponential(size=60)
    clf = single(
        5, solver=solver, batch_size=7, learning_rate=1e-300, max_iter=1, random_state=0
    ).fit(in_float64(small[0]), small[1], weight)
    assert_allclose(clf.loss_curve_, [clf.loss_], rtol=1e-12)


@pytest.mark.parametrize("solver", ["gd", "sgd", "adam"])
def test_where_the_schedules_start(small, solver):
    X, y = in_float64(small[0]), small[1]

    def first_step(schedule):
        clf = single(
            5, "tanh", solver=solver, learning_rate_schedule=schedule, learning_rate=0.1,
            standardize=False, max_iter=1, random_state=0,
        )  # fmt: skip
        resting = parameters_of(clf.set_params(learning_rate=1e-300).fit(X, y))
        return parameters_of(clf.set_params(learning_rate=0.1).fit(X, y)) - resting

    constant = first_step("constant")
    assert np.abs(constant).max() > 1e-3
    assert_array_equal(first_step("cosine"), constant)
    assert_allclose(first_step("one_cycle"), 0.04 * constant, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("target", ["two classes", "three classes", "multilabel"])
@pytest.mark.parametrize("solver", SOLVERS)
def test_loss_is_the_objective_at_the_weights(solver, target):
    X, y = load_iris(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    if target == "two classes":
        y = y == 2
    elif target == "multilabel":
        y = np.column_stack([y == 0, y != 1]).astype(int)
    weight = np.random.default_rng(0).uniform(0, 3, len(X))
    weight[::7] = 0
    clf = single(
        6, "tanh", solver=solver, alpha=2.0, standardize=False, max_iter=8, random_state=0
    ).fit(in_float64(X), y, weight)
    if target == "multilabel":
        loss = np.logaddexp(0, (1 - 2 * y) * clf.decision_function(X)).sum(axis=1)
    else:
        loss = -clf.predict_log_proba(X)[np.arange(len(X)), y.astype(int)]
    penalty = 2.0 / 2 * sum((W**2).sum() for W in clf.coefs_)
    assert_allclose(clf.loss_, (weight @ loss + penalty) / weight.sum(), rtol=1e-12)
    if solver in ("gd", "lbfgs"):  # the curve of the others is the mean over a moving epoch
        assert_allclose(clf.loss_curve_[-1], clf.loss_, rtol=1e-12)


# The weights of so many units are walked through in several pieces.
@pytest.mark.parametrize(("hidden_size", "n_epochs"), [(5, 30), (30_000, 3)])
@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_full_batches_are_those_of_mlp_classifier(small, solver, hidden_size, n_epochs):
    X, y = small
    learning_rate = 0.1 / hidden_size
    settings = {"momentum": 0.8} if solver == "sgd" else {}
    theirs = {} if solver == "sgd" else {"beta_2": 0.99}
    mlp = MLPClassifier(
        (hidden_size,), "tanh", solver=solver, alpha=1.3, batch_size=len(X), max_iter=1,
        learning_rate_init=learning_rate, warm_start=True, random_state=0, **settings, **theirs,
    ).fit(X, y)  # fmt: skip
    clf = single(
        hidden_size, "tanh", solver=solver, alpha=1.3, batch_size=len(X), standardize=False,
        learning_rate=learning_rate, learning_rate_schedule="constant", max_iter=1, tol=0,
        warm_start=True, random_state=0, **settings,
    ).fit(in_float64(X), y)  # fmt: skip
    clf.coefs_ = [W.copy() for W in mlp.coefs_]
    clf.intercepts_ = [b.copy() for b in mlp.intercepts_]
    # Both begin their moments anew, and go on from the same weights.
    mlp.set_params(max_iter=n_epochs, tol=0).fit(X, y)
    clf.set_params(max_iter=n_epochs).fit(in_float64(X), y)
    assert_allclose(clf.predict_proba(X), mlp.predict_proba(X), rtol=1e-7)
    for W, expected in zip(clf.coefs_, mlp.coefs_, strict=True):
        assert_allclose(W, expected, rtol=1e-7, atol=1e-7 * learning_rate)


def test_equal_hidden_units_stay_equal_for_ever(small):
    def spread(init_scale):
        clf = single(
            4, "tanh", solver="gd", init="normal", init_scale=init_scale, random_state=0
        ).fit(*small)
        return np.ptp(clf.coefs_[0], axis=1).max()

    assert spread(0) == 0
    assert spread(0.01) > 0.01


@pytest.mark.parametrize("alpha", [0, 3.0])
def test_identity_ends_at_logistic_regression(small, alpha):
    X, y = small
    clf = single(
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
    clf = single(20, max_iter=20, random_state=0).fit(X, y)
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


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("solver", SOLVERS)
def test_the_folded_formula_of_a_column_far_from_0(small, solver, container):
    X, y = small[0] + [1e6, 0, 0, 0], small[1]
    clf = single(10, "tanh", solver=solver, max_iter=30, random_state=0)
    clf.fit(container(X), y)
    formula = expit(np.tanh(X @ clf.coefs_[0] + clf.intercepts_[0]) @ clf.coefs_[1]
                    + clf.intercepts_[1])  # fmt: skip
    assert_allclose(clf.predict_proba(container(X))[:, 1], formula[:, 0], rtol=1e-7)
    # The column of mean 1e6 and deviation 1 is learnt from as if its mean were 0.
    centred = clf.fit(small[0], y).predict_proba(small[0])[:, 1]
    assert_allclose(formula[:, 0], centred, atol=1e-5)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("solver", SOLVERS)
def test_awkward_columns(small, solver, dtype):
    X, y = small
    plain = single(10, "tanh", solver=solver, max_iter=60, random_state=0)
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
    clf = single(
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
    clf = single(5, max_iter=10, random_state=0)
    alone = parameters_of(clf.fit(X[:200], y[:200]))
    assert clf.validation_loss_curve_ is None
    watched = parameters_of(clf.fit(X[:200], y[:200], X_val=X[200:], y_val=y[200:]))
    assert_array_equal(watched, alone)
    assert len(clf.validation_loss_curve_) == len(clf.loss_curve_)


def test_diverging_training_goes_back_to_finite_weights(small):
    X, y = small
    clf = single(
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


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("activation", ["identity", "relu", "tanh"])
@pytest.mark.parametrize("solver", ["gd", "sgd", "adam"])
def test_a_huge_learning_rate_ends_in_finite_weights_or_a_sentence(
    cancer, solver, activation, early_stopping
):
    X, y = cancer
    clf = ShallowNetClassifier(
        5, activation, random_state=0, solver=solver, standardize=False, max_iter=5
    ).fit(X, y)
    before = parameters_of(clf)
    clf.set_params(
        learning_rate=1e6, learning_rate_schedule="constant", alpha=0.5, max_iter=60, tol=0,
        n_iter_no_change=60, early_stopping=early_stopping,
    )  # fmt: skip
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        try:
            clf.fit(X, y)
        except ValueError as refusal:
            assert "learning_rate" in str(refusal)  # noqa: PT017
            assert_array_equal(parameters_of(clf), before)
        else:
            assert len(caught) == 1
            assert "epoch" in str(caught[0].message)
    assert np.isfinite(parameters_of(clf)).all()
    assert np.isfinite(clf.predict_proba(X)).all()
    assert np.isfinite([clf.loss_, *clf.loss_curve_]).all()


class FirstLineStarts(io.StringIO):
    """A place to print to, whose first line starts a timer."""

    def __init__(self, timer):
        super().__init__()
        self.timer = timer

    def write(self, text):
        if self.timer.ident is None:
            self.timer.start()
        return super().write(text)


@pytest.mark.parametrize("solver", SOLVERS)
def test_ctrl_c_is_passed_on_and_leaves_a_usable_network(solver):
    X, y = load_digits(return_X_y=True)
    clf = ShallowNetClassifier(
        solver=solver, max_iter=10**6, tol=0, n_iter_no_change=10**6, random_state=0, alpha=0,
        learning_rate_schedule="constant", verbose=True,
    )  # fmt: skip
    rows = np.tile(np.arange(len(X)), 5)
    noise = np.random.default_rng(0).normal(size=(len(rows), X.shape[1]))
    # Some time after the first epoch, however slow the machine is: before there is no network.
    timer = threading.Timer(0.5, signal.raise_signal, [signal.SIGINT])
    # Under nohup or a shell's & SIGINT is ignored, and the training would go on for ever.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with (
            contextlib.redirect_stdout(FirstLineStarts(timer)),
            pytest.raises(KeyboardInterrupt),
        ):
            clf.fit(X[rows] + noise, y[rows])
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, handler)
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

    @pytest.mark.parametrize("solver", ["sgd", "adam"])
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

    @pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
    @pytest.mark.parametrize("solver", ["sgd", "adam"])
    def test_a_weight_is_a_repetition(self, cancer, solver, container):
        X, y = cancer
        rng = np.random.default_rng(0)
        settings = {"solver": solver, "batch_size": 7, "random_state": 0}
        weighted = ShallowNetClassifier(6, class_weight="balanced", **settings)
        repeated = ShallowNetClassifier(6, class_weight="balanced", **settings)
        for start in range(0, 500, 50):
            weight = rng.integers(4, size=50)
            part = slice(start, start + 50)
            rows = rng.permutation(np.repeat(np.arange(start, start + 50), weight))
            weighted.partial_fit(container(X[part]), y[part], [0, 1], weight)
            repeated.partial_fit(container(X[rows]), y[rows], [0, 1])
        assert_array_equal(parameters_of(weighted), parameters_of(repeated))

    @pytest.mark.parametrize("solver", ["sgd", "adam"])
    def test_sparse_is_dense(self, cancer, solver):
        X, y = cancer
        dense, csr = (ShallowNetClassifier(6, solver=solver, random_state=0) for _ in range(2))
        for start in range(0, 500, 50):
            part = slice(start, start + 50)
            dense.partial_fit(X[part], y[part], [0, 1])
            csr.partial_fit(sparse.csr_array(X[part]), y[part], [0, 1])
        # Dense rows are computed with in float32.
        assert_allclose(csr.predict_proba(X), dense.predict_proba(X), rtol=1e-5, atol=1e-6)

    @pytest.mark.parametrize("standardize", [False, True])
    def test_arrays_handed_out_stay_as_they_were(self, cancer, standardize):
        *_, clf = self.stream(cancer, 5, standardize=standardize)
        handed_out = clf.coefs_ + clf.intercepts_
        copies = [part.copy() for part in handed_out]
        clf.partial_fit(*cancer)
        for live, copied, new in zip(handed_out, copies, clf.coefs_ + clf.intercepts_, strict=True):
            assert_array_equal(live, copied)
            assert not np.array_equal(new, copied)

    def test_what_was_seen_is_standardised_and_shares_the_penalty(self, cancer):
        # One weight at rest (a learning rate near 0) shows the scaling and the loss in use.
        X, y = cancer
        clf = single(4, "tanh", alpha=50.0, learning_rate=1e-300, random_state=0)
        for start in range(0, 500, 100):
            part = slice(start, start + 100)
            clf.partial_fit(in_float64(X[part]), y[part], [0, 1])
        W1 = clf.coefs_[0] * X[:500].std(axis=0)[:, np.newaxis]
        start = np.random.RandomState(0).standard_normal(W1.shape) * np.sqrt(2 / len(W1))
        assert_allclose(W1, start, rtol=1e-9)
        penalty = 50.0 / (2 * 500) * ((W1**2).sum() + (clf.coefs_[1] ** 2).sum())
        cross_entropy = log_loss(y[400:500], clf.predict_proba(X[400:500]))
        assert_allclose(clf.loss_, cross_entropy + penalty, rtol=1e-9)

    def test_an_unseen_class_is_refused_and_the_stream_goes_on(self, cancer):
        X, y = cancer
        *_, clf = self.stream(cancer, 5)
        before = parameters_of(clf)
        with pytest.raises(ValueError, match="not in `classes_`"):
            clf.partial_fit(X[:5], [0, 1, 2, 0, 1])
        assert_array_equal(parameters_of(clf), before)
        assert clf.partial_fit(X[:5], y[:5]).n_iter_ == 6

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


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("m", [500, 5000])  # one block of rows, and more
@pytest.mark.parametrize("constant", [1.0, 0.1, 1e8])
@pytest.mark.parametrize("solver", SOLVERS)
def test_a_constant_sparse_column_gets_weights_0(solver, constant, m, weighted):
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=m), np.full(m, constant)])
    y = (X[:, 0] > 0).astype(int)
    weight = rng.uniform(0, 3, m) if weighted else None
    clf = ShallowNetClassifier(5, "tanh", solver=solver, max_iter=3, random_state=0)
    dense = clf.fit(X, y, weight).predict_proba(X)
    S = sparse.csr_array(X)
    assert_array_equal(clf.fit(S, y, weight).coefs_[0][1], 0)
    assert_allclose(clf.predict_proba(S), dense, atol=1e-6)


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_minus_0_is_0(container):
    X = np.round(np.random.default_rng(0).normal(size=(200, 4)))
    assert np.signbit(X[X == 0]).any()
    y = (X[:, 0] > 0).astype(int)
    clf = ShallowNetClassifier(4, solver="sgd", max_iter=5, batch_size=20, random_state=0)
    plain = clf.fit(X + 0.0, y).predict_proba(X)
    assert_allclose(clf.fit(container(X), y).predict_proba(X), plain, rtol=1e-5)


def test_csr_with_an_entry_in_two_parts():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 3)), rng.integers(2, size=200)
    A = sparse.csr_array(X)
    parts = (np.repeat(A.data / 2, 2), np.repeat(A.indices, 2), A.indptr * 2)
    clf = ShallowNetClassifier(4, solver="adam", max_iter=5, random_state=0)
    whole = clf.fit(A, y).predict_proba(X)
    split = sparse.csr_array(parts, shape=A.shape)
    assert_allclose(clf.fit(split, y).predict_proba(X), whole, rtol=1e-9)


def test_x_val_with_an_entry_in_two_parts():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 3)), rng.integers(2, size=200)
    A = sparse.csr_array(X)
    parts = (np.repeat(A.data / 2, 2), np.repeat(A.indices, 2), A.indptr * 2)
    split = sparse.csr_array(parts, shape=A.shape)
    clf = ShallowNetClassifier(4, solver="adam", max_iter=5, random_state=0)
    whole = clf.fit(X, y, X_val=A, y_val=y).validation_loss_curve_
    assert_allclose(clf.fit(X, y, X_val=split, y_val=y).validation_loss_curve_, whole, rtol=1e-9)
    assert split.nnz == 2 * A.nnz  # the caller's own is as it was


def test_a_stream_follows_its_parameters(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(4, solver="sgd", random_state=0).partial_fit(X, y, [0, 1])
    without = pickle.loads(pickle.dumps(clf)).set_params(momentum=0.0)
    # A fresh optimiser without momentum is one whose velocity no longer counts.
    assert_allclose(
        parameters_of(clf.set_params(momentum=0.0, batch_size=1000).partial_fit(X, y)),
        parameters_of(without.set_params(batch_size=1000).partial_fit(X, y)),
        rtol=1e-9,
    )


def test_predictions_are_the_fitted_network_s_whatever_the_parameters_say_now(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(4, "leaky_relu", negative_slope=0.5, random_state=0).fit(X, y)
    fitted = clf.predict_proba(X)
    clf.set_params(activation="tanh", negative_slope=0.1, hidden_size=7)
    assert_array_equal(clf.predict_proba(X), fitted)
    assert_array_equal(pickle.loads(pickle.dumps(clf)).predict_proba(X), fitted)


def test_a_number_is_every_row_s_weight(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(4, random_state=0, max_iter=5, solver="adam")
    assert_array_equal(
        parameters_of(clf.fit(X, y, 2.5)), parameters_of(clf.fit(X, y, np.full(len(y), 2.5)))
    )


def test_a_column_that_is_constant_in_a_refit_gets_weights_0(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(4, random_state=0, warm_start=True).fit(X, y)
    X = X.copy()
    X[:, 3] = 7
    assert_array_equal(clf.fit(X, y).coefs_[0][3], 0)


def held_out_rows(y, n_members, fraction, weights=None):
    """Rows of one feature, the row's number, each held out by one of n_members or by none."""
    X = np.arange(float(len(y)))[:, np.newaxis] / len(y)
    targets = Targets(np.array([[0.0], [1.0]]), y)
    weights = np.ones(len(y)) if weights is None else weights
    rows = Rows(X, targets, np.arange(len(y)), weights)
    return hold_out(rows, n_members, fraction, np.random.RandomState(0), stratify=True)


@pytest.mark.parametrize(
    ("n_members", "fraction", "share"), [(5, 0.2, 0.2), (3, 0.1, 0.1), (4, 0.9, 0.25)]
)
def test_each_network_holds_out_its_share_of_each_class(n_members, fraction, share):
    y = np.r_[np.ones(400, int), np.zeros(20, int)]
    held_out_by = held_out_rows(y, n_members, fraction).held_out_by
    for label in (0, 1):
        by_member = np.bincount(held_out_by[y == label] + 1, minlength=n_members + 1)[1:]
        assert_allclose(by_member, share * np.sum(y == label), atol=1)


def test_the_losses_of_a_committee_that_holds_out_rows():
    rng = np.random.default_rng(0)
    y, weights = rng.integers(2, size=50), rng.uniform(0.5, 2, size=50)
    rows = held_out_rows(y, 3, 0.2, weights)
    network = Network(
        1, 4, 1, activation_named("tanh", 0), OUTPUTS["sigmoid"],
        n_members=3, max_rows=7, dtype=np.float64,
    )  # fmt: skip
    parameters = rng.normal(size=network.n_parameters)
    held_out, training = [], []
    for j in range(3):
        W1, b1, W2, b2 = network.layers(parameters)
        W1, b1 = W1[:, 4 * j : 4 * j + 4], b1[4 * j : 4 * j + 4]
        z = (np.tanh(rows.X @ W1 + b1) @ W2[j] + b2[j])[:, 0]
        loss = np.logaddexp(0, (1 - 2 * y) * z)
        out = rows.held_out_by == j
        held_out.append((weights[out] @ loss[out], weights[out].sum()))
        penalty = 0.3 / 2 * ((W1**2).sum() + (W2[j] ** 2).sum())
        training.append(weights[~out] @ loss[~out] / weights[~out].sum() + penalty)
    total, weight = np.sum(held_out, axis=0)
    assert_allclose(held_out_loss(parameters, network, rows), total / weight, rtol=1e-12)
    J = Objective(network, rows, 0.3).loss_and_gradient(parameters, np.empty_like(parameters))
    assert_allclose(J, np.mean(training), rtol=1e-12)


@pytest.mark.filterwarnings("ignore:The validation split:UserWarning")
@pytest.mark.parametrize("n_classes", [2, 5, 10])
def test_a_row_of_each_class_is_enough_to_learn_them(n_classes):
    # No network is judged by a class that it has not seen.
    rng = np.random.default_rng(0)
    X, y = 5 * rng.normal(size=(n_classes, 10)), np.arange(n_classes)
    clf = ShallowNetClassifier(random_state=0).fit(X, y)
    assert_array_equal(clf.predict(X + rng.normal(size=X.shape)), y)


@pytest.mark.parametrize("fraction", [0.2, 0.6, 0.99])
@pytest.mark.parametrize("n_members", [1, 4])
@pytest.mark.parametrize("y", [[0, 0, 0, 1], [0, 0, 1, 1], [0] * 9 + [1] * 3 + [2]])
@pytest.mark.filterwarnings("ignore:The validation split:UserWarning")
def test_every_network_trains_on_every_class(y, n_members, fraction):
    y = np.array(y)
    rows = held_out_rows(y, n_members, fraction)
    assert (rows.held_out_by >= 0).any()
    for j in range(n_members):
        assert_array_equal(np.unique(y[rows.held_out_by != j]), np.unique(y))


@pytest.mark.parametrize(
    ("n_rows", "weight", "held_out"), [(99, 5, False), (99, 4, True), (100, 5, True)]
)
def test_what_is_a_few_rows_that_stand_for_many(n_rows, weight, held_out):
    y = np.arange(n_rows) % 2
    assert (held_out_rows(y, 4, 0.2, np.full(n_rows, weight)).held_out_by is not None) == held_out
    weight = np.ones(n_rows)
    weight[0] = 1e6  # a single one is not many
    assert held_out_rows(y, 4, 0.2, weight).held_out_by is not None


@pytest.mark.parametrize("n_columns", [1, 2, 3, 4, 8])
def test_few_different_rows_repeated_often(n_columns):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, (10_000, n_columns)).astype(float)
    y = (rng.random(len(X)) < expit(3 * X[:, 0] - 1.5)).astype(int)
    linear = log_loss(y, LogisticRegression().fit(X, y).predict_proba(X))
    for seed in range(4):
        clf = ShallowNetClassifier(random_state=seed).fit(X, y)
        assert log_loss(y, clf.predict_proba(X)) < 1.03 * linear


@pytest.mark.parametrize("seed", range(4))
def test_many_columns_and_few_rows(seed):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(1100, 10_000)).astype(np.float32), np.arange(1100) % 2
    X[:, :50] += 0.7 * y[:, np.newaxis]
    clf = ShallowNetClassifier(random_state=seed).fit(X[:100], y[:100])
    assert log_loss(y[100:], clf.predict_proba(X[100:])) < 0.67  # log(2) is 0.69


def test_no_network_learns_from_the_rows_that_it_holds_out():
    rows = held_out_rows(np.arange(90) % 2, 3, 0.2)
    order = np.random.default_rng(0).permutation(90)
    for batch in rows.batches(order, [0, 40, 90], 30):
        for X, _, w in batch:
            held_out_by = rows.held_out_by[np.rint(X[:, 0] * 90).astype(int)]
            assert_array_equal(w == 0, held_out_by == np.arange(3)[:, np.newaxis])


def test_the_penalty_of_a_committee_is_shared_by_the_rows_it_trains_on(cancer):
    # At rest, alpha adds to J the mean over the networks of alpha / 2 |W|^2 / (Σw of its rows).
    X, y = cancer
    at_rest = {"learning_rate": 1e-300, "max_iter": 1, "random_state": 0, "average": False}
    losses = []
    for alpha in (0, 50):
        clf = ShallowNetClassifier(
            5, n_estimators=3, alpha=alpha, standardize=False, **at_rest
        ).fit(in_float64(X), y)
        losses.append(clf.loss_)
    n_trained_on = len(y) - np.ceil(0.2 * len(y))
    W1, W2 = clf.coefs_
    squares = ((W1**2).sum() + ((3 * W2) ** 2).sum()) / 3  # W2 is that of the mean of the logits
    assert_allclose(losses[1] - losses[0], 50 / 2 * squares / n_trained_on, rtol=1e-9)


def test_weight_is_repetition_at_the_defaults(cancer):
    X, y = cancer
    X3, y3 = np.tile(X, (3, 1)), np.tile(y, 3)
    repeated = ShallowNetClassifier(random_state=0).fit(X3, y3)
    weighted = ShallowNetClassifier(random_state=0).fit(X, y, np.full(len(y), 3))
    assert_array_equal(parameters_of(repeated), parameters_of(weighted))


def test_a_weight_beside_which_all_others_vanish(cancer):
    X, y = cancer
    weight = np.ones(100)
    weight[3] = 1e20
    assert ShallowNetClassifier(random_state=0).fit(X[:100], y[:100], weight).n_iter_ > 0


@pytest.mark.parametrize(
    ("schedule", "shares"),
    [
        ("constant", [1, 1, 1, 1]),
        ("cosine", [1, 0.5 + 0.5 * 2**-0.5, 0.5, 0.5 - 0.5 * 2**-0.5]),
        ("one_cycle", [0.04, 0.84, *(0.5 + 0.5 * np.cos(np.pi * np.array([2 / 7, 9 / 14])))]),
    ],
)
def test_schedules(small, schedule, shares):
    # With steps this small the gradient rests, and the weights move by the sum of the shares.
    def after(max_iter, **settings):
        clf = single(
            5, "tanh", solver="gd", standardize=False, alpha=0, random_state=0, tol=0,
            max_iter=max_iter, **settings,
        )  # fmt: skip
        return parameters_of(clf.fit(*small))

    start = after(1, learning_rate=1e-300)
    step = after(1, learning_rate=1e-6) - start
    moved = after(4, learning_rate=1e-6, learning_rate_schedule=schedule) - start
    assert_allclose(moved, step * sum(shares), rtol=1e-3, atol=1e-12)


@pytest.mark.parametrize("n_iter_no_change", [2, 5])
def test_when_training_stops(small, n_iter_no_change):
    clf = single(
        5, "tanh", solver="gd", tol=1e-2, n_iter_no_change=n_iter_no_change, learning_rate=0.5,
        max_iter=1000, random_state=0,
    ).fit(*small)  # fmt: skip
    to_beat, stale = np.inf, 0
    for epoch, loss in enumerate(clf.loss_curve_, start=1):  # noqa: B007
        to_beat, stale = (loss, 0) if loss < to_beat - 1e-2 else (to_beat, stale + 1)
        if stale == n_iter_no_change:
            break
    assert clf.n_iter_ == epoch < 1000


def test_every_epoch_has_its_own_order(small):
    # With one row a batch and momentum 0, an epoch in another order ends elsewhere.
    X, y = small
    settings = {"solver": "sgd", "momentum": 0.0, "batch_size": 1, "learning_rate": 0.3}
    clf = single(4, "tanh", max_iter=1, warm_start=True, random_state=0, **settings).fit(X, y)
    clf.fit(X, y)
    twice_the_same_order = parameters_of(clf)
    two_epochs = parameters_of(single(4, "tanh", max_iter=2, random_state=0, **settings).fit(X, y))
    assert np.abs(two_epochs - twice_the_same_order).max() > 1e-3


@pytest.mark.parametrize(
    ("init", "activation", "deviations"),
    [
        ("he", "relu", [np.sqrt(2 / 50), np.sqrt(2 / 400) / 3]),
        ("he", "sigmoid", [4 * np.sqrt(2 / 50), np.sqrt(2 / 400) / 3]),
        ("glorot", "sigmoid", [4 * np.sqrt(2 / 450), np.sqrt(2 / 401) / 3]),
        ("normal", "sigmoid", [0.01, 0.01]),
        ("he", "tanh", [np.sqrt(2 / 50), np.sqrt(2 / 400) / 3]),
        ("glorot", "relu", [np.sqrt(2 / 450), np.sqrt(2 / 401) / 3]),
        ("normal", "relu", [0.01, 0.01]),
    ],
)
@pytest.mark.parametrize("n_estimators", [1, 3])
def test_deviation_of_the_initial_weights(init, activation, deviations, n_estimators):
    rng = np.random.default_rng(0)
    clf = single(
        400, activation, init=init, standardize=False, learning_rate=1e-300, max_iter=1,
        random_state=0, n_estimators=n_estimators,
    ).fit(rng.normal(size=(60, 50)), rng.integers(2, size=60))  # fmt: skip
    W1, W2 = clf.coefs_
    assert_allclose([W1.std(), n_estimators * W2.std()], deviations, rtol=0.1)
    assert_allclose(clf.intercepts_[0].std(), 0 if init == "normal" else deviations[0], rtol=0.1)
    assert_allclose(clf.intercepts_[1], 0, atol=1e-12)


def test_balanced_counts_the_whole_stream(cancer):
    X, y = cancer
    order = np.argsort(y[:200], kind="stable")
    settings = {"class_weight": "balanced", "learning_rate": 1e-300, "random_state": 0, "alpha": 0}
    clf = single(4, **settings)
    for part in np.array_split(order, 2):
        clf.partial_fit(in_float64(X[part]), y[part], [0, 1])
    counts = np.bincount(y[:200])
    factors = (200 / 2 / counts)[y[part]]
    loss = -clf.predict_log_proba(X[part])[np.arange(len(part)), y[part]]
    assert_allclose(clf.loss_, factors @ loss / factors.sum(), rtol=1e-9)


def test_fit_forgets_the_stream(cancer):
    X, y = cancer
    fresh = single(4, random_state=0).fit(X, y).partial_fit(X, y)
    used = single(4, random_state=0)
    for _ in range(5):
        used.partial_fit(X, y, [0, 1])
    assert_array_equal(parameters_of(used.fit(X, y).partial_fit(X, y)), parameters_of(fresh))


def test_validation_loss_counts_weights_and_class_weight(cancer):
    X, y = cancer
    X = in_float64(X)
    weight = np.random.default_rng(0).uniform(0, 3, 100)
    clf = ShallowNetClassifier(
        5, class_weight={0: 1, 1: 7}, max_iter=1, average=False, random_state=0
    ).fit(X[:200], y[:200], X_val=X[200:300], y_val=y[200:300], sample_weight_val=weight)
    loss = -clf.predict_log_proba(X[200:300])[np.arange(100), y[200:300]]
    factors = weight * np.where(y[200:300] == 1, 7, 1)
    assert_allclose(clf.validation_loss_curve_[-1], factors @ loss / factors.sum(), rtol=1e-9)


def test_lbfgs_that_has_nothing_to_do(cancer):
    clf = single(4, solver="lbfgs", tol=100.0, random_state=0).fit(*cancer)
    assert clf.n_iter_ == 1
    assert np.isfinite(clf.loss_)


def test_a_validation_loss_that_is_not_finite_stops_training(cancer):
    X, y = cancer
    X_val = X[200:].copy()
    X_val[1] = 1e308
    with pytest.raises(ValueError, match=r"validation loss was not finite.*X_val"):
        ShallowNetClassifier(8, random_state=0).fit(X[:200], y[:200], X_val=X_val, y_val=y[200:])


def test_a_refit_that_only_gets_worse_keeps_its_start(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(8, random_state=0, warm_start=True).fit(X, y)
    before = clf.predict_proba(X)
    clf.set_params(learning_rate=10.0).fit(X, y)
    assert_allclose(clf.predict_proba(X), before, rtol=1e-6)


def assert_goes_on(clf, *arguments):
    before = clf.loss_curve_
    assert clf.fit(*arguments).loss_curve_ is not before


def test_a_converged_fit_is_not_gone_on_with_until_something_changes(cancer):
    X, y = cancer
    fitted = ShallowNetClassifier(8, random_state=0, warm_start=True).fit(X, y)
    before = fitted.loss_curve_
    assert fitted.fit(X.copy(), y.copy()).loss_curve_ is before
    X_other, weights = X.copy(), np.ones(len(y))
    X_other[0, 0] += 1
    weights[0] = 2
    for parameters, arguments in (
        ({}, (X_other, y)),
        ({}, (X, np.r_[1 - y[:1], y[1:]])),
        ({}, (X, y, weights)),
        ({"tol": 1e-3}, (X, y)),
        ({}, (X.astype(np.float32), y)),
    ):
        assert_goes_on(pickle.loads(pickle.dumps(fitted)).set_params(**parameters), *arguments)
    assert_goes_on(pickle.loads(pickle.dumps(fitted)).partial_fit(X, y), X, y)
    for name in ("coefs_", "intercepts_"):
        clf = pickle.loads(pickle.dumps(fitted))
        getattr(clf, name)[1] += 0.01
        assert_goes_on(clf, X, y)


def test_other_validation_data_are_a_reason_to_go_on(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(8, random_state=0, warm_start=True)
    clf.fit(X[:300], y[:300], X_val=X[300:400], y_val=y[300:400])
    before = clf.loss_curve_
    clf.set_params(verbose=0).fit(X[:300], y[:300], X_val=X[300:400], y_val=y[300:400])
    assert clf.loss_curve_ is before
    clf.fit(X[:300], y[:300], X_val=X[400:500], y_val=y[400:500])
    assert clf.loss_curve_ is not before


def test_a_fit_that_did_not_converge_is_gone_on_with(cancer):
    clf = single(10, solver="sgd", learning_rate=2.0, random_state=0, warm_start=True)
    assert_goes_on(clf.fit(*cancer), *cancer)  # the loss had risen


def test_a_refit_keeps_what_it_betters_by_less_than_tol(cancer):
    X, y = cancer
    X, y, X_val, y_val = X[:300], y[:300], X[300:], y[300:]
    clf = ShallowNetClassifier(8, random_state=0, max_iter=1, tol=0.5, warm_start=True)
    losses = []
    for _ in range(8):
        clf.fit(X, y, X_val=X_val, y_val=y_val)
        losses.append(log_loss(y_val, clf.predict_proba(X_val)))
    assert losses == sorted(losses, reverse=True)
    assert len(set(losses)) > 5


def test_validation_data_that_only_numpy_can_read(cancer):
    class OnDisk:
        """As h5py's data sets: an array when asked, and not to be pickled."""

        shape, ndim = (269, 30), 2

        def __len__(self):
            return 269

        def __array__(self, dtype=None, copy=None):
            return np.array(X[300:], dtype)

        def __reduce__(self):
            raise TypeError("not to be pickled")

    X, y = cancer
    clf = ShallowNetClassifier(8, random_state=0, warm_start=True)
    clf.fit(X[:300], y[:300], X_val=OnDisk(), y_val=y[300:])
    before = clf.loss_curve_
    assert clf.fit(X[:300], y[:300], X_val=OnDisk(), y_val=y[300:]).loss_curve_ is before


def test_a_refit_that_fails_at_once_changes_nothing(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(8, random_state=0, warm_start=True).fit(X.astype(np.float32), y)
    before = parameters_of(clf), clf.loss_curve_, clf.n_iter_
    with pytest.warns(ConvergenceWarning, match=r"no longer finite in epoch 1.*enormous size"):
        clf.set_params(activation="tanh").fit((X * 1e30).astype(np.float32), y)
    assert_array_equal(parameters_of(clf), before[0])
    assert clf.loss_curve_ is before[1]
    assert clf.n_iter_ == before[2]
    hidden = np.maximum(X @ clf.coefs_[0] + clf.intercepts_[0], 0)  # still by ReLU
    logits = (hidden @ clf.coefs_[1] + clf.intercepts_[1])[:, 0]
    assert_allclose(clf.decision_function(X), logits, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("settings", [{"solver": "gd", "learning_rate": 1e4}, {"X_val": "raw"}])
def test_a_validation_loss_far_above_that_of_guessing_is_told(cancer, settings):
    X, y = cancer
    Z = StandardScaler().fit_transform(X)
    given = {"X_val": X, "y_val": y} if settings.pop("X_val", None) else {}
    with pytest.warns(ConvergenceWarning, match=r"(rose from .* to|never below .* guessing has)"):
        ShallowNetClassifier(random_state=0, **settings).fit(Z, y, **given)


def test_a_refit_goes_on_where_max_iter_ended_the_last(cancer):
    clf = single(8, max_iter=2, random_state=0, warm_start=True).fit(*cancer)
    losses = [clf.loss_, clf.fit(*cancer).loss_, clf.fit(*cancer).loss_]
    assert losses == sorted(losses, reverse=True)
    assert len(set(losses)) == 3


def test_a_rising_loss_is_told(cancer):
    with pytest.warns(ConvergenceWarning, match=r"rose from .* to .*: lower learning_rate"):
        single(10, solver="sgd", learning_rate=2.0, random_state=0).fit(*cancer)


def test_warnings_name_the_line_that_called_fit(cancer):
    X, y = cancer
    with pytest.warns(ConvergenceWarning) as caught:
        single(2, max_iter=1).fit(X, y)
    with pytest.warns(UserWarning, match="validation split") as caught_too:
        ShallowNetClassifier(2, n_estimators=1).fit(X[:40], np.r_[2, y[1:40]])
    assert {warning.filename for warning in [*caught, *caught_too]} == {__file__}


def test_a_stream_of_dense_and_sparse_rows_goes_on(cancer):
    X, y = cancer
    dense, mixed = (ShallowNetClassifier(6, random_state=0) for _ in range(2))
    for i in range(11):
        part = slice(50 * i, 50 * i + 50)
        dense.partial_fit(X[part], y[part], [0, 1])
        mixed.partial_fit((X, in_float64(X))[i % 2][part], y[part], [0, 1])
    assert_allclose(mixed.predict_proba(X), dense.predict_proba(X), rtol=1e-4, atol=1e-5)


def test_a_first_chunk_of_class_weight_0_is_refused(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(4, class_weight={0: 0, 1: 1})
    with pytest.raises(ValueError, match="All weights that class_weight leaves are zero"):
        clf.partial_fit(X[y == 0][:20], y[y == 0][:20], classes=[0, 1])
    assert not hasattr(clf, "classes_")


def test_a_chunk_of_class_weight_0_is_harmless(cancer):
    X, y = cancer
    clf = ShallowNetClassifier(5, class_weight={0: 0, 1: 1}, random_state=0)
    clf.partial_fit(X, y, [0, 1])
    before = parameters_of(clf)
    assert_array_equal(parameters_of(clf.partial_fit(X[y == 0][:5], y[y == 0][:5])), before)


def test_balanced_multilabel_leaves_weight_to_all_rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1000, 20))
    Y = (X + rng.normal(size=X.shape) > 2.0).astype(int)
    clf = ShallowNetClassifier(16, class_weight="balanced", random_state=0).fit(X, Y)
    plain = ShallowNetClassifier(16, random_state=0).fit(X, Y)
    fresh = rng.normal(size=(1000, 20))
    wanted = (fresh + rng.normal(size=X.shape) > 2.0).astype(int)
    scores = [average_precision_score(wanted, c.predict_proba(fresh)) for c in (clf, plain)]
    assert scores[0] > scores[1] - 0.05


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_columns_too_small_for_the_dtype_are_refused(cancer, dtype):
    X, y = cancer
    tiny = (X * {np.float32: 1e-41, np.float64: 1e-300}[dtype]).astype(dtype)
    clf = ShallowNetClassifier(4, random_state=0)
    if dtype is np.float32:
        with pytest.raises(ValueError, match="too small for float32"):
            clf.fit(tiny, y)
    else:  # their variance is 0 in float64
        assert np.isfinite(clf.fit(tiny, y).predict_proba(tiny)).all()


@pytest.mark.parametrize("weight", [1e308, 1e-300])
def test_weights_of_an_impossible_size(cancer, weight):
    X, y = cancer
    with pytest.raises(ValueError, match=r"sample_weight"):
        ShallowNetClassifier(4).fit(X, y, np.full(len(y), weight))


def test_a_float32_stream_rests_while_its_weights_rest(cancer):
    X, y = (cancer[0] + 1e5).astype(np.float32), cancer[1]
    clf = single(4, solver="sgd", learning_rate=1e-30, random_state=0).partial_fit(X, y, [0, 1])
    before = clf.predict_proba(X)
    for _ in range(200):
        clf.partial_fit(X, y)
    assert_allclose(clf.predict_proba(X), before, atol=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_what_no_column_tells_alone(seed):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, (20_000, 8)).astype(float)
    p = np.where(X[:, :3].sum(axis=1) % 2 == 1, 0.95, 0.05)
    y = (rng.random(len(X)) < p).astype(int)
    assert ShallowNetClassifier(random_state=seed).fit(X, y).score(X, y) > 0.94


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh"])
@pytest.mark.parametrize("seed", range(4))
def test_a_bent_boundary_among_few_rows(activation, seed):
    # A straight one, where training lingers, gets 0.87 right.
    X, y = make_moons(1400, noise=0.2, random_state=seed)
    clf = ShallowNetClassifier(activation=activation, random_state=seed).fit(X[:400], y[:400])
    assert clf.score(X[400:], y[400:]) > 0.92


@pytest.mark.parametrize("n_classes", [2, 3])
def test_where_there_is_nothing_to_learn(n_classes):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(4000, 5)), rng.integers(n_classes, size=4000)

    def fit(**params):
        with warnings.catch_warnings(action="error"):
            clf = ShallowNetClassifier(random_state=0, **params).fit(X[:2000], y[:2000])
        assert log_loss(y[2000:], clf.predict_proba(X[2000:])) < 1.02 * np.log(n_classes)
        return clf.n_iter_

    assert 30 < fit() < 60
    assert fit(max_iter=20) == 20  # without a warning: the loss has come to rest
    assert fit(n_iter_no_change=1, tol=0.01) < 5
    assert fit(early_stopping=False) < 20


@pytest.mark.parametrize("hidden_size", [4, 30_000])
def test_the_running_mean_of_the_weights(small, hidden_size):
    def after(max_iter, *, average):
        clf = single(
            hidden_size, "tanh", solver="sgd", batch_size=60, average=average, max_iter=max_iter,
            learning_rate=0.2 / hidden_size, random_state=0,
        )  # fmt: skip
        return parameters_of(clf.fit(in_float64(small[0]), small[1]))

    # One batch an epoch: the mean of the first two, then half of what each epoch adds.
    one, two, three = (after(epochs, average=False) for epochs in (1, 2, 3))
    assert_allclose(after(1, average=True), one, rtol=1e-12)
    assert_allclose(after(2, average=True), (one + two) / 2, rtol=1e-9, atol=1e-14)
    assert_allclose(after(3, average=True), (one + two) / 4 + three / 2, rtol=1e-9, atol=1e-14)


def test_auto_is_adam(cancer):
    fits = [
        ShallowNetClassifier(4, random_state=0, **solver).fit(*cancer)
        for solver in ({}, {"solver": "auto"}, {"solver": "adam"})
    ]
    assert_array_equal(parameters_of(fits[0]), parameters_of(fits[1]))
    assert_array_equal(parameters_of(fits[0]), parameters_of(fits[2]))


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize(("length", "learning_rate"), [(1, 0.03), (5, 0.024), (100, 0.015)])
def test_the_automatic_learning_rate_of_short_rows(container, length, learning_rate):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(90, 64)), rng.integers(2, size=90)
    X = container(length * X / np.linalg.norm(X, axis=1, keepdims=True))
    clf = ShallowNetClassifier(4, standardize=False, max_iter=2, random_state=0)
    automatic = parameters_of(clf.fit(X, y))
    clf.set_params(learning_rate=learning_rate)
    assert_allclose(parameters_of(clf.fit(X, y)), automatic, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("solver", "activation", "n_features", "learning_rate"),
    [
        ("adam", "relu", 4, 0.03),
        ("adam", "tanh", 64, 0.015),
        ("adam", "sigmoid", 64, 0.06),
        ("sgd", "sigmoid", 64, 0.05),
        ("gd", "relu", 64, 0.1),
    ],
)
def test_the_automatic_learning_rate(solver, activation, n_features, learning_rate):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(90, n_features)), rng.integers(2, size=90)
    clf = ShallowNetClassifier(4, activation, solver=solver, max_iter=2, random_state=0)
    automatic = parameters_of(clf.fit(X, y))
    assert_array_equal(
        parameters_of(clf.set_params(learning_rate=learning_rate).fit(X, y)), automatic
    )


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@pytest.mark.parametrize("own_validation", [False, True])
def test_rows_read_once_or_in_every_epoch(monkeypatch, cancer, solver, own_validation):
    X, y = cancer
    validation = {"X_val": X[400:], "y_val": y[400:]} if own_validation else {}
    clf = ShallowNetClassifier(5, solver=solver, max_iter=20, random_state=0)
    once = clf.fit(X[:400], y[:400], **validation)
    parameters, losses = parameters_of(once), once.validation_loss_curve_
    monkeypatch.setattr("skshallow._rows.READ_ONCE_BYTES", 0)
    clf.fit(X[:400], y[:400], **validation)
    assert_array_equal(parameters_of(clf), parameters)
    assert_array_equal(clf.validation_loss_curve_, losses)


def test_labels_of_another_integer_type_keep_their_digits(cancer):
    X, y = cancer
    X, y = X[:200], y[:200]
    ids = np.array([2**53, 2**53 + 1])
    clf = ShallowNetClassifier(5, random_state=0)
    for _ in range(10):
        clf.partial_fit(X, ids[y].astype(np.uint64), classes=ids)
    assert np.mean(clf.predict(X) == ids[y]) > 0.9
