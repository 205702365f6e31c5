"""All checks of scikit-learn, for many combinations of parameters."""

import pytest
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_param_validation,
    parametrize_with_checks,
)

from skshallow import PiecewiseLinearEncoder, ShallowNetClassifier, TabularNetClassifier
from tests.helpers import ignore_convergence

ESTIMATORS = [
    ShallowNetClassifier(),
    *(ShallowNetClassifier(solver=solver) for solver in ("auto", "gd", "sgd", "adam", "lbfgs")),
    *(
        ShallowNetClassifier(activation=activation)
        for activation in ("tanh", "leaky_relu", "sigmoid", "identity")
    ),
    *(
        ShallowNetClassifier(
            early_stopping=early_stopping, n_estimators=n_estimators, solver=solver
        )
        for solver in ("gd", "sgd", "adam", "lbfgs")
        for early_stopping, n_estimators in ((False, 1), (True, 1), (False, 4))
    ),
    *(ShallowNetClassifier(batch_size=5, solver=solver) for solver in ("sgd", "adam")),
    ShallowNetClassifier(class_weight="balanced"),
    *(ShallowNetClassifier(warm_start=True, solver=solver) for solver in ("adam", "lbfgs")),
    ShallowNetClassifier(standardize=False),
    TabularNetClassifier(),
    TabularNetClassifier(n_bins=3),
    TabularNetClassifier(early_stopping=False, n_estimators=1),
    TabularNetClassifier(class_weight="balanced"),
    TabularNetClassifier(5, alpha=0),
    PiecewiseLinearEncoder(),
    PiecewiseLinearEncoder(1),
    PiecewiseLinearEncoder(3, sparse_output=True),
]

# The checks limit the number of epochs, and some have one row of a class.
pytestmark = [
    ignore_convergence,
    pytest.mark.filterwarnings("ignore:The validation split:UserWarning"),
]


@parametrize_with_checks(ESTIMATORS)
def test_check_estimator(estimator, check):
    check(estimator)


# parametrize_with_checks yields these two only for the estimators of scikit-learn.
@pytest.mark.parametrize(
    "check", [check_param_validation, check_dataframe_column_names_consistency]
)
@pytest.mark.parametrize(
    "estimator", [ShallowNetClassifier, TabularNetClassifier, PiecewiseLinearEncoder]
)
def test_checks_of_sklearn_estimators(estimator, check):
    check(estimator.__name__, estimator())
