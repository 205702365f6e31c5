"""The estimator's face: parameters, checks, labels, weights, attributes. No mathematics."""

import copy
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from numbers import Integral, Real
from typing import Any, ClassVar, NamedTuple

import numpy as np
from scipy.special import log_expit, log_softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import Tags, check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from ._activations import activation_named
from ._callbacks import CallbackSupportMixin, fit_task, with_callbacks
from ._checks import (
    check_prediction_data,
    check_training_data,
    check_validation_data,
    refuse_weightless,
    rows_that_count,
)
from ._class_weight import class_factors, class_totals, weigh
from ._fingerprint import fingerprint
from ._hold_out import hold_out
from ._initialization import random_parameters
from ._labels import (
    by_class,
    decode,
    encode,
    find_classes,
    is_multilabel,
    n_output_units,
    stream_classes,
)
from ._network import Network
from ._objective import Objective, committee_loss, held_out_loss, prior_loss
from ._outputs import OUTPUTS
from ._rows import Rows
from ._scaling import Moments, Scaling
from ._schedules import SCHEDULES
from ._sklearn import Interval, StrOptions, fit_context
from ._solvers import Optimizer, auto_patience, new_optimizer, solve, working_dtype
from ._state import nothing_lost, parameter_defaults, sealed, unsealed
from ._training import Monitor, Stop, no_finite_weights, train
from ._typing import Array

# A penalty alpha / Σw beyond this leaves nothing to the data, and soon overflows in float32.
MAX_PENALTY = 1e30


def _walks_through_batches(classifier: "ShallowNetClassifier") -> bool:
    if classifier._solver in ("sgd", "adam"):
        return True
    raise AttributeError(
        f"partial_fit is not available with solver={classifier.solver!r}, which needs all rows at "
        "once: use solver='adam' or 'sgd'."
    )


class _Stream(NamedTuple):
    """What partial_fit takes from call to call beside the fitted attributes; not pickled."""

    settings: tuple[Any, ...]  # those that shape the rest
    parameters: Array  # for standardised inputs
    optimizer: Optimizer | None
    random_state: np.random.RandomState


class ShallowNetClassifier(CallbackSupportMixin, ClassifierMixin, BaseEstimator):
    """A neural network with one hidden layer and a sigmoid (or softmax) output.

    With n features, h hidden units and k outputs, the probability of class 1 of two is::

        predict_proba(X)[:, 1] = sigmoid(g(X W1 + b1) W2 + b2)

    with ``coefs_ = [W1, W2]`` of shapes (n, h) and (h, k) and ``intercepts_ = [b1, b2]``. For
    more classes the output is softmax, for multilabel targets one sigmoid for each label.
    Training minimises the penalised cross-entropy of the training rows i::

        J = (1/Σw) [Σ wᵢ Lᵢ + alpha/2 (‖W1‖² + ‖W2‖²)]

    By default ``n_estimators=3`` such networks are trained side by side, and what is kept is the
    mean of their logits: a network of the same form, ``n_estimators`` times as wide, whose
    probabilities are better than those of each. With early stopping each of them holds out rows
    of its own to be judged by, so that together they learn from all rows.

    A row of weight 2 is that row twice: equal rows are merged before training, to the last bit
    in every solver, and the order of the rows does not matter.

    Parameters
    ----------
    hidden_size : int, default=64
        Number of hidden units of each network.

    activation : {"relu", "tanh", "leaky_relu", "sigmoid", "identity"}, default="relu"
        The hidden units' activation g: max(0, z), tanh(z), max(cz, z), 1/(1+e^-z) or z. With
        "identity" the network is linear in x.

    n_estimators : int, default=3
        Number of networks whose logits are averaged [4]_; 1 for a single one. More give better
        probabilities, in proportionally more time.

    negative_slope : float, default=0.01
        The slope c of "leaky_relu" for z < 0, between 0 and 1.

    solver : {"auto", "adam", "sgd", "gd", "lbfgs"}, default="auto"
        - "auto": "adam", which was found best for few and for many rows.
        - "adam": mini-batches with steps adapted to each weight [1]_.
        - "sgd": mini-batches with Nesterov momentum.
        - "gd": gradient descent, all rows in each step.
        - "lbfgs": all rows in each step, by :func:`scipy.optimize.minimize`. For data that are
          not large.

        "adam" and "sgd" compute in float32 where X is dense, "lbfgs" in float64, and else it is
        the dtype of X.

    alpha : float, default=1.0
        Strength of the L2 penalty on the weights, not on the biases, in the unit of
        ``LogisticRegression``'s ``1/C``, which is that of ``MLPClassifier``'s ``alpha`` with all
        rows in one batch. It acts on the weights of the standardised inputs if
        ``standardize=True``. Raise it for few or noisy rows.

    standardize : bool, default=True
        Whether inputs are centred and scaled to (weighted) variance 1 while training. The scaling
        is folded into ``coefs_[0]`` and ``intercepts_[0]``, which hold for X as it comes. Sparse
        X is centred without being densified. A constant column gets weights 0 in :meth:`fit`; in
        :meth:`partial_fit`, where it may still come to vary, it keeps its random ones. Where
        columns are on one scale and mostly 0, as word counts are, False is often better.

    init : {"he", "glorot", "normal"}, default="he"
        Standard deviation of the random initial weights: sqrt(2 / fan_in) for "he" [2]_,
        sqrt(2 / (fan_in + fan_out)) for "glorot" [3]_, ``init_scale`` for "normal". Except for
        "normal", W1 has four times that for ``activation="sigmoid"``, whose slope is a quarter,
        W2 a third, and b1 is drawn like the weights of an input that is always 1; for "normal"
        it starts at 0, and b2 always does.

    init_scale : float, default=0.01
        Standard deviation of the initial weights for ``init="normal"``.

    batch_size : int or "auto", default="auto"
        Most rows in a mini-batch of "adam" and "sgd". The batches of an epoch are of equal size,
        as near as may be. "auto" is a 16th of the rows, at least 64 and at most 256.

    learning_rate : float or "auto", default="auto"
        Step size of "adam", "sgd" and "gd", the largest one of the schedule. "auto" is
        min(0.03, 0.12 / sqrt(n_features)) for "adam", four times that if ``activation="sigmoid"``,
        whose slope is a quarter; 0.05 for "sgd" and 0.1 for "gd".

    learning_rate_schedule : {"constant", "cosine", "one_cycle"}, default="constant"
        How the learning rate goes from the first step to the last one of ``max_iter`` epochs: not
        at all, down to 0 along half a cosine, or up during 30 % of training and then down.

    average : bool, default=True
        Whether "adam" and "sgd" give back a running mean of the weights, over about the last 2
        epochs [5]_, in place of the last ones. It has no effect in :meth:`partial_fit`.

    momentum : float, default=0.9
        Nesterov momentum of "sgd", in [0, 1).

    max_iter : int, default=200
        Most epochs, or most iterations of "lbfgs".

    tol : float, default=2e-3
        Training stops when the loss got no better by ``tol`` in ``n_iter_no_change`` epochs or
        iterations: the validation loss under early stopping, else J. "lbfgs" also stops when no
        entry of the gradient of J exceeds ``tol``.

    n_iter_no_change : int or "auto", default="auto"
        Number of epochs (iterations) for ``tol``. "auto" is 2, or as many as make 20 steps of
        another solver than "gd". Under early stopping it is 30 as long as the validation loss is
        not 2 % below that of guessing by the classes' shares: where only several features
        together tell anything, training takes some epochs to begin.

    early_stopping : bool, default=True
        Whether to watch the loss of held-out rows in place of the training loss, and to give back
        the weights of the epoch where it was least. The rows are ``X_val`` if given to
        :meth:`fit`; else each network holds out a (stratified) share ``validation_fraction`` of
        the training rows, no row being held out by two, and is judged by its own. The only row of
        a class is not held out; nor is any where there are fewer than 100 different rows of which
        half or more occur, or weigh, five times: then the training loss is watched.

    validation_fraction : float, default=0.2
        Share of the training rows that each network holds out if ``early_stopping=True`` and
        there is no ``X_val``; at most 1 / ``n_estimators`` if there are several.

    class_weight : dict, "balanced" or None, default=None
        By what the weights of the rows of each class are multiplied. "balanced" makes all classes
        weigh the same, counting ``sample_weight``, held-out rows included; for multilabel a row
        gets the mean of its labels' factors. In :meth:`partial_fit` it counts what was seen so
        far. ``X_val`` is weighted alike.

    warm_start : bool, default=False
        Whether :meth:`fit` starts from the fitted weights. The classes stay those of the first
        fit: some of them may be missing from a later y, and none may be new. A fit that has
        converged is not gone on with until the data, their order, parameters or weights change.

    random_state : int, RandomState instance or None, default=None
        Determines initial weights, the validation split and the order of mini-batches. Pass an
        int for the same result in each call.

    verbose : bool or int, default=False
        Whether to print a line each epoch.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels; for multilabel the column numbers.
    coefs_ : list of two ndarrays
        W1 of shape (n_features, n_estimators * hidden_size) and W2 of shape (n_estimators *
        hidden_size, n_outputs), in the dtype of X (float32 or float64).
    intercepts_ : list of two ndarrays
        b1 of shape (n_estimators * hidden_size,) and b2 of shape (n_outputs,).
    loss_ : float
        J at the fitted weights, over the training rows (without those held out), the mean over
        the networks. After :meth:`partial_fit`, over the rows of the last call.
    loss_curve_ : ndarray of shape (n_epochs,)
        J after each epoch; for "sgd" and "adam" its mean over the batches of the epoch. Of the
        last call of :meth:`fit` or :meth:`partial_fit`.
    validation_loss_curve_ : ndarray of shape (n_epochs,) or None
        Weighted mean loss of the validation rows after each epoch, without the penalty; None if
        there were none. Without ``X_val`` each row is judged by the network that held it out.
        A warm-started fit whose epochs are all worse keeps the weights that it began with.
    n_iter_ : int
        Number of epochs (iterations) run by the last :meth:`fit`, plus one for each
        :meth:`partial_fit` since.
    n_outputs_ : int
        Number of output units k: 1 for two classes, else the number of classes or labels.
    out_activation_ : {"sigmoid", "softmax"}
        The output's activation.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if X had names that are all strings.

    See Also
    --------
    sklearn.neural_network.MLPClassifier : Any number of hidden layers, fewer ways to train them.
    sklearn.linear_model.LogisticRegression : No hidden layer.

    References
    ----------
    .. [1] Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015.
    .. [2] He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015.
    .. [3] Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
       networks", AISTATS 2010.
    .. [4] Hansen and Salamon, "Neural network ensembles", IEEE TPAMI 12, 1990.
    .. [5] Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", SIAM J.
       Control and Optimization 30, 1992.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.model_selection import train_test_split
    >>> from skshallow import ShallowNetClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    >>> clf = ShallowNetClassifier(activation="tanh", random_state=0).fit(X_train, y_train)
    >>> clf.predict(X_test[:5])
    array([0, 1, 1, 1, 1])
    >>> bool(clf.score(X_test, y_test) > 0.95)
    True
    """

    # By these the HTML shown in notebooks links to the documentation.
    _doc_link_module = "skshallow"
    _doc_link_template = (
        "https://skshallow.readthedocs.io/en/stable/api/generated/"
        "{estimator_module}.{estimator_name}.html"
    )

    _stream: _Stream | None = None
    _converged: str | None = None  # the fingerprint of a fit that a refit need not repeat

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "activation": [StrOptions({"relu", "tanh", "leaky_relu", "sigmoid", "identity"})],
        "n_estimators": [Interval(Integral, 1, None, closed="left")],
        "negative_slope": [Interval(Real, 0, 1, closed="both")],
        "solver": [StrOptions({"auto", "gd", "sgd", "adam", "lbfgs"})],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "standardize": ["boolean"],
        "init": [StrOptions({"he", "glorot", "normal"})],
        "init_scale": [Interval(Real, 0, None, closed="left")],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "learning_rate": [StrOptions({"auto"}), Interval(Real, 0, None, closed="neither")],
        "learning_rate_schedule": [StrOptions(set(SCHEDULES))],
        "average": ["boolean"],
        "momentum": [Interval(Real, 0, 1, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "warm_start": ["boolean"],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        hidden_size: int = 64,
        activation: str = "relu",
        *,
        n_estimators: int = 3,
        negative_slope: float = 0.01,
        solver: str = "auto",
        alpha: float = 1.0,
        standardize: bool = True,
        init: str = "he",
        init_scale: float = 0.01,
        batch_size: int | str = "auto",
        learning_rate: float | str = "auto",
        learning_rate_schedule: str = "constant",
        average: bool = True,
        momentum: float = 0.9,
        max_iter: int = 200,
        tol: float = 2e-3,
        n_iter_no_change: int | str = "auto",
        early_stopping: bool = True,
        validation_fraction: float = 0.2,
        class_weight: Any = None,
        warm_start: bool = False,
        random_state: Any = None,
        verbose: bool | int = False,
    ) -> None:
        self.hidden_size = hidden_size
        self.activation = activation
        self.n_estimators = n_estimators
        self.negative_slope = negative_slope
        self.solver = solver
        self.alpha = alpha
        self.standardize = standardize
        self.init = init
        self.init_scale = init_scale
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.average = average
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

    @with_callbacks
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
        """Fit the network to training data.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training rows. float32 and float64 are kept as they are; no copy is made of a
            C-ordered array or CSR matrix, unless it is a small one.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Class labels, or a multilabel indicator matrix of 0 and 1.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, not negative; 1 each by default.
        X_val : {array-like, sparse matrix} of shape (n_val, n_features), default=None
            Validation rows. With ``early_stopping=True`` they take the place of the split, else
            their loss is recorded only. In a pipeline they arrive as they are unless it has
            ``transform_input=["X_val"]``.
        y_val : array-like of shape (n_val,) or (n_val, n_labels), default=None
            Labels of ``X_val``.
        sample_weight_val : array-like of shape (n_val,), default=None
            Weights of ``X_val``.

        Returns
        -------
        self : ShallowNetClassifier
            The fitted classifier.

        Raises
        ------
        ValueError
            If the data or a parameter is not as described, if y has only one class, if all
            weights are 0, or if the loss is not finite before the end of the first epoch. What
            was fitted before stays as it was.

        Warns
        -----
        ConvergenceWarning
            If training ended at ``max_iter`` before it converged, with ``solver="lbfgs"`` or
            ``learning_rate_schedule="constant"``; if the training loss rose instead of falling;
            or if a loss became infinite or NaN, in which case the weights before are kept.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.model_selection import train_test_split
        >>> from skshallow import ShallowNetClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> X_train, X_val, y_train, y_val = train_test_split(X, y, random_state=0)
        >>> clf = ShallowNetClassifier(random_state=0)
        >>> clf.fit(X_train, y_train, X_val=X_val, y_val=y_val)
        ShallowNetClassifier(random_state=0)
        >>> len(clf.validation_loss_curve_) == clf.n_iter_
        True
        """
        epoch_name = "iteration" if self._solver == "lbfgs" else "epoch"
        task = fit_task(self, X, y, sample_weight, epoch_name=epoch_name, max_epochs=self.max_iter)
        with nothing_lost(self), task:
            refit = self.warm_start and hasattr(self, "coefs_")
            if not refit:
                self.__dict__.pop("coefs_", None)  # which would not go with the new classes
            X, y, weights = check_training_data(self, X, y, sample_weight, reset=not refit)
            if not refit:
                self._learn_classes(find_classes(y), multilabel=is_multilabel(y))
            network = self._new_network(X, working_dtype(self._solver, X))
            random_state = check_random_state(self.random_state)
            # Drawn before anything that depends on how many rows there are.
            start = random_parameters(network, self.init, self.init_scale, random_state)

            rows = self._distinct_rows(X, y, weights)
            refuse_weightless(rows, "in sample_weight")
            totals = class_totals(rows, len(self.classes_), multilabel=self._multilabel)
            factors = self._class_factors(totals)
            rows = weigh(rows, factors)
            refuse_weightless(rows, "that class_weight leaves")
            held_out = self._validation_rows(X_val, y_val, sample_weight_val, factors)
            given = [*rows.arrays, *(held_out.arrays if held_out else ())]
            converged = refit and self._converged is not None
            if converged and self._converged == self._fingerprint(given):
                return self
            if held_out is None and self.early_stopping:
                rows = hold_out(
                    rows,
                    network.n_members,
                    self.validation_fraction,
                    random_state,
                    stratify=not self._multilabel,
                )

            moments = self._moments_of(rows, network)
            scaling = self._scaling_by(moments, X.dtype)
            if refit:
                with np.errstate(over="ignore", invalid="ignore"):  # the monitor will see
                    start = self._fitted_parameters(network, scaling)
            if scaling is not None:  # a constant column has nothing to teach its weights
                network.layers(start)[0][scaling.constant] = 0

            rows = replace(rows, scaling=scaling, dtype=network.dtype)
            objective = self._objective(network, rows, rows.training_weights.mean())
            fitted_attributes = partial(
                self._fitted_attributes,
                objective=objective,
                moments=moments,
                totals=totals,
                activation=(self.activation, self.negative_slope),  # a callback may set another
                dtype=X.dtype,
            )

            monitor = Monitor(
                self._validation_loss(network, rows, held_out),
                early_stopping=self.early_stopping,
                **self._patience(network, rows, held_out),
                tol=self.tol,
                verbose=bool(self.verbose),
                callback=partial(task.end_epoch, fitted_attributes) if task.end_epoch else None,
                start=start if refit else None,
            )
            task.begin_epoch()
            interrupt = self._train(
                objective,
                start,
                monitor,
                optimizer=new_optimizer(self._solver, network, self.momentum),
                learning_rate_schedule=self.learning_rate_schedule,
                max_iter=self.max_iter,
                average=self.average,
                random_state=random_state,
            )
            if monitor.loss_curve:  # else a refit failed at once, and the weights are still good
                self.__dict__.update(fitted_attributes(monitor))

        if interrupt is not None:
            raise interrupt
        if self.warm_start and monitor.stop is Stop.CONVERGED:
            self._converged = self._fingerprint(given)
        trouble = monitor.trouble(
            self._solver,
            planned=self._solver != "lbfgs" and self.learning_rate_schedule != "constant",
            loss_of_guessing=self.n_outputs_ * np.log(2)
            if self.out_activation_ == "sigmoid"
            else np.log(self.n_outputs_),
        )
        if trouble is not None:
            warnings.warn(trouble, ConvergenceWarning, stacklevel=4)
        return self

    @available_if(_walks_through_batches)
    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None
    ) -> "ShallowNetClassifier":
        """Walk once through the given rows, going on from the fitted weights.

        For "adam" and "sgd". The learning rate is constant, and neither ``early_stopping`` nor
        ``average`` has an effect. Standardisation and ``class_weight="balanced"`` follow what was
        seen so far, and the penalty is shared among all rows seen so far. The optimiser's memory
        of earlier steps is not pickled.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Some rows.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Their labels.
        classes : array-like of shape (n_classes,), default=None
            All classes there will ever be: needed in the first call, unless y is multilabel.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, not negative; 1 each by default.

        Returns
        -------
        self : ShallowNetClassifier
            The classifier, one epoch over these rows further on.

        Raises
        ------
        ValueError
            As for :meth:`fit`; also for a label that is not in ``classes``.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skshallow import ShallowNetClassifier
        >>> X, y = load_digits(return_X_y=True)
        >>> clf = ShallowNetClassifier(random_state=0)
        >>> for start in range(0, 1500, 100):
        ...     batch = slice(start, start + 100)
        ...     clf = clf.partial_fit(X[batch], y[batch], classes=range(10))
        >>> bool(clf.score(X[1500:], y[1500:]) > 0.8)
        True
        """
        with nothing_lost(self):
            first = not hasattr(self, "coefs_")
            X, y, weights = check_training_data(self, X, y, sample_weight, reset=first)
            activation = (self.activation, self.negative_slope)
            if first:
                self._learn_classes(stream_classes(y, classes), multilabel=is_multilabel(y))
            elif classes is not None and not np.array_equal(np.unique(classes), self.classes_):
                raise ValueError(
                    f"classes={np.asarray(classes).tolist()} differ from those of the first call, "
                    f"{self.classes_.tolist()}: leave classes out, or start with a clone."
                )
            elif activation != self._activation:
                raise ValueError(
                    "activation={!r} with negative_slope={} now, but {!r} with {} before: set it "
                    "back, or start with a clone.".format(*activation, *self._activation)
                )
            elif self.standardize != (len(self._seen[1]) > 0):
                raise ValueError(
                    f"standardize={self.standardize} now, but not in the calls before: set it "
                    "back, or start with a clone."
                )
            # A stream stays with the dtype that it began with.
            dtype = working_dtype(self._solver, X)
            if self._stream is not None:
                dtype = self._stream.parameters.dtype
            network = self._new_network(X, dtype)
            stream = self._stream_to_go_on(network, X.dtype)

            rows = self._distinct_rows(X, y, weights)
            if first:
                refuse_weightless(rows, "in sample_weight")
            totals = class_totals(rows, len(self.classes_), multilabel=self._multilabel)
            if not first:
                totals += self._class_totals
            rows = weigh(rows, self._class_factors(totals))
            if first:
                refuse_weightless(rows, "that class_weight leaves")
            elif not len(rows):
                return self
            moments = self._moments_of(rows, network)
            if not first:
                moments = Moments(*self._seen).merged(moments)
            scaling = self._scaling_by(moments, X.dtype)
            rows = replace(rows, scaling=scaling, dtype=network.dtype)

            objective = self._objective(network, rows, moments.weight)
            monitor = Monitor(verbose=bool(self.verbose))
            interrupt = self._train(
                objective,
                stream.parameters,
                monitor,
                optimizer=stream.optimizer,
                learning_rate_schedule="constant",
                max_iter=1,
                average=False,
                random_state=stream.random_state,
            )
            n_iter = 0 if first else self.n_iter_
            self.__dict__.update(
                self._fitted_attributes(monitor, objective, moments, totals, activation, X.dtype)
            )
            self.n_iter_ += n_iter
            self._stream = stream
        if interrupt is not None:
            raise interrupt
        return self

    def _stream_to_go_on(self, network: Network, dtype: Any) -> _Stream:
        """What the calls before left; a copy, so that a call that fails leaves it as it was."""
        settings = (self._solver, self.momentum, network.shapes)
        if self._stream is not None and self._stream.settings == settings:
            return copy.deepcopy(self._stream)
        random_state = check_random_state(self.random_state)
        if hasattr(self, "coefs_"):
            scaling = self._scaling_by(Moments(*self._seen), dtype)
            parameters = self._fitted_parameters(network, scaling)
        else:
            parameters = random_parameters(network, self.init, self.init_scale, random_state)
        optimizer = new_optimizer(self._solver, network, self.momentum)
        return _Stream(settings, parameters, optimizer, random_state)

    def _fingerprint(self, given: list[Array]) -> str:
        """Tells apart the data, the parameters and the weights they led to."""
        parameters = self.get_params() | {"verbose": None}
        return fingerprint(*given, parameters, *self.coefs_, *self.intercepts_)

    @property
    def _solver(self) -> str:
        return "adam" if self.solver == "auto" else self.solver

    def _learn_classes(self, classes: Array, *, multilabel: bool) -> None:
        self.classes_ = classes
        self.n_outputs_ = len(classes) if multilabel else n_output_units(len(classes))
        self.out_activation_ = "sigmoid" if multilabel or self.n_outputs_ == 1 else "softmax"

    @property
    def _multilabel(self) -> bool:
        return self.out_activation_ == "sigmoid" and self.n_outputs_ > 1

    def _new_network(self, X: Any, dtype: Any) -> Network:
        return Network(
            X.shape[1],
            int(self.hidden_size),
            self.n_outputs_,
            activation_named(self.activation, self.negative_slope),
            OUTPUTS[self.out_activation_],
            n_members=int(self.n_estimators),
            max_rows=X.shape[0],
            dtype=dtype,
        )

    def _fitted_parameters(self, network: Network, scaling: Scaling | None) -> Array:
        """The fitted weights as one vector, for standardised inputs."""
        (W1, W2), (b1, b2) = self.coefs_, self.intercepts_
        n_units = int(self.n_estimators) * int(self.hidden_size)
        if len(b1) != n_units:
            raise ValueError(
                f"n_estimators={self.n_estimators} times hidden_size={self.hidden_size} makes "
                f"{n_units} hidden units, but the fitted network to go on from has {len(b1)}: set "
                "them back, or start with a clone."
            )
        if scaling is not None:
            W1, b1 = scaling.unfold(W1, b1)
        return network.unmerged((W1, b1, W2, b2))

    def _distinct_rows(self, X: Any, y: Array, weights: Array) -> Rows:
        targets = encode(y, self.classes_, multilabel=self._multilabel)
        return rows_that_count(X, targets, weights).distinct()

    def _validation_rows(
        self, X_val: Any, y_val: Any, sample_weight_val: Any, factors: Array | None
    ) -> Rows | None:
        """The caller's own validation rows, if there are any."""
        if X_val is None:
            if y_val is not None or sample_weight_val is not None:
                raise ValueError("y_val and sample_weight_val describe X_val: pass X_val too.")
            return None
        rows = check_validation_data(
            self, X_val, y_val, sample_weight_val, self.classes_, self._multilabel
        )
        rows = weigh(rows, factors)
        refuse_weightless(rows, "that class_weight leaves of X_val")
        return rows

    def _validation_loss(
        self, network: Network, rows: Rows, held_out: Rows | None
    ) -> Callable[[Array], float] | None:
        """The loss of the validation rows, read as the training rows are, if there are any."""
        if held_out is not None:
            held_out = replace(held_out, scaling=rows.scaling, dtype=rows.dtype)
            return partial(committee_loss, network=network, rows=held_out)
        if rows.held_out_by is not None:
            return partial(held_out_loss, network=network, rows=rows)
        return None

    def _patience(self, network: Network, rows: Rows, held_out: Rows | None) -> dict[str, Any]:
        """How long the monitor waits; without more ado where the user says it."""
        if not isinstance(self.n_iter_no_change, str):
            return {"patience": self.n_iter_no_change}
        return {
            "patience": auto_patience(self._solver, self.batch_size, len(rows)),
            "prior_loss": prior_loss(network, rows, rows if held_out is None else held_out),
        }

    def _class_factors(self, totals: Array) -> Array | None:
        if self.class_weight is None:
            return None
        return class_factors(self.class_weight, self.classes_, totals)

    def _moments_of(self, rows: Rows, network: Network) -> Moments:
        if self.standardize:
            return rows.moments(network.max_rows)
        return Moments(rows.total_weight, np.empty(0), np.empty(0))

    def _scaling_by(self, moments: Moments, dtype: Any) -> Scaling | None:
        return Scaling(moments, dtype) if self.standardize else None

    def _objective(self, network: Network, rows: Rows, total_weight: float) -> Objective:
        penalty = self.alpha / total_weight
        if penalty > MAX_PENALTY:
            raise ValueError(
                f"alpha={self.alpha} is overwhelming for weights that sum to {total_weight:.3g}: "
                "lower alpha, or multiply sample_weight."
            )
        return Objective(network, rows, penalty)

    def _train(
        self, objective: Objective, start: Array, monitor: Monitor, **settings: Any
    ) -> KeyboardInterrupt | None:
        return train(
            partial(
                solve,
                solver=self._solver,
                objective=objective,
                start=start,
                learning_rate=self.learning_rate,
                batch_size=self.batch_size,
                tol=self.tol,
                **settings,
            ),
            monitor,
        )

    def _fitted_attributes(
        self,
        monitor: Monitor,
        objective: Objective,
        moments: Moments,
        totals: Array,
        activation: tuple[str, float],
        dtype: Any,
    ) -> dict[str, Any]:
        """What training gave so far, as the attributes of a fitted estimator, in copies."""
        parameters = monitor.parameters
        assert parameters is not None  # else train() has raised
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            loss = objective.loss(parameters)
            W1, b1, W2, b2 = objective.network.merged(parameters)
            scaling = objective.rows.scaling
            if scaling is not None:
                W1, b1 = scaling.fold(W1, b1)
            layers = [part.astype(dtype) for part in (W1, W2, b1, b2)]
        # The mean over an epoch's batches can hide it, and so can float64 what float32 cannot hold.
        if not (np.isfinite(loss) and all(np.isfinite(part).all() for part in layers)):
            raise ValueError(no_finite_weights(epoch=max(1, len(monitor.loss_curve))))
        return {
            "_activation": activation,
            "classes_": self.classes_.copy(),
            "coefs_": layers[:2],
            "intercepts_": layers[2:],
            "loss_": loss,
            "loss_curve_": np.array(monitor.loss_curve),
            "validation_loss_curve_": (
                np.array(monitor.validation_loss_curve) if monitor.validation_loss else None
            ),
            "n_iter_": len(monitor.loss_curve),
            "_seen": copy.deepcopy(tuple(moments)),
            "_class_totals": totals.copy(),
            "_converged": None,
            "_stream": None,
        }

    def decision_function(self, X: Any) -> Array:
        """Logits: the log-odds of class 1 of two, or one value for each class or label.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows to predict.

        Returns
        -------
        logits : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            ``g(X W1 + b1) W2 + b2``, in the dtype of X and the weights.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skshallow import ShallowNetClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> clf = ShallowNetClassifier(random_state=0).fit(X, y)
        >>> clf.decision_function(X[:2]).argmax(axis=1)
        array([0, 0])
        """
        return self._predict(X, lambda logits: logits[:, 0] if logits.shape[1] == 1 else logits)

    def predict(self, X: Any) -> Array:
        """Predict the most probable class, or every label that is more probable than not.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows to predict.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Class labels, or a multilabel indicator matrix.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skshallow import ShallowNetClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> clf = ShallowNetClassifier(random_state=0).fit(X, y)
        >>> clf.predict(X[::50])
        array([0, 1, 2])
        """
        return self._predict(
            X, lambda logits: decode(logits, self.classes_, multilabel=self._multilabel)
        )

    def predict_proba(self, X: Any) -> Array:
        """Probability of each class, or of each label.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows to predict.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``. Rows sum to 1, except for multilabel.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skshallow import ShallowNetClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> clf = ShallowNetClassifier(random_state=0).fit(X, y)
        >>> clf.predict_proba(X[:2]).shape
        (2, 3)
        """

        def probabilities(logits: Array) -> Array:
            logits = by_class(logits)
            OUTPUTS[self.out_activation_].probabilities(logits)
            return logits

        return self._predict(X, probabilities)

    def predict_log_proba(self, X: Any) -> Array:
        """Logarithm of the probabilities, from the logits: finite where a probability rounds to 0.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows to predict.

        Returns
        -------
        log_probabilities : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skshallow import ShallowNetClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> clf = ShallowNetClassifier(random_state=0).fit(X, y)
        >>> far_away = [[1e6, 0, 0, 0]]
        >>> bool(clf.predict_proba(far_away).min() == 0)
        True
        >>> bool(clf.predict_log_proba(far_away).min() > -float("inf"))
        True
        """

        def log_probabilities(logits: Array) -> Array:
            if self.out_activation_ == "softmax":
                return log_softmax(logits, axis=1)
            return log_expit(by_class(logits))

        return self._predict(X, log_probabilities)

    def _predict(self, X: Any, of_logits: Callable[[Array], Array]) -> Array:
        """What ``of_logits`` makes of the logits (r, k) of each block of rows, in one array."""
        check_is_fitted(self)
        X = check_prediction_data(self, X)
        (W1, W2), (b1, b2) = self.coefs_, self.intercepts_
        network = Network(
            len(W1),
            len(b1),
            len(b2),
            activation_named(*self._activation),
            OUTPUTS[self.out_activation_],
            max_rows=X.shape[0],
            dtype=np.result_type(X.dtype, W1.dtype),
        )
        layers = (W1, b1, W2[np.newaxis], b2[np.newaxis, np.newaxis])
        blocks = ((rows, of_logits(logits)) for rows, logits in network.logits(layers, X))
        rows, first = next(blocks)
        if X.shape[0] == len(first):
            return first
        whole = np.empty((X.shape[0], *first.shape[1:]), first.dtype)
        whole[rows] = first
        for rows, part in blocks:
            whole[rows] = part
        return whole

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.classifier_tags.multi_label = True
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "coefs_")

    def __getstate__(self) -> dict[str, Any]:
        state = {**super().__getstate__(), "_stream": None}
        return sealed(state, list(parameter_defaults(ShallowNetClassifier)))

    def __setstate__(self, state: dict[str, Any]) -> None:
        # A subclass's signature may have parameters of its own, and leave out some of ours.
        defaults = parameter_defaults(ShallowNetClassifier) | parameter_defaults(type(self))
        super().__setstate__(unsealed(state, defaults))

    def __copy__(self) -> "ShallowNetClassifier":
        # Nothing to seal and check, which scikit-learn's callbacks would wait for in each epoch.
        copied = type(self).__new__(type(self))
        copied.__dict__.update({**vars(self), "_stream": None})
        return copied
