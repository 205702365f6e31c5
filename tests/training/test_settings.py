"""Checks of the parameters of the classifier."""

from typing import get_args

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skshallow import ShallowNetClassifier
from skshallow._network.activations import ACTIVATIONS
from skshallow._settings import ActivationName, ScheduleName
from skshallow._solvers.schedules import SCHEDULES
from tests.helpers import SOLVERS, ignore_convergence, parameters_of


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
def test_invalid_parameter_raises(binary_iris, bad):
    X, y = binary_iris
    (name,) = bad
    with pytest.raises(ValueError, match=f"The '{name}' parameter of ShallowNetClassifier must be"):
        ShallowNetClassifier(**bad).fit(X, y)


def test_type_checkers_know_the_names_that_the_parameters_accept():
    assert set(get_args(ActivationName)) == set(ACTIVATIONS)
    assert set(get_args(ScheduleName)) == set(SCHEDULES)


def test_refit_with_another_hidden_size_raises(binary_iris):
    X, y = binary_iris
    clf = ShallowNetClassifier(4, warm_start=True).fit(X, y)
    with pytest.raises(ValueError, match=r"15 hidden units, but the fitted network .* has 12"):
        clf.set_params(hidden_size=5).fit(X, y)


NUMBERS = {
    "alpha": 2, "negative_slope": 0.5, "init_scale": 0.25, "learning_rate": 0.125, "momentum": 0.5,
    "tol": 0.0078125, "validation_fraction": 0.25, "hidden_size": 5, "n_estimators": 2,
    "batch_size": 16, "max_iter": 3, "n_iter_no_change": 2,
}  # fmt: skip


@ignore_convergence
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_of_any_type_give_the_same_bits(cancer, name, method):
    value = NUMBERS[name]
    types = [np.float16, np.float32, np.float64, np.longdouble]
    if isinstance(value, int):
        integers = [np.int8, np.uint8, np.int16, np.uint32, np.int64]
        types = integers if name != "alpha" else [*types, *integers]
    settings = {"activation": "leaky_relu", "init": "normal", "random_state": 0, "max_iter": 2}
    classes = {"classes": [0, 1]} if method == "partial_fit" else {}
    for solver in ("adam", "sgd"):
        fits = []
        for number in (value, *(one(value) for one in types)):
            clf = ShallowNetClassifier(**settings | {"solver": solver, name: number})
            fits.append(parameters_of(getattr(clf, method)(*cancer, **classes)))
        for parameters in fits[1:]:
            assert_array_equal(parameters, fits[0])


@ignore_convergence
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("name", ["batch_size", "max_iter", "n_iter_no_change"])
def test_counts_beyond_any_limit_are_no_limit(binary_iris, name, method):
    X, y = binary_iris
    clf = ShallowNetClassifier(4, tol=0.1, **{name: 10**400})
    classes = {"classes": [0, 1]} if method == "partial_fit" else {}
    assert getattr(clf, method)(X, y, **classes).n_iter_ < 300


@pytest.mark.parametrize("value", [10**400, np.longdouble("1e400")])
@pytest.mark.parametrize("name", ["alpha", "init_scale", "learning_rate", "tol"])
def test_numbers_beyond_float64_are_refused(binary_iris, name, value):
    X, y = binary_iris
    for method in ("fit", "partial_fit"):
        clf = ShallowNetClassifier(**{name: value})
        with pytest.raises(ValueError, match=f"{name} is larger than any float64"):
            getattr(clf, method)(X, y)


@ignore_convergence
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    "setting",
    [
        {"alpha": 1e20}, {"alpha": 1e300}, {"learning_rate": 1e30}, {"learning_rate": 1e300},
        {"init_scale": 1e10}, {"init_scale": 1e30}, {"init_scale": 1e40}, {"init_scale": 1e300},
    ],
    ids=str,
)  # fmt: skip
def test_enormous_parameters_give_finite_predictions_or_name_themselves(
    binary_iris, setting, solver, dtype
):
    X, y = binary_iris
    (name,) = setting
    clf = ShallowNetClassifier(4, solver=solver, init="normal", max_iter=4, **setting)
    for weight in (None, 1e-30):
        try:
            clf.fit(X.astype(dtype), y, weight)
        except ValueError as error:
            assert name in str(error)  # noqa: PT017
        else:
            for factor in (1, 1e30):
                probabilities = clf.predict_proba((factor * X).astype(dtype))
                assert np.isfinite(probabilities).all()
                assert np.isfinite(clf.decision_function((factor * X).astype(dtype))).all()
