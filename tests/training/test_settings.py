"""Checks of the parameters of the classifier."""

import pytest

from skshallow import ShallowNetClassifier


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


def test_refit_with_another_hidden_size_raises(binary_iris):
    X, y = binary_iris
    clf = ShallowNetClassifier(4, warm_start=True).fit(X, y)
    with pytest.raises(ValueError, match=r"15 hidden units, but the fitted network .* has 12"):
        clf.set_params(hidden_size=5).fit(X, y)
