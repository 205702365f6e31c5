"""What is refused: with the exception that scikit-learn raises there, and nothing lost."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from skshallow import ShallowNetClassifier

X, Y3 = load_iris(return_X_y=True)
X, y = X[:100], Y3[:100]
NAN = np.where(np.arange(100)[:, np.newaxis] == 3, np.nan, X)
INF = np.where(np.arange(100)[:, np.newaxis] == 3, np.inf, X)
ONES = np.ones(100)

BAD_FITS = {
    "1-D X": ({"X": X[:, 0]}, "Expected 2D array"),
    "3-D X": ({"X": X[np.newaxis]}, "dim"),
    "NaN": ({"X": NAN}, "contains NaN"),
    "inf": ({"X": INF}, "infinity"),
    "complex": ({"X": X * 1j}, "[Cc]omplex"),
    "empty": ({"X": X[:0], "y": y[:0]}, "0 sample"),
    "no columns": ({"X": X[:, :0]}, "0 feature"),
    "lengths": ({"y": y[:-1]}, "inconsistent numbers of samples"),
    "y NaN": ({"y": np.where(y, np.nan, 1)}, "contains NaN"),
    "continuous y": ({"y": X[:, 0]}, "continuous"),
    "mixed y": ({"y": np.array([1, "a"] * 50, dtype=object)}, "all numbers or all strings"),
    "several classes a row": ({"y": np.column_stack([y, y + 1])}, "MultiOutputClassifier"),
    "multilabel of -1 and 1": ({"y": np.column_stack([y, y]) * 2 - 1}, "0 and 1"),
    "weights too few": ({"sample_weight": ONES[:-1]}, "100 rows"),
    "weights 2-D": ({"sample_weight": np.ones((100, 1))}, "100 rows"),
    "negative weight": ({"sample_weight": ONES - 1.5}, "[Nn]egative"),
    "NaN weight": ({"sample_weight": ONES * np.nan}, "sample_weight contains NaN"),
    "zero weights": ({"sample_weight": ONES * 0}, "sample_weight are zero"),
    "X_val alone": ({"X_val": X}, "without y_val"),
    "y_val alone": ({"y_val": y}, "X_val"),
    "X_val columns": ({"X_val": X[:, :2], "y_val": y}, "X_val.*features"),
    "X_val NaN": ({"X_val": NAN, "y_val": y}, "X_val.*NaN"),
    "X_val length": ({"X_val": X, "y_val": y[:-1]}, "X_val has 100 rows, but y_val has 99"),
    "X_val weights too few": (
        {"X_val": X, "y_val": y, "sample_weight_val": ONES[1:]},
        "X_val has 100 rows",
    ),
    "y_val label": ({"X_val": X, "y_val": y + 7}, "y_val has the labels"),
    "X_val weights": ({"X_val": X, "y_val": y, "sample_weight_val": ONES * 0}, "sample_weight_val"),
}


def state(clf):
    """Everything the estimator holds, in a form that compares."""
    return {
        name: [part.copy() for part in value] if isinstance(value, list) else value
        for name, value in vars(clf).items()
    }


def assert_same(before, after):
    assert before.keys() == after.keys()
    for name, value in before.items():
        if isinstance(value, list):
            for one, other in zip(value, after[name], strict=True):
                assert_array_equal(one, other)
        else:
            assert value is after[name]


@pytest.mark.filterwarnings("ignore:X does not have valid feature names:UserWarning")
@pytest.mark.parametrize("warm_start", [False, True])
@pytest.mark.parametrize("name", BAD_FITS)
def test_refused_and_nothing_lost(name, warm_start):
    bad, message = BAD_FITS[name]
    arguments = {"X": X, "y": y} | bad
    with pytest.raises(ValueError, match=message):
        ShallowNetClassifier(max_iter=2).fit(**arguments)

    names = pd.DataFrame(X, columns=list("abcd"))
    clf = ShallowNetClassifier(4, warm_start=warm_start, random_state=0).fit(names, y)
    before = state(clf)
    with pytest.raises(ValueError, match=r"."):
        clf.fit(**_named(arguments))
    assert_same(before, state(clf))


def _named(arguments):
    """The same with the columns' names, where there are as many: a refit must see them again."""
    named = dict(arguments)
    for key in ("X", "X_val"):
        value = named.get(key)
        if value is not None and value.ndim == 2 and value.shape[1] == 4:
            named[key] = pd.DataFrame(value, columns=list("abcd"))
    return named


def test_one_class():
    with pytest.raises(ValueError, match="only one class"):
        ShallowNetClassifier().fit(X, y * 0)


@pytest.mark.parametrize(
    "bad",
    [
        {"hidden_size": 0}, {"hidden_size": 2.5}, {"activation": "logistic"},
        {"negative_slope": -1}, {"solver": "newton"}, {"alpha": -1}, {"standardize": "yes"},
        {"init": "zeros"}, {"init_scale": -1}, {"batch_size": 0}, {"learning_rate": 0},
        {"learning_rate": "constant"}, {"learning_rate_schedule": "invscaling"}, {"momentum": 1},
        {"max_iter": 0}, {"tol": -1}, {"n_iter_no_change": 0}, {"early_stopping": "yes"},
        {"validation_fraction": 1.0}, {"class_weight": "even"}, {"warm_start": 2},
        {"random_state": "seed"}, {"verbose": "loud"},
    ],
    ids=str,
)  # fmt: skip
def test_unknown_parameter_values(bad):
    (name,) = bad
    with pytest.raises(ValueError, match=f"The '{name}' parameter of ShallowNetClassifier must be"):
        ShallowNetClassifier(**bad).fit(X, y)


def test_class_weight_for_no_class_of_y():
    with pytest.raises(ValueError, match="not in class_weight"):
        ShallowNetClassifier(class_weight={0: 1, 7: 2}).fit(X, y)
    with pytest.raises(ValueError, match="negative or non-finite"):
        ShallowNetClassifier(class_weight={0: -1, 1: 1}).fit(X, y)
    with pytest.raises(ValueError, match="class_weight leaves are zero"):
        ShallowNetClassifier(class_weight={0: 0, 1: 0}).fit(X, y)


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function"])
def test_predict_before_fit_and_with_other_columns(method):
    clf = ShallowNetClassifier(4)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        getattr(clf, method)(X)
    clf.fit(X, y)
    with pytest.raises(ValueError, match="2 features, but ShallowNetClassifier is expecting 4"):
        getattr(clf, method)(X[:, :2])
    with pytest.raises(ValueError, match="contains NaN"):
        getattr(clf, method)(NAN)


def test_partial_fit():
    clf = ShallowNetClassifier(4, random_state=0)
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        clf.partial_fit(X, y)
    assert not hasattr(clf, "classes_")
    with pytest.raises(ValueError, match="fewer than 2 classes"):
        clf.partial_fit(X, y, classes=[])
    with pytest.raises(ValueError, match="classes contains NaN"):
        clf.partial_fit(X, y, classes=[0, 1, np.nan])
    clf.partial_fit(X, y, classes=[1, 0])
    clf.partial_fit(X, y, classes=[1, 0])
    before, stream = state(clf), clf._stream.optimizer.m.copy()
    for arguments, message in [
        ((X[:, :2], y), "2 features"),
        ((X, y + 1), "not in `classes_`"),
        ((X, y, [0, 1, 2]), "differ from those of the first call"),
        ((NAN, y), "contains NaN"),
        ((X, y, None, -ONES), "[Nn]egative"),
    ]:
        with pytest.raises(ValueError, match=message):
            clf.partial_fit(*arguments)
        assert_same(before, state(clf))
    with pytest.raises(ValueError, match="not finite"):
        clf.set_params(learning_rate=1e300, batch_size=10).partial_fit(X, y)
    assert_array_equal(clf._stream.optimizer.m, stream)
    with pytest.raises(ValueError, match=r"15 hidden units, but the fitted network .* has 12"):
        clf.set_params(hidden_size=5).partial_fit(X, y)
    with pytest.raises(ValueError, match="standardize=False now"):
        clf.set_params(hidden_size=4, standardize=False).partial_fit(X, y)
    with pytest.raises(ValueError, match=r"activation='step' .* now, but 'relu' .* before"):
        clf.set_params(standardize=True, activation="step").partial_fit(X, y)


def test_warm_start_with_another_width():
    clf = ShallowNetClassifier(4, warm_start=True).fit(X, y)
    with pytest.raises(ValueError, match=r"15 hidden units, but the fitted network .* has 12"):
        clf.set_params(hidden_size=5).fit(X, y)


@pytest.mark.parametrize("n_estimators", [1, 4])
def test_a_class_of_one_row(n_estimators):
    clf = ShallowNetClassifier(4, n_estimators=n_estimators, random_state=0)
    for weight in (None, np.full(61, 0.1), np.full(61, 1.5)):
        with pytest.warns(UserWarning, match=r"one has only 1 row.*Pass X_val"):
            clf.fit(X[:61], np.r_[y[:60], 2], weight)
    clf.fit(X[:61], np.r_[y[:60], 2], np.full(61, 3))  # which are three rows of each


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_convergence_warning_says_what_happened(solver):
    clf = ShallowNetClassifier(4, solver=solver, max_iter=2, early_stopping=False, random_state=0)
    knob = {"adam": "change learning_rate", "lbfgs": "raise alpha"}[solver]
    message = (
        r"all 2 epochs of max_iter.*training loss went from [\d.]+ to [\d.]+\. "
        f"Raise max_iter, {knob}"
    )
    with pytest.warns(ConvergenceWarning, match=message):
        clf.fit(X, y)


def test_a_planned_end_is_no_trouble():
    ShallowNetClassifier(4, solver="adam", max_iter=2, learning_rate_schedule="cosine").fit(X, y)
