"""The same random_state gives the same bits."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skshallow import ShallowNetClassifier
from tests.helpers import SOLVERS, ignore_convergence

pytestmark = ignore_convergence


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("solver", SOLVERS)
def test_same_seed_repeats_the_bits_and_dtype_is_kept(cancer, solver, dtype):
    X, y = cancer[0].astype(dtype), cancer[1]
    clf = ShallowNetClassifier(10, solver=solver, max_iter=10, random_state=0, batch_size=50)
    first = clf.fit(X, y).predict_proba(X)
    assert {part.dtype for part in [*clf.coefs_, *clf.intercepts_, first]} == {np.dtype(dtype)}
    assert_array_equal(clf.fit(X, y).predict_proba(X), first)
    assert not np.array_equal(clf.set_params(random_state=1).fit(X, y).predict_proba(X), first)
