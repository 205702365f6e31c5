"""The estimator's face: parameters, checks, labels, weights, attributes. No mathematics."""

import copy
import warnings
from functools import partial
from numbers import Integral, Real
from typing import Any, ClassVar, NamedTuple

import numpy as np
from scipy.special import log_expit, log_softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import Tags, check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from ._activations import activation_named
from ._checks import (
    X_CHECKS,
    check_training_data,
    check_validation_data,
    nothing_lost,
    rows_that_count,
    split,
)
from ._initialization import random_parameters
from ._labels import (
    class_factors,
    class_totals,
    decode,
    encode,
    find_classes,
    is_multilabel,
    n_output_units,
    stream_classes,
    weigh,
)
from ._network import Network
from ._objective import Objective, mean_loss
from ._outputs import OUTPUTS
from ._rows import Rows
from ._scaling import Moments, Scaling
from ._schedules import SCHEDULES
from ._sklearn import Interval, StrOptions, fit_context
from ._solvers import Optimizer, new_optimizer, solve, solver_named
from ._training import Monitor, train
from ._typing import Array


def _walks_through_batches(classifier: "ShallowNetClassifier") -> bool:
    if classifier.solver in ("auto", "sgd", "adam"):
        return True
    raise AttributeError(
        f"partial_fit is not available with solver={classifier.solver!r}, which needs all rows at "
        "once: use solver='adam' or 'sgd'."
    )


class _Stream(NamedTuple):
    """What partial_fit takes from call to call beside the fitted attributes; not pickled."""

    solver: str
    optimizer: Optimizer
    random_state: np.random.RandomState


class ShallowNetClassifier(ClassifierMixin, BaseEstimator):
    """DOCSTRING"""

    _stream: _Stream | None = None

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "activation": [StrOptions({"relu", "tanh", "leaky_relu", "sigmoid", "identity"})],
        "negative_slope": [Interval(Real, 0, 1, closed="both")],
        "solver": [StrOptions({"auto", "gd", "sgd", "adam", "lbfgs"})],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "standardize": ["boolean"],
        "init": [StrOptions({"auto", "he", "glorot", "normal"})],
        "init_scale": [Interval(Real, 0, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [StrOptions({"auto"}), Interval(Real, 0, None, closed="neither")],
        "learning_rate_schedule": [StrOptions(set(SCHEDULES))],
        "momentum": [Interval(Real, 0, 1, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "warm_start": ["boolean"],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        hidden_size: int = 100,
        activation: str = "relu",
        *,
        negative_slope: float = 0.01,
        solver: str = "auto",
        alpha: float = 1.0,
        standardize: bool = True,
        init: str = "auto",
        init_scale: float = 0.01,
        batch_size: int = 200,
        learning_rate: float | str = "auto",
        learning_rate_schedule: str = "constant",
        momentum: float = 0.9,
        max_iter: int = 200,
        tol: float = 1e-4,
        n_iter_no_change: int = 10,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        class_weight: Any = None,
        warm_start: bool = False,
        random_state: Any = None,
        verbose: bool | int = False,
    ) -> None:
        self.hidden_size = hidden_size
        self.activation = activation
        self.negative_slope = negative_slope
        self.solver = solver
        self.alpha = alpha
        self.standardize = standardize
        self.init = init
        self.init_scale = init_scale
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.momentum = momentum
        self.max_iter = max_iter
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.class_weight = class_weight
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> "ShallowNetClassifier":
        """FIT"""
        with nothing_lost(self):
            refit = self.warm_start and hasattr(self, "coefs_")
            X, y, weights = check_training_data(self, X, y, sample_weight, reset=not refit)
            if not refit:
                self._learn_classes(find_classes(y), multilabel=is_multilabel(y))
            solver = solver_named(self.solver, *X.shape)
            network = self._new_network(X, solver)
            random_state = check_random_state(self.random_state)
            # Drawn before anything that depends on how many rows there are.
            start = self._random_start(network, random_state)

            rows = self._distinct_rows(X, y, weights)
            totals = class_totals(rows, len(self.classes_), multilabel=self._multilabel)
            factors = self._class_factors(totals)
            rows = weigh(rows, factors)
            validation = None
            if X_val is not None:
                validation = check_validation_data(
                    self, X_val, y_val, sample_weight_val, self.classes_, self._multilabel
                )
                validation = weigh(validation, factors)
            elif y_val is not None or sample_weight_val is not None:
                raise ValueError("y_val and sample_weight_val describe X_val: pass X_val too.")
            elif self.early_stopping:
                rows, validation = split(
                    rows, self.validation_fraction, random_state, stratify=not self._multilabel
                )

            moments = self._moments_of(rows, network)
            scaling = self._scaling_by(moments, network)
            if refit:
                start = self._fitted_parameters(network, scaling)
            elif scaling is not None:  # a constant column has nothing to teach its weights
                network.layers(start)[0][scaling.constant] = 0

            objective = Objective(network, rows.scaled(scaling), self.alpha / rows.total_weight)
            monitor = Monitor(
                validation
                and partial(mean_loss, network=network, rows=validation.scaled(scaling)),
                early_stopping=self.early_stopping,
                # L-BFGS has a test of its own for the training loss.
                patience=self.n_iter_no_change
                if solver != "lbfgs" or self.early_stopping
                else None,
                tol=self.tol,
                verbose=bool(self.verbose),
            )
            interrupt = self._train(
                objective,
                start,
                monitor,
                solver=solver,
                optimizer=new_optimizer(solver, network, self.momentum),
                learning_rate_schedule=self.learning_rate_schedule,
                max_iter=self.max_iter,
                random_state=random_state,
            )
            self._keep(objective, monitor, moments, totals, X.dtype)
            self.n_iter_ = len(self.loss_curve_)
            vars(self).pop("_stream", None)

        if interrupt is not None:
            raise interrupt
        trouble = monitor.trouble(
            planned=solver != "lbfgs" and self.learning_rate_schedule != "constant"
        )
        if trouble is not None:
            warnings.warn(trouble, ConvergenceWarning, stacklevel=2)
        return self

    @available_if(_walks_through_batches)
    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None
    ) -> "ShallowNetClassifier":
        """PARTIAL"""
        with nothing_lost(self):
            first = not hasattr(self, "coefs_")
            X, y, weights = check_training_data(self, X, y, sample_weight, reset=first)
            if first:
                self._learn_classes(stream_classes(y, classes), multilabel=is_multilabel(y))
            elif classes is not None and not np.array_equal(classes, self.classes_):
                raise ValueError(
                    f"classes={np.asarray(classes).tolist()} differ from those of the first call, "
                    f"{self.classes_.tolist()}: leave classes out, or start with a clone."
                )
            solver = "adam" if self.solver == "auto" else self.solver
            network = self._new_network(X, solver)
            # A copy: a call that fails must leave the stream as it was.
            stream = copy.deepcopy(self._stream)
            if stream is None or stream.solver != solver:
                stream = _Stream(
                    solver,
                    new_optimizer(solver, network, self.momentum),
                    check_random_state(self.random_state),
                )

            if first:
                start = self._random_start(network, stream.random_state)
            else:
                # Unlike in a refit the weights stay as they are in standardised units, and the
                # scaling moves on as more of the stream is seen.
                seen = Moments(*self._seen)
                start = self._fitted_parameters(network, self._scaling_by(seen, network))
                if not weights.any():
                    return self
            rows = self._distinct_rows(X, y, weights)
            totals = class_totals(rows, len(self.classes_), multilabel=self._multilabel)
            if not first:
                totals += self._class_totals
            rows = weigh(rows, self._class_factors(totals))
            moments = self._moments_of(rows, network)
            if not first:
                moments = seen.merged(moments)
            scaling = self._scaling_by(moments, network)

            objective = Objective(network, rows.scaled(scaling), self.alpha / moments.weight)
            monitor = Monitor(verbose=bool(self.verbose))
            interrupt = self._train(
                objective,
                start,
                monitor,
                solver=solver,
                optimizer=stream.optimizer,
                learning_rate_schedule="constant",
                max_iter=1,
                random_state=stream.random_state,
            )
            self._keep(objective, monitor, moments, totals, X.dtype)
            self.n_iter_ = 1 if first else self.n_iter_ + 1
            self._stream = stream
        if interrupt is not None:
            raise interrupt
        return self

    def _learn_classes(self, classes: Array, *, multilabel: bool) -> None:
        self.classes_ = classes
        self.n_outputs_ = len(classes) if multilabel else n_output_units(len(classes))
        self.out_activation_ = "sigmoid" if multilabel or self.n_outputs_ == 1 else "softmax"

    @property
    def _multilabel(self) -> bool:
        return self.out_activation_ == "sigmoid" and self.n_outputs_ > 1

    def _new_network(self, X: Any, solver: str) -> Network:
        return Network(
            X.shape[1],
            self.hidden_size,
            self.n_outputs_,
            activation_named(self.activation, self.negative_slope),
            OUTPUTS[self.out_activation_],
            max_rows=X.shape[0],
            dtype=np.float64 if solver == "lbfgs" else X.dtype,  # SciPy's has no float32
        )

    def _random_start(self, network: Network, random_state: np.random.RandomState) -> Array:
        init = self.init
        if init == "auto":
            init = "he" if self.activation in ("relu", "leaky_relu") else "glorot"
        return random_parameters(network.shapes, init, self.init_scale, random_state, network.dtype)

    def _fitted_parameters(self, network: Network, scaling: Scaling | None) -> Array:
        """The fitted weights as one vector, for standardised inputs."""
        W1, b1 = self.coefs_[0], self.intercepts_[0]
        if len(b1) != self.hidden_size:
            raise ValueError(
                f"hidden_size={self.hidden_size}, but the fitted network to go on from has "
                f"{len(b1)} hidden units: set hidden_size={len(b1)}, or start with a clone."
            )
        if scaling is not None:
            W1, b1 = scaling.unfold(W1, b1)
        parts = (W1, b1, self.coefs_[1], self.intercepts_[1])
        return np.concatenate([part.ravel() for part in parts]).astype(network.dtype, copy=False)

    def _distinct_rows(self, X: Any, y: Array, weights: Array) -> Rows:
        targets = encode(y, self.classes_, multilabel=self._multilabel)
        return rows_that_count(X, targets, weights).distinct()

    def _class_factors(self, totals: Array) -> Array | None:
        if self.class_weight is None:
            return None
        return class_factors(self.class_weight, self.classes_, totals)

    def _moments_of(self, rows: Rows, network: Network) -> Moments:
        if self.standardize:
            return rows.moments(network.max_rows)
        return Moments(rows.total_weight, np.empty(0), np.empty(0))

    def _scaling_by(self, moments: Moments, network: Network) -> Scaling | None:
        return Scaling(moments, network.dtype) if self.standardize else None

    def _train(
        self, objective: Objective, start: Array, monitor: Monitor, **settings: Any
    ) -> KeyboardInterrupt | None:
        return train(
            partial(
                solve,
                objective=objective,
                start=start,
                learning_rate=self.learning_rate,
                batch_size=self.batch_size,
                tol=self.tol,
                **settings,
            ),
            monitor,
        )

    def _keep(
        self,
        objective: Objective,
        monitor: Monitor,
        moments: Moments,
        totals: Array,
        dtype: Any,
    ) -> None:
        """Make fitted attributes of what training gave."""
        W1, b1, W2, b2 = objective.network.layers(monitor.parameters)
        scaling = objective.rows.scaling
        if scaling is not None:
            W1, b1 = scaling.fold(W1, b1)
        self.coefs_ = [W1.astype(dtype), W2.astype(dtype)]
        self.intercepts_ = [b1.astype(dtype), b2.astype(dtype)]
        self.loss_ = objective.loss(monitor.parameters)
        self.loss_curve_ = np.array(monitor.loss_curve)
        self.validation_loss_curve_ = (
            np.array(monitor.validation_loss_curve) if monitor.validation_loss else None
        )
        self._seen = tuple(moments)
        self._class_totals = totals

    def decision_function(self, X: Any) -> Array:
        """DECISION"""
        logits = self._logits(X)
        return logits[:, 0] if logits.shape[1] == 1 else logits

    def predict(self, X: Any) -> Array:
        """PREDICT"""
        return decode(self._logits(X), self.classes_, multilabel=self._multilabel)

    def predict_proba(self, X: Any) -> Array:
        """PROBA"""
        logits = self._logits(X)
        if logits.shape[1] == 1:
            logits = np.hstack([-logits, logits])
        OUTPUTS[self.out_activation_].probabilities(logits)
        return logits

    def predict_log_proba(self, X: Any) -> Array:
        """LOGPROBA"""
        logits = self._logits(X)
        if self.out_activation_ == "softmax":
            return log_softmax(logits, axis=1)
        if logits.shape[1] == 1:
            logits = np.hstack([-logits, logits])
        return log_expit(logits)

    def _logits(self, X: Any) -> Array:
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, **X_CHECKS)
        layers = (self.coefs_[0], self.intercepts_[0], self.coefs_[1], self.intercepts_[1])
        network = Network(
            *layers[0].shape,
            self.n_outputs_,
            activation_named(self.activation, self.negative_slope),
            OUTPUTS[self.out_activation_],
            max_rows=X.shape[0],
            dtype=np.result_type(X.dtype, layers[0].dtype),
        )
        return network.logits(layers, X)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.classifier_tags.multi_label = True
        return tags

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        state.pop("_stream", None)
        return state
