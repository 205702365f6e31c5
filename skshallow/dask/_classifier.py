"""DaskShallowNetClassifier: fit and predict on a Dask cluster. It computes nothing."""

import copy
import inspect
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, ClassVar, Self

from numpy import ndarray
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from .._classifier import ShallowNetClassifier
from .._fitted.state import FittedState
from .._settings import Settings
from .._sklearn import CONSTRAINTS, fit_context
from ._collections import is_collection
from ._fit import fit_on_cluster
from ._prediction import accuracy, predict_lazily


class DaskShallowNetClassifier(ShallowNetClassifier):
    """A :class:`~skshallow.ShallowNetClassifier` whose rows are on a Dask cluster.

    The rows stay on the workers. In each step of "adam" or "sgd" the workers compute the gradients
    of their parts of one mini-batch, and this process adds them and changes the weights. So the
    result is that of one process but for the order of the rows: it does not depend on the number of
    workers, or on how the rows are divided or sorted, but for rounding and chance. A worker that is
    lost changes no bit, because its tasks are computed again.

    Parameters
    ----------
    hidden_size, activation, ... : optional
        As for :class:`~skshallow.ShallowNetClassifier`. ``batch_size="auto"`` is 1,024 to 2,048
        rows, with larger steps. Any ``solver`` works; "gd" and "lbfgs" read all rows in each step.
    client : distributed.Client, default=None
        The cluster's client; by default the last one that was made. It is not stored with the
        estimator.

    Attributes
    ----------
    classes_, coefs_, intercepts_, ... : ndarray
        As for :class:`~skshallow.ShallowNetClassifier`, in this process.

    See Also
    --------
    skshallow.ShallowNetClassifier : For rows that fit into one machine, or lie in its files.

    Notes
    -----
    Of a Dask array or data frame the prediction methods return a Dask array, which is computed when
    it is asked for, chunk by chunk.

    The rows are divided into groups of consecutive chunks, by their numbers of rows alone. So
    results are the same to the bit for the same chunks, whatever the number of workers, if these
    have the same kind of processor and number of BLAS threads.

    This process opens a connection of its own to each worker, without encryption but with a secret.
    Clusters with TLS, and workers that it cannot reach, get tasks of Dask instead, which take
    several times as long.

    Equal rows are merged only within a group, and so is the validation split stratified.
    Callbacks are not called. ``partial_fit`` and ``warm_start`` are those of one process: a refit
    starts from the fitted weights, but holds out other rows.

    References
    ----------
    .. [1] Li, Andersen, Smola and Yu, "Communication efficient distributed machine learning with
       the parameter server", NeurIPS 2014.

    Examples
    --------
    >>> import dask.array as da
    >>> from distributed import Client, LocalCluster
    >>> from sklearn.datasets import load_breast_cancer
    >>> from skshallow.dask import DaskShallowNetClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> X, y = da.from_array(X, chunks=(100, -1)), da.from_array(y, chunks=100)
    >>> with LocalCluster(n_workers=1, processes=False, dashboard_address=":0") as cluster:
    ...     with Client(cluster) as client:
    ...         clf = DaskShallowNetClassifier(random_state=0).fit(X, y)
    ...         accuracy = clf.score(X, y)
    >>> accuracy > 0.95
    True
    >>> clf.to_local()
    ShallowNetClassifier(random_state=0)
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {**CONSTRAINTS, "client": "no_validation"}

    def __init__(self, *args: Any, client: Any = None, **parameters: Any) -> None:
        super().__init__(*args, **parameters)
        self.client = client

    @fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: Any,
        y: Any = None,  # a file of rows has it, but not a Dask collection
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> Self:
        """Fit the network to rows on the cluster.

        Parameters
        ----------
        X : dask Array or DataFrame of shape (n_samples, n_features)
            Training rows, in chunks of arrays or of CSR matrices.
        y : dask Array, Series or DataFrame of shape (n_samples,) or (n_samples, n_labels)
            Class labels, or a multilabel indicator matrix of 0 and 1, in chunks like X.
        sample_weight : dask Array or Series of shape (n_samples,), default=None
            Non-negative weights of the rows; 1 each by default.
        X_val : dask Array or DataFrame of shape (n_val, n_features), default=None
            Validation rows, instead of a validation split.
        y_val : dask Array or Series of shape (n_val,) or (n_val, n_labels), default=None
            Their labels.
        sample_weight_val : dask Array or Series of shape (n_val,), default=None
            Their weights.

        Returns
        -------
        self : DaskShallowNetClassifier
            The fitted classifier.

        Raises
        ------
        TypeError
            If an argument is not a Dask collection.
        ValueError
            As for :meth:`ShallowNetClassifier.fit`, if chunks do not fit each other, or if there is
            no client.
        RuntimeError
            If the scheduler or all workers are gone for 15 seconds.

        Warns
        -----
        ConvergenceWarning
            As for :meth:`ShallowNetClassifier.fit`.

        Notes
        -----
        The estimator changes at the end, in one assignment; after an error it is as it was.

        Examples
        --------
        >>> import dask.array as da
        >>> from distributed import Client
        >>> from skshallow.dask import DaskShallowNetClassifier
        >>> X = da.random.default_rng(0).normal(size=(2000, 5), chunks=(500, 5))
        >>> y = (X.sum(axis=1) > 0).astype(int)
        >>> with Client(n_workers=1, processes=False, dashboard_address=":0") as client:
        ...     clf = DaskShallowNetClassifier(random_state=0, client=client).fit(X, y)
        >>> clf.classes_
        array([0, 1])
        """
        settings = Settings.of(self, CONSTRAINTS)
        previous = FittedState.of(self) if settings.warm_start else None
        validation = X_val, y_val, sample_weight_val
        result = fit_on_cluster(self.client, (X, y, sample_weight), validation, settings, previous)
        result.state.install(self)
        if result.interrupt is not None:
            raise result.interrupt
        if result.warning is not None:
            warnings.warn(result.warning, ConvergenceWarning, stacklevel=3)
        return self

    def to_local(self) -> ShallowNetClassifier:
        """Return the fitted classifier for one process, without the client.

        Returns
        -------
        clf : ShallowNetClassifier
            A classifier with the same parameters and fitted attributes.

        Raises
        ------
        NotFittedError
            If the classifier is not fitted.

        Examples
        --------
        See :class:`DaskShallowNetClassifier`.
        """
        check_is_fitted(self)
        parameters = self.get_params(deep=False)
        del parameters["client"]
        local = ShallowNetClassifier(**parameters)
        FittedState(vars(self)).install(local)
        return local

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Mean accuracy; for multilabel the share of rows with all labels right.

        Parameters
        ----------
        X : dask Array or DataFrame, or array-like of shape (n_samples, n_features)
            The rows to predict.
        y : dask Array or Series, or array-like of shape (n_samples,) or (n_samples, n_labels)
            Their labels.
        sample_weight : dask Array or Series, or array-like of shape (n_samples,), default=None
            Their weights.

        Returns
        -------
        score : float
            The accuracy, computed at once.
        """
        if is_collection(X):
            with self.client.as_current() if self.client else nullcontext():
                return accuracy(self.to_local(), X, y, sample_weight)
        return float(super().score(X, y, sample_weight))

    def _predict(self, X: Any, method: Callable[[FittedState, Any], ndarray]) -> Any:
        if is_collection(X):
            return predict_lazily(self.to_local(), X, method.__name__)
        return super()._predict(X, method)

    def __sklearn_clone__(self) -> Self:
        # A client cannot be copied.
        parameters = self.get_params(deep=False)
        client = parameters.pop("client")
        copies = {name: clone(value, safe=False) for name, value in parameters.items()}
        return type(self)(**copies, client=client)

    def __getstate__(self) -> dict[str, Any]:
        stored = copy.copy(self)
        stored.client = None
        return super(DaskShallowNetClassifier, stored).__getstate__()


_parameters = inspect.signature(ShallowNetClassifier.__init__).parameters
_client = inspect.signature(DaskShallowNetClassifier.__init__).parameters["client"]
# scikit-learn finds the names of the parameters by the signature.
_init: Any = DaskShallowNetClassifier.__init__
_init.__signature__ = inspect.Signature([*_parameters.values(), _client])
