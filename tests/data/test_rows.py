"""Reading of rows, one by one or in batches."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse

from skshallow import ShallowNetClassifier
from tests.helpers import ignore_convergence, in_float64, parameters_of, single_network

pytestmark = ignore_convergence


@pytest.mark.parametrize("chunk_bytes", [2**23, 20 * 12 * 5, 0])
@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_batches_of_an_epoch_add_up_to_the_objective(monkeypatch, small, solver, chunk_bytes):
    # With a learning rate near 0 the weights stay constant, so the loss of the epoch is J. The
    # batches differ in weight and in size: 60 rows make nine batches of 6 or 7 rows, which are
    # read at once, in chunks of two or three batches, or each on its own.
    monkeypatch.setattr("skshallow._data.rows.CHUNK_BYTES", chunk_bytes)
    monkeypatch.setattr("skshallow._data.rows.RUN_ROWS", 3)
    weight = np.random.default_rng(0).exponential(size=60)
    clf = single_network(
        5, solver=solver, batch_size=7, learning_rate=1e-300, max_iter=1, random_state=0
    ).fit(in_float64(small[0]), small[1], weight)
    assert_allclose(clf.loss_curve_, [clf.loss_], rtol=1e-12)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@pytest.mark.parametrize("own_validation", [False, True])
def test_rows_read_once_or_in_every_epoch(monkeypatch, cancer, solver, own_validation):
    X, y = cancer
    validation = {"X_val": X[400:], "y_val": y[400:]} if own_validation else {}
    # All rows in a batch: the order in which batches draw the rows is another one.
    clf = ShallowNetClassifier(5, solver=solver, batch_size=400, max_iter=20, random_state=0)
    once = clf.fit(X[:400], y[:400], **validation)
    parameters, losses = parameters_of(once), once.validation_loss_curve_
    monkeypatch.setattr("skshallow._data.rows.CHUNK_BYTES", 0)
    clf.fit(X[:400], y[:400], **validation)
    tolerance = {"adam": 1e-4, "lbfgs": 0}[solver]  # the terms of float32 sums are in another order
    assert_allclose(parameters_of(clf), parameters, rtol=tolerance, atol=tolerance)
    assert_allclose(clf.validation_loss_curve_, losses, rtol=tolerance)


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_minus_zero_equals_zero(container):
    X = np.round(np.random.default_rng(0).normal(size=(200, 4)))
    assert np.signbit(X[X == 0]).any()
    y = (X[:, 0] > 0).astype(int)
    clf = ShallowNetClassifier(4, solver="sgd", max_iter=5, batch_size=20, random_state=0)
    plain = clf.fit(X + 0.0, y).predict_proba(X)
    assert_allclose(clf.fit(container(X), y).predict_proba(X), plain, rtol=1e-5)
