"""The estimator: parameters, docstrings and attributes. The folders beside it do the work."""

import copy
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, ClassVar, Self

from numpy import errstate, ndarray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from ._data.checking import (
    NO_VALIDATION,
    check_prediction_data,
    check_samples,
    check_samples_or_source,
    is_valid_array,
)
from ._fitted.persistence import add_checksum, parameter_defaults, verify_checksum
from ._fitted.state import FittedState
from ._settings import (
    ActivationName,
    Auto,
    Float,
    InitName,
    Int,
    ScheduleName,
    Settings,
    SolverName,
    resolve_solver,
)
from ._sklearn import (
    CONSTRAINTS,
    HAS_ARRAY_API,
    available_if,
    fit_context,
)
from ._training.callbacks import CallbackSupportMixin, FitTask, with_callbacks


def _has_minibatches(classifier: "ShallowNetClassifier") -> bool:
    if resolve_solver(classifier.solver) in ("sgd", "adam"):
        return True
    raise AttributeError(
        f"partial_fit is not available with solver={classifier.solver!r}, which needs all rows at "
        "once: use solver='adam' or 'sgd'."
    )


class ShallowNetClassifier(CallbackSupportMixin, ClassifierMixin, BaseEstimator):
    """A neural network with one hidden layer and a sigmoid (or softmax) output.

    With n features, h hidden units and k outputs, the probability of class 1 of two is::

        predict_proba(X)[:, 1] = sigmoid(g(X W1 + b1) W2 + b2)

    with ``coefs_ = [W1, W2]`` of shapes (n, h) and (h, k) and ``intercepts_ = [b1, b2]``. For
    more classes the output is softmax, for multilabel targets one sigmoid for each label.
    Training minimises the penalised cross-entropy of the training rows i::

        J = (1/Σw) [Σ wᵢ Lᵢ + alpha/2 (‖W1‖² + ‖W2‖²)]

    By default an ensemble of ``n_estimators=3`` such networks is trained. The fitted model is the
    mean of their logits: one network of the same form, ``n_estimators`` times as wide, with better
    probabilities than each of its members. With early stopping each member holds out rows of its
    own for validation, so the ensemble learns from all rows.

    A row of weight 2 is the same as that row twice, to the last bit in every solver, because equal
    rows are merged before training. The order of the rows does not matter, unless they are more
    than 262,144. Weights that sum to at most 1, as those of
    :class:`sklearn.ensemble.AdaBoostClassifier` do, are shares of the data: in :meth:`fit` they are
    multiplied so that their mean over the distinct rows is 1.

    Parameters
    ----------
    hidden_size : int, default=64
        Number of hidden units of each network.

    activation : {"relu", "tanh", "leaky_relu", "sigmoid", "identity"}, default="relu"
        The hidden units' activation g: max(0, z), tanh(z), max(cz, z), 1/(1+e^-z) or z. With
        "identity" the network is linear in x.

    n_estimators : int, default=3
        Number of networks whose logits are averaged [4]_. More networks give better probabilities
        and take proportionally more time.

    negative_slope : float, default=0.01
        The slope c of "leaky_relu" for z < 0, between 0 and 1.

    solver : {"auto", "adam", "sgd", "gd", "lbfgs"}, default="auto"
        - "auto": "adam", the best one in the benchmarks, for few rows and for many.
        - "adam": mini-batches with a step size for each weight [1]_.
        - "sgd": mini-batches with Nesterov momentum.
        - "gd": gradient descent, with all rows in each step.
        - "lbfgs": L-BFGS of :func:`scipy.optimize.minimize`, with all rows in each step. For small
          and medium data.

        If X is dense, "adam" and "sgd" compute in float32. "lbfgs" computes in float64. In all
        other cases the dtype is that of X.

    alpha : float, default=1.0
        Strength of the L2 penalty on the weights; biases have no penalty. The unit is that of
        ``1/C`` in ``LogisticRegression``, and of ``alpha`` in ``MLPClassifier`` with all rows in
        one batch. "adam" leaves it out for units that are 0 on all rows of a mini-batch. With
        ``standardize=True`` the penalty acts on the weights of the standardised inputs. Raise it if
        rows are few or noisy.

    standardize : bool, default=True
        Whether to centre the inputs and scale them to (weighted) variance 1 during training. The
        scaling is folded into ``coefs_[0]`` and ``intercepts_[0]``, which apply to raw X. Sparse X
        stays sparse. If more than half of the rows have the same value in a column, as 0 for a word
        or a category, and if more than a fifth of the columns are like this, this value becomes 0,
        and the others get a root mean square of about 0.5 (1.5 in texts) instead of a variance of
        1. In :meth:`fit` a constant column gets weights 0. In :meth:`partial_fit` it keeps its
        random weights, because later calls may bring other values.

    init : {"he", "glorot", "normal"}, default="he"
        Standard deviation of the random initial weights: sqrt(2 / fan_in) for "he" [2]_,
        sqrt(2 / (fan_in + fan_out)) for "glorot" [3]_, ``init_scale`` for "normal". For "he" and
        "glorot", W1 is divided by the slope of g at 0 (a quarter for "sigmoid", else 1), W2 by 3,
        and b1 is drawn like the weights of a constant input 1. For "normal" b1 starts at 0. b2
        always starts at 0.

    init_scale : float, default=0.01
        Standard deviation of the initial weights for ``init="normal"``.

    batch_size : int or "auto", default="auto"
        Maximum number of rows in a mini-batch of "adam" and "sgd". The batches of an epoch differ
        in size by one row at most. "auto" is a 16th of the rows, at least 64 and at most 256; for
        more than 32,768 rows it is a 128th, at most 512.

    learning_rate : float or "auto", default="auto"
        Step size of "adam", "sgd" and "gd"; with a schedule, the largest one. "auto" is
        min(0.03, 0.12 / sqrt(n_features)) for "adam", and four times that if
        ``activation="sigmoid"``, whose slope at 0 is a quarter. Without a schedule, it falls as
        1 / sqrt(step) from step 500 of :meth:`fit` on. It is 0.1 for "gd", and 0.05 for "sgd",
        times sqrt(b / 64) if batches have b < 64 rows.

    learning_rate_schedule : {"constant", "cosine", "one_cycle"}, default="constant"
        How the learning rate changes over the steps of ``max_iter`` epochs: not at all, down to 0
        along half a cosine, or up during the first 30 % and then down to 0.

    average : bool, default=True
        Whether "adam" and "sgd" return a running mean of the weights over about the last 2
        epochs [5]_ instead of the last weights. It has no effect in :meth:`partial_fit`.

    momentum : float, default=0.9
        Nesterov momentum of "sgd", in [0, 1).

    max_iter : int, default=200
        Maximum number of epochs, or of iterations of "lbfgs". With "sgd" and "adam", if there are
        more than 262,144 distinct rows, or if a few rows have nearly all weight, a pass over them
        consists of several epochs of the same size, so that training can end within a pass.

    tol : float or "auto", default="auto"
        Training stops if the monitored loss does not improve by ``tol`` within
        ``n_iter_no_change`` epochs or iterations. With early stopping this is the validation loss,
        else J. "lbfgs" also stops if no entry of the gradient of J exceeds ``tol``. "auto" is 0.002
        for up to 5,000 rows, and falls as 1/sqrt(rows) to 0.00025 for 320,000 and more.

    n_iter_no_change : int or "auto", default="auto"
        Number of epochs (iterations) for ``tol``. "auto" is 2; for solvers other than "gd" it is
        more if 2 epochs have fewer than 20 steps, and 3 for more than 262,144 rows. With early
        stopping "auto" is at least 30 until the validation loss is 2 % below that of the class
        prior: if the classes depend on interactions of features only, the loss can take some epochs
        to fall.

    early_stopping : bool, default=True
        Whether to monitor a validation loss instead of the training loss, and to return the
        weights of the epoch with the lowest one. If ``X_val`` is passed to :meth:`fit`, its rows
        are the validation rows. Else each member of the ensemble holds out a (stratified) fraction
        ``validation_fraction`` of the training rows, no row is held out by two members, and each
        row is predicted by the member that holds it out. The only row of a class is not held out.
        No row is held out if there are fewer than 10 distinct rows, or fewer than 100 with a median
        weight of 5 or more; then the training loss is monitored.

    validation_fraction : float, default=0.2
        Fraction of the training rows that each member holds out if ``early_stopping=True`` and
        there is no ``X_val``. With several members, at most 1 / ``n_estimators`` is used, and each
        holds out about 16,000 rows at most, so many decide as well as more.

    class_weight : dict, "balanced" or None, default=None
        Factors of the weights of the rows of each class. "balanced" gives all classes the same
        total weight; ``sample_weight`` and held-out rows count. For multilabel targets there is no
        dict, and the factor of a row is the mean of its labels' factors. In :meth:`partial_fit` the
        rows of all calls count. The rows of ``X_val`` get the same factors.

    warm_start : bool, default=False
        Whether :meth:`fit` starts from the fitted weights. The classes are those of the first fit;
        a later y may miss some of them, but not have new ones. A row is held out by the same member
        as in the fits before, whatever rows are added and whatever ``random_state`` and
        ``validation_fraction`` are, so no member is judged by rows that it was trained on. (If
        earlier fits held no rows out, there is a warning.) If the last fit converged, and data,
        order of the rows, parameters and weights are unchanged, ``fit`` returns at once.

    random_state : int, RandomState instance or None, default=None
        Random numbers for the initial weights, the validation split and the order of the rows in
        mini-batches. Pass an int to get the same result in each call.

    verbose : bool or int, default=False
        Whether to print a line after each epoch.

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
        J of the fitted weights over the training rows, without the held-out rows; the mean over
        the members. After :meth:`partial_fit`, the mean over the mini-batches of the last call,
        while the weights changed.
    loss_curve_ : ndarray of shape (n_epochs,)
        J after each epoch of the last call of :meth:`fit` or :meth:`partial_fit`. For "sgd" and
        "adam" it is the mean over the batches of the epoch.
    validation_loss_curve_ : ndarray of shape (n_epochs,) or None
        Weighted mean loss of the validation rows after each epoch, without the penalty; None
        without validation rows. Without ``X_val`` each row is predicted by the member that holds
        it out. If no epoch of a warm-started fit improves it, the weights stay those of before.
    n_iter_ : int
        Number of epochs (iterations) of the last :meth:`fit`, plus one for each later call of
        :meth:`partial_fit`.
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
    sklearn.neural_network.MLPClassifier : Any number of hidden layers.
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

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = CONSTRAINTS

    classes_: ndarray
    coefs_: list[ndarray]
    intercepts_: list[ndarray]
    loss_: float
    loss_curve_: ndarray
    validation_loss_curve_: ndarray | None
    n_iter_: int
    n_outputs_: int
    out_activation_: str
    n_features_in_: int
    feature_names_in_: ndarray

    def __init__(
        self,
        hidden_size: Int = 64,
        activation: ActivationName = "relu",
        *,
        n_estimators: Int = 3,
        negative_slope: Float = 0.01,
        solver: SolverName = "auto",
        alpha: Float = 1.0,
        standardize: bool = True,
        init: InitName = "he",
        init_scale: Float = 0.01,
        batch_size: Int | Auto = "auto",
        learning_rate: Float | Auto = "auto",
        learning_rate_schedule: ScheduleName = "constant",
        average: bool = True,
        momentum: Float = 0.9,
        max_iter: Int = 200,
        tol: Float | Auto = "auto",
        n_iter_no_change: Int | Auto = "auto",
        early_stopping: bool = True,
        validation_fraction: Float = 0.2,
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
        y: Any = None,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> Self:
        """Fit the network to training data.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features), or callable
            Training rows. float32 and float64 are kept; other dtypes are converted to float64. A
            C-ordered array or CSR matrix is not copied unless it is small. With scikit-learn's
            ``array_api_dispatch=True``, X may be a PyTorch tensor, and training takes place on its
            device.

            If the rows exceed the memory: a function without arguments that returns an iterable of
            blocks ``(X, y)`` or ``(X, y, sample_weight)`` of dense rows, or an iterator of these.
            It is read once, into a temporary file. An ``np.memmap`` for which ``fit`` would need
            more than 1 GiB, as with 18 million rows, is read in the same way.
        y : array-like of shape (n_samples,) or (n_samples, n_labels), default=None
            Class labels, or a multilabel indicator matrix of 0 and 1. None if X yields them.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights of the rows; 1 each by default. If they sum to at most 1, they are
            shares: they are multiplied so that their mean over the distinct rows is 1, or over all
            rows of a source.
        X_val : {array-like, sparse matrix} of shape (n_val, n_features), default=None
            Validation rows. With ``early_stopping=True`` they replace the validation split, else
            their loss is only recorded. A pipeline transforms them only if it has
            ``transform_input=["X_val"]``. A search slices them like X if they have as many rows.
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
            If the data or a parameter is not as described, if y has only one class or a missing
            label, if the sum of the weights is 0, below 1e-290 or infinite, or if the loss is not
            finite before the end of the first epoch.
        TypeError
            If X is a function that yields something else than blocks, or sparse rows.
        OSError
            If the rows of a source, or of a large ``np.memmap``, do not fit into the folder for
            temporary files.
        KeyboardInterrupt
            After an interrupt during training the estimator has the weights and curves of the
            complete epochs. If there are none, or if the interrupt comes before or after training,
            or a second one follows, it is unchanged.

        Warns
        -----
        ConvergenceWarning
            If training reached ``max_iter`` before it converged, with ``solver="lbfgs"`` or
            ``learning_rate_schedule="constant"``; if the training loss increased, or a loss ended
            far above that of guessing; if a refit holds out rows that the fitted weights were
            trained on; or if a loss became infinite or NaN. In the last case the last finite
            weights are kept.
        UserWarning
            If a class has only one row, which cannot be held out; or if the weights are so small,
            with a mean below 0.05, that ``alpha`` is more than a hundredth of their sum.

        Notes
        -----
        The estimator changes at the end of ``fit``, in one assignment. Until then, and after any
        error, it is as it was before: other threads can go on predicting with it. Callbacks get
        the model of an epoch as ``fitted_estimator``.

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
        # Imported by the first fit: a process that only predicts does not need it.
        from ._training import problem, trainer

        settings = Settings.of(self, CONSTRAINTS)
        previous = FittedState.of(self) if settings.warm_start else None
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        task = FitTask(self, settings, X=X, y=y, metadata=metadata)
        with ExitStack() as files:
            samples, validation = check_samples_or_source(
                *(self, X, y, sample_weight, (X_val, y_val, sample_weight_val)),
                reset=previous is None,
                files=files,
            )
            posed = problem.pose_problem(samples, validation, settings, previous)
            if posed is None:  # nothing has changed since the previous fit converged
                task.end(previous)
                return self
            for message in posed.warnings:
                warnings.warn(message, stacklevel=4)
            task.begin_epoch()
            result = trainer.train(posed, task.end_epoch)
        task.end(result.state)
        result.state.install(self)
        if result.interrupt is not None:
            raise result.interrupt
        if result.warning is not None:
            warnings.warn(result.warning, ConvergenceWarning, stacklevel=4)
        return self

    @available_if(_has_minibatches)
    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Train for one epoch on the given rows, starting from the fitted weights.

        For "adam" and "sgd". The learning rate is constant, and ``early_stopping`` and ``average``
        have no effect. Standardisation, ``class_weight="balanced"`` and the Σw of the penalty take
        the rows of all calls into account. The state of the optimizer is not pickled.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Class labels, or a multilabel indicator matrix of 0 and 1.
        classes : array-like of shape (n_classes,), default=None
            All classes that any call will have. Required in the first call, unless y is
            multilabel.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights of the rows; 1 each by default.

        Returns
        -------
        self : ShallowNetClassifier
            The classifier, trained for one more epoch.

        Raises
        ------
        ValueError
            As for :meth:`fit`; also for a label that is not in ``classes``, or if ``activation``,
            ``standardize`` or the number of hidden units has changed since the last call. The
            estimator is then unchanged.

        Warns
        -----
        ConvergenceWarning
            If the rows of this call have an enormous loss after it.
        UserWarning
            In the first call, if ``alpha`` is large for small weights, as in :meth:`fit`.

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
        from ._training import problem, trainer

        previous = FittedState.of(self)
        samples, _ = check_samples(self, X, y, sample_weight, NO_VALIDATION, reset=previous is None)
        settings = Settings.of(self, CONSTRAINTS).for_one_epoch()
        posed = problem.pose_problem(
            samples, None, settings, previous, stream=True, classes=classes
        )
        if posed is not None:
            for message in posed.warnings:
                warnings.warn(message, stacklevel=3)
            result = trainer.train(posed)
            result.state.install(self)
            if result.warning is not None:
                warnings.warn(result.warning, ConvergenceWarning, stacklevel=3)
        return self

    def decision_function(self, X: Any) -> ndarray:
        """Logits: the log-odds of class 1 of two, or one value for each class or label.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows to predict.

        Returns
        -------
        logits : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            ``g(X W1 + b1) W2 + b2``, in the dtype of X and the weights.

        Raises
        ------
        NotFittedError
            If the classifier is not fitted.
        ValueError
            If X has NaN or infinite values, or other columns than in :meth:`fit`.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skshallow import ShallowNetClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> clf = ShallowNetClassifier(random_state=0).fit(X, y)
        >>> clf.decision_function(X[:2]).argmax(axis=1)
        array([0, 0])
        """
        return self._predict(X, FittedState.decision_function)

    def predict(self, X: Any) -> ndarray:
        """Predict the most probable class, or all labels with a probability above 0.5.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows to predict.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Class labels, or a multilabel indicator matrix.

        Raises
        ------
        NotFittedError
            If the classifier is not fitted.
        ValueError
            If X has NaN or infinite values, or other columns than in :meth:`fit`.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skshallow import ShallowNetClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> clf = ShallowNetClassifier(random_state=0).fit(X, y)
        >>> clf.predict(X[::50])
        array([0, 1, 2])
        """
        return self._predict(X, FittedState.predict)

    def predict_proba(self, X: Any) -> ndarray:
        """Probability of each class, or of each label.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows to predict.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``. Rows sum to 1, except for multilabel.

        Raises
        ------
        NotFittedError
            If the classifier is not fitted.
        ValueError
            If X has NaN or infinite values, or other columns than in :meth:`fit`.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skshallow import ShallowNetClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> clf = ShallowNetClassifier(random_state=0).fit(X, y)
        >>> clf.predict_proba(X[:2]).shape
        (2, 3)
        """
        return self._predict(X, FittedState.predict_proba)

    def predict_log_proba(self, X: Any) -> ndarray:
        """Logarithm of the probabilities, computed from the logits.

        It is finite even if a probability rounds to 0.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows to predict.

        Returns
        -------
        log_probabilities : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.

        Raises
        ------
        NotFittedError
            If the classifier is not fitted.
        ValueError
            If X has NaN or infinite values, or other columns than in :meth:`fit`.

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
        return self._predict(X, FittedState.predict_log_proba)

    def _predict(self, X: Any, method: Callable[[FittedState, Any], ndarray]) -> ndarray:
        if not hasattr(self, "coefs_"):  # the usual check takes longer
            check_is_fitted(self)
        state = FittedState(vars(self))  # copies all attributes at once
        with errstate(all="ignore"):  # logits that overflow are handled
            plain = is_valid_array(X, state.n_features_in_, state.feature_names_in_)
            if not (plain and state.is_on_host):
                fitted = copy.copy(self)  # no other thread refits this copy
                state = FittedState(vars(fitted))
                X = check_prediction_data(fitted, X, method.__name__)
            return method(state, X)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.classifier_tags.multi_label = True
        tags.array_api_support = HAS_ARRAY_API
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "coefs_")

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__().copy()  # which may be the live __dict__
        state.pop("_stream", None)  # the state of the optimizer is larger than the model
        return add_checksum(state, list(parameter_defaults(ShallowNetClassifier)))

    def __setstate__(self, state: dict[str, Any]) -> None:
        # The constructor of a subclass may add parameters and leave out some of ours.
        defaults = parameter_defaults(ShallowNetClassifier) | parameter_defaults(type(self))
        super().__setstate__(verify_checksum(state, defaults))

    def __copy__(self) -> Self:
        # Without the checksum: scikit-learn copies the estimator for its callbacks in each epoch.
        copied = type(self).__new__(type(self))
        copied.__dict__.update(vars(self))
        copied.__dict__.pop("_stream", None)
        return copied
