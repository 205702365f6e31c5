"""Any shapes, dtypes, labels and values give probabilities or an error."""

import warnings

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning

from skshallow import ShallowNetClassifier
from tests.helpers import ACTIVATIONS

LABELS = [[False, True], [0, 1], ["b", "a"], [-3, 0, 7], ["x", "y", "zz"]]


@st.composite
def problems(draw):
    m, n = draw(st.integers(2, 30)), draw(st.integers(1, 5))
    dtype = draw(st.sampled_from([np.float64, np.float32, np.int64]))
    largest = draw(st.sampled_from([1, 1e3, 1e30]))
    if dtype == np.int64:
        elements = st.integers(-9, 9)
    else:
        width = 64 if dtype == np.float64 else 32
        bound = float(np.float32(largest))
        elements = st.floats(-bound, bound, width=width)
    X = draw(hnp.arrays(dtype, (m, n), elements=elements))
    labels = np.array(draw(st.sampled_from(LABELS)))
    y = labels[draw(hnp.arrays(np.intp, m, elements=st.integers(0, len(labels) - 1)))]
    weight = draw(st.none() | hnp.arrays(np.float64, m, elements=st.floats(0, 1e6)))
    container = draw(st.sampled_from([np.asarray, np.asfortranarray, sparse.csr_array]))
    settings = {
        "hidden_size": draw(st.integers(1, 6)),
        "activation": draw(st.sampled_from(ACTIVATIONS)),
        "solver": draw(st.sampled_from(["gd", "sgd", "adam", "lbfgs"])),
        "standardize": draw(st.booleans()),
        "early_stopping": draw(st.booleans()),
        "class_weight": draw(st.sampled_from([None, "balanced"])),
        "batch_size": draw(st.integers(1, 40)),
        "alpha": draw(st.sampled_from([0, 1.0, 1e3])),
    }
    return container(X), y, weight, settings


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(problems())
def test_any_input_gives_probabilities_or_an_error(problem):
    X, y, weight, parameters = problem
    clf = ShallowNetClassifier(**parameters, max_iter=3, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", "The validation split", UserWarning)
        try:
            clf.fit(X, y, weight)
        except ValueError as error:
            assert str(error).endswith((".", "reshape.", "]"))  # noqa: PT017
            assert not vars(clf).get("coefs_")
            return
    probabilities = clf.predict_proba(X)
    assert probabilities.shape == (X.shape[0], len(clf.classes_))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert set(clf.predict(X)) <= set(clf.classes_) <= set(y)
    assert np.isfinite(clf.loss_)
    assert np.isfinite(clf.loss_curve_).all()
