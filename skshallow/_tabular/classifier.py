"""TabularNetClassifier: a raw table in, probabilities out."""

import copy
import warnings
from collections.abc import Callable
from typing import Any, ClassVar, Self

from numpy import errstate, ndarray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from .._settings import Auto, Float, Int
from .._sklearn import TABULAR_CONSTRAINTS, fit_context
from .._training.callbacks import CallbackSupportMixin, NestedFitTask, with_callbacks
from .persistence import CLASSIFIER
from .readers import PiecewiseLinearEncoder, ShallowNetClassifier
from .samples import check_table, check_table_samples
from .state import TabularState
from .training import fit_table


class TabularNetClassifier(CallbackSupportMixin, ClassifierMixin, BaseEstimator):
    """A classifier for tables as they are: numbers, categories, text and gaps.

    Two ensembles of networks with one hidden layer read the table. For the first, a column of
    numbers is linear between two bounds; for the second, it is piecewise linear: it has bins, as
    :class:`PiecewiseLinearEncoder` makes them. Categories become columns of 0 and 1, and gaps too.
    The logits are the weighted sum of both::

        z = Σⱼ vⱼ zⱼ,   vⱼ ∝ exp(-ℓⱼ / (0.06 min ℓ))

    where ℓⱼ is the loss of network j on the rows held out. So the better network decides if the
    difference is large; if they are alike, the mean of both is better than each. The sum of the
    weights makes the probabilities more or less extreme, as these rows ask for (temperature
    scaling [2]_); a penalty keeps it near 1 if they are few.

    Parameters
    ----------
    hidden_size : int, default=64
        Number of hidden units of each member of an ensemble.
    n_estimators : int, default=4
        Number of members of each of the two ensembles.
    n_bins : int or "auto", default="auto"
        Number of bins of a column of numbers, as for :class:`PiecewiseLinearEncoder`: "auto"
        depends on the numbers of rows and columns.
    alpha : float, default=1.0
        Strength of the L2 penalty, as for :class:`ShallowNetClassifier`. The network that reads
        bins has three times as much, and from 8,000 rows on more, up to 36 times.
    categorical_features : "from_dtype", array-like of bool, int or str, or None, \
            default="from_dtype"
        Which columns are categories: those whose dtype in a data frame says so, or those listed by
        a boolean mask, by their positions or by their names. Columns of text are always categories.
    max_iter : int, default=200
        Largest number of epochs of each network.
    early_stopping : bool, default=True
        Whether to stop when the loss of the rows held out no longer falls. Without, and without
        ``X_val``, both networks have the same weight.
    validation_fraction : float, default=0.2
        Share of the rows that each member holds out; at most 1 / ``n_estimators``.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, as for :class:`ShallowNetClassifier`.
    random_state : int, RandomState instance or None, default=None
        For the initial weights, the rows held out and the order of the rows. Pass an int for the
        same results in each call.
    verbose : bool or int, default=False
        Whether to print the losses of each epoch.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels; for multilabel the column numbers.
    encoders_ : list of two PiecewiseLinearEncoder
        The encoder of each network. There is one network if no column has more than one bin, as
        with ``n_bins=1``, without columns of numbers or with more than 512 of them; or if fit was
        interrupted.
    encoder_ : PiecewiseLinearEncoder
        The last of them, with bins.
    networks_ : list of two ShallowNetClassifier
        The fitted networks, each on the columns of its encoder.
    network_weights_ : ndarray of shape (n_networks,)
        Their weights in the sum of the logits.
    validation_loss_ : float or None
        Weighted mean loss of z on ``X_val``; None without validation rows. For rows held out, z is
        that of the members that hold them out. It is a little too low because these rows also
        decided when to stop, and the weights; but all members together are better than one.
    n_iter_ : int
        Number of epochs of the network that took more.
    n_outputs_ : int
        Number of outputs: 1 for two classes, else the number of classes or labels.
    out_activation_ : {"sigmoid", "softmax"}
        The output's activation.
    n_features_in_ : int
        Number of columns in fit.
    feature_names_in_ : ndarray of shape (n_features,)
        Their names, if all are strings.

    See Also
    --------
    ShallowNetClassifier : A single network, for numbers without gaps and for sparse X.
    sklearn.ensemble.HistGradientBoostingClassifier : Gradient boosting for tables.

    References
    ----------
    .. [1] Gorishniy, Rubachev and Babenko, "On embeddings for numerical features in tabular deep
       learning", NeurIPS 2022.
    .. [2] Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from skshallow import TabularNetClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = np.empty((400, 2), dtype=object)
    >>> X[:, 0] = rng.choice(["red", "green", None], 400)
    >>> X[:, 1] = rng.normal(size=400)
    >>> y = np.where(X[:, 0] == "red", X[:, 1] > 0, X[:, 1] < 0)
    >>> clf = TabularNetClassifier(random_state=0).fit(X, y)
    >>> bool(clf.score(X, y) > 0.9)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = TABULAR_CONSTRAINTS

    classes_: ndarray
    encoders_: list[PiecewiseLinearEncoder]
    networks_: list[ShallowNetClassifier]
    network_weights_: ndarray
    validation_loss_: float | None
    n_iter_: int
    n_outputs_: int
    out_activation_: str
    n_features_in_: int
    feature_names_in_: ndarray

    def __init__(
        self,
        hidden_size: Int = 64,
        *,
        n_estimators: Int = 4,
        n_bins: Int | Auto = "auto",
        alpha: Float = 1.0,
        categorical_features: Any = "from_dtype",
        max_iter: Int = 200,
        early_stopping: bool = True,
        validation_fraction: Float = 0.2,
        class_weight: Any = None,
        random_state: Any = None,
        verbose: bool | int = False,
    ) -> None:
        self.hidden_size = hidden_size
        self.n_estimators = n_estimators
        self.n_bins = n_bins
        self.alpha = alpha
        self.categorical_features = categorical_features
        self.max_iter = max_iter
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.class_weight = class_weight
        self.random_state = random_state
        self.verbose = verbose

    @property
    def encoder_(self) -> PiecewiseLinearEncoder:
        """The encoder with bins, by which the second network reads the table.

        Returns
        -------
        encoder : PiecewiseLinearEncoder
            The last of ``encoders_``.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skshallow import TabularNetClassifier
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> clf = TabularNetClassifier(n_bins=4, random_state=0).fit(X, y)
        >>> clf.encoder_.transform(X).shape
        (150, 16)
        """
        return self.encoders_[-1]

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
    ) -> Self:
        """Fit both networks to a table.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Columns of numbers, booleans, text or categories, with gaps (NaN, None, NA).
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Class labels, or a multilabel indicator matrix of 0 and 1.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights of the rows; 1 each by default.
        X_val : data frame or array-like of shape (n_val, n_features), default=None
            Rows to judge the networks by, instead of rows held out.
        y_val : array-like of shape (n_val,) or (n_val, n_labels), default=None
            Their labels.
        sample_weight_val : array-like of shape (n_val,), default=None
            Their weights.

        Returns
        -------
        self : TabularNetClassifier
            The fitted classifier.

        Raises
        ------
        TypeError
            If X is sparse, or has a column of dates or of other objects.
        ValueError
            If a column mixes text and numbers, or if y, weights or validation rows do not fit X.

        Warns
        -----
        ConvergenceWarning
            As :meth:`ShallowNetClassifier.fit`.
        UserWarning
            If most values of a column of text are numbers, or if no category of a column is
            frequent enough; and as :meth:`ShallowNetClassifier.fit`.

        Notes
        -----
        The table is encoded block by block while it is read. Beside X, numbers of float64 for each
        of its columns are in memory, unless X is an array of floats.

        The estimator changes at the end of ``fit``, in one assignment. After an interrupt it has
        the networks that are trained so far; after an error it is as it was.

        Examples
        --------
        >>> import pandas as pd
        >>> from skshallow import TabularNetClassifier
        >>> X = pd.DataFrame({"size": [1.0, 2.0, None, 4.0] * 10, "color": ["red", "blue"] * 20})
        >>> y = [0, 1] * 20
        >>> clf = TabularNetClassifier(random_state=0).fit(X, y)
        >>> clf.predict(X[:2])
        array([0, 1])
        """
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        task = NestedFitTask(self, 2, X=X, y=y, metadata=metadata)
        samples, validation = check_table_samples(
            self, X, y, sample_weight, (X_val, y_val, sample_weight_val)
        )
        parameters = {name: getattr(self, name) for name in TABULAR_CONSTRAINTS}
        result = fit_table(samples, validation, parameters, task.subtask)
        task.end(result.state)
        result.state.install(self)
        for message in result.warnings:
            warnings.warn(message, stacklevel=4)
        if result.interrupt is not None:
            raise result.interrupt
        for message in result.convergence_warnings:
            warnings.warn(message, ConvergenceWarning, stacklevel=4)
        return self

    def decision_function(self, X: Any) -> ndarray:
        """Logits: the log-odds of class 1 of two, or one value for each class or label.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            The rows to predict, with the columns of :meth:`fit`.

        Returns
        -------
        logits : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            The weighted sum of the networks' logits.

        Raises
        ------
        NotFittedError
            If the classifier is not fitted.
        TypeError, ValueError
            If X has other columns than in :meth:`fit`.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skshallow import TabularNetClassifier
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> clf = TabularNetClassifier(random_state=0).fit(X, y)
        >>> clf.decision_function(X[:2]).shape
        (2, 3)
        """
        return self._predict(X, TabularState.decision_function)

    def predict(self, X: Any) -> ndarray:
        """Predict the most probable class, or all labels with a probability above 0.5.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            The rows to predict, with the columns of :meth:`fit`.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Class labels, or a multilabel indicator matrix.

        Raises
        ------
        NotFittedError
            If the classifier is not fitted.
        TypeError, ValueError
            If X has other columns than in :meth:`fit`.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skshallow import TabularNetClassifier
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> clf = TabularNetClassifier(random_state=0).fit(X, y)
        >>> clf.predict(X[::50])
        array([0, 1, 2])
        """
        return self._predict(X, TabularState.predict)

    def predict_proba(self, X: Any) -> ndarray:
        """Probability of each class, or of each label.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            The rows to predict, with the columns of :meth:`fit`.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``. Rows sum to 1, except for multilabel.

        Raises
        ------
        NotFittedError
            If the classifier is not fitted.
        TypeError, ValueError
            If X has other columns than in :meth:`fit`.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skshallow import TabularNetClassifier
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> clf = TabularNetClassifier(random_state=0).fit(X, y)
        >>> clf.predict_proba(X[:2]).shape
        (2, 3)
        """
        return self._predict(X, TabularState.predict_proba)

    def predict_log_proba(self, X: Any) -> ndarray:
        """Logarithm of the probabilities, which is finite even if a probability rounds to 0.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            The rows to predict, with the columns of :meth:`fit`.

        Returns
        -------
        log_probabilities : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.

        Raises
        ------
        NotFittedError
            If the classifier is not fitted.
        TypeError, ValueError
            If X has other columns than in :meth:`fit`.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skshallow import TabularNetClassifier
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> clf = TabularNetClassifier(random_state=0).fit(X, y)
        >>> clf.predict_log_proba(X[:2]).shape
        (2, 3)
        """
        return self._predict(X, TabularState.predict_log_proba)

    def _predict(self, X: Any, method: Callable[[TabularState, Any], ndarray]) -> ndarray:
        check_is_fitted(self)
        fitted = copy.copy(self)  # no other thread refits this copy
        X = check_table(fitted, X, reset=False)
        with errstate(all="ignore"):  # logits that overflow are handled
            return method(TabularState.of(fitted), X)

    def __getstate__(self) -> dict[str, Any]:
        return CLASSIFIER.to_store(super().__getstate__(), TabularNetClassifier)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(CLASSIFIER.loaded(state, type(self)))

    def __copy__(self) -> Self:
        # Without the checksum: scikit-learn copies the estimator for its callbacks in each epoch.
        copied = type(self).__new__(type(self))
        copied.__dict__.update(vars(self))
        return copied

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.classifier_tags.multi_label = True
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "networks_")
