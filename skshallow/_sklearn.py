"""What we use of scikit-learn that has no public name there, or decorators that have no types."""

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, get_args

from sklearn.base import _fit_context
from sklearn.utils import metaestimators
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import _check_feature_names_in

from ._settings import ActivationName, InitName, ScheduleName, SolverName
from ._typing import Decorator

try:
    from sklearn.utils._array_api import _is_numpy_namespace as is_numpy_namespace
    from sklearn.utils._array_api import (
        check_same_namespace,
        get_namespace_and_device,
        move_to,
    )

    HAS_ARRAY_API = True
except ImportError:  # before scikit-learn 1.9
    HAS_ARRAY_API = False

fit_context: Callable[..., Decorator] = _fit_context
check_feature_names_in: Callable[..., Any] = _check_feature_names_in
available_if: Callable[..., Decorator] = metaestimators.available_if

CONSTRAINTS: dict[str, list[Any]] = {
    "hidden_size": [Interval(Integral, 1, None, closed="left")],
    "activation": [StrOptions(set(get_args(ActivationName)))],
    "n_estimators": [Interval(Integral, 1, None, closed="left")],
    "negative_slope": [Interval(Real, 0, 1, closed="both")],
    "solver": [StrOptions(set(get_args(SolverName)))],
    "alpha": [Interval(Real, 0, None, closed="left")],
    "standardize": ["boolean"],
    "init": [StrOptions(set(get_args(InitName)))],
    "init_scale": [Interval(Real, 0, None, closed="left")],
    "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "learning_rate": [StrOptions({"auto"}), Interval(Real, 0, None, closed="neither")],
    "learning_rate_schedule": [StrOptions(set(get_args(ScheduleName)))],
    "average": ["boolean"],
    "momentum": [Interval(Real, 0, 1, closed="left")],
    "max_iter": [Interval(Integral, 1, None, closed="left")],
    "tol": [StrOptions({"auto"}), Interval(Real, 0, None, closed="left")],
    "n_iter_no_change": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    "class_weight": [dict, StrOptions({"balanced"}), None],
    "warm_start": ["boolean"],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
}

ENCODER_CONSTRAINTS: dict[str, list[Any]] = {
    "n_bins": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "categorical_features": ["array-like", StrOptions({"from_dtype"}), None],
    "sparse_output": ["boolean"],
}

TABULAR_CONSTRAINTS = {
    name: CONSTRAINTS[name]
    for name in (
        *("hidden_size", "n_estimators", "alpha", "max_iter", "early_stopping"),
        *("validation_fraction", "class_weight", "random_state", "verbose"),
    )
} | {name: ENCODER_CONSTRAINTS[name] for name in ("n_bins", "categorical_features")}

__all__ = [
    "CONSTRAINTS",
    "ENCODER_CONSTRAINTS",
    "HAS_ARRAY_API",
    "TABULAR_CONSTRAINTS",
    "available_if",
    "check_feature_names_in",
    "check_same_namespace",
    "fit_context",
    "get_namespace_and_device",
    "is_numpy_namespace",
    "move_to",
]
