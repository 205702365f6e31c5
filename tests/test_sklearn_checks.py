"""scikit-learn's own checks, over a matrix of constructors and without expected failures."""

import pytest
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_param_validation,
    parametrize_with_checks,
)

from skshallow import ShallowNetClassifier

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
]

# The checks train for a few epochs and on a few rows of each class, and say so.
pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore:The validation split:UserWarning"),
]


@parametrize_with_checks(ESTIMATORS)
def test_check_estimator(estimator, check):
    check(estimator)


# The generator yields these two for scikit-learn's own estimators alone.
@pytest.mark.parametrize(
    "check", [check_param_validation, check_dataframe_column_names_consistency]
)
def test_checks_not_yielded(check):
    check("ShallowNetClassifier", ShallowNetClassifier())
