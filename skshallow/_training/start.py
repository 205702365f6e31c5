"""Where training starts: the network, its parameters and the state of the optimizer."""

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import check_random_state

from .._array_api.network import network_for
from .._data.labels import LabelEncoding
from .._data.scaling import Scaling, keep_function
from .._fitted.state import FittedState
from .._network.initialization import random_parameters
from .._network.network import Network
from .._settings import Settings
from .._solvers.minibatch import Optimizer, new_optimizer


class Start(NamedTuple):
    """What changes from step to step. partial_fit carries it from call to call."""

    key: tuple[Any, ...]  # the settings that it depends on
    parameters: Any  # a vector for standardised inputs; the solvers change them in place
    optimizer: Optimizer | None
    random_state: np.random.RandomState

    def keep_function(self, network: Network, scaling: Scaling | None, seen: FittedState) -> None:
        """Adapt the parameters of a stream if this call changes the scaling of earlier calls."""
        if scaling is not None:
            W1, b1, _, _ = network.layers(self.parameters)
            with np.errstate(over="ignore", invalid="ignore"):  # the monitor detects it
                keep_function(Scaling(seen.moments, scaling.center.dtype), scaling, W1, b1)

    def moved(self, move: Callable[[Any], Any]) -> "Start":
        """Return the start with ``move`` applied to its vectors."""
        optimizer = self.optimizer
        if optimizer is not None:
            optimizer = type(optimizer)(*map(move, optimizer))
        return self._replace(parameters=move(self.parameters), optimizer=optimizer)

    def for_data(
        self, network: Network, scaling: Scaling | None, n_rows: int, previous: FittedState | None
    ) -> "Start":
        """Return the start of fit: with the weights of a previous fit, if there is one."""
        parameters, optimizer = self.parameters, self.optimizer
        if optimizer is not None:
            optimizer = optimizer.for_rows(n_rows)
        if previous:
            with np.errstate(over="ignore", invalid="ignore"):  # the monitor detects it
                parameters = fitted_parameters(previous, network, scaling)
        if scaling is not None:  # the data cannot determine the weights of a constant column
            network.layers(parameters)[0][scaling.constant_columns] = 0
        return self._replace(parameters=parameters, optimizer=optimizer)


def new_network(X: Any, labels: LabelEncoding, settings: Settings, dtype: Any) -> Network:
    """Return the network that is trained on X."""
    n_rows, n_features = X.shape
    try:
        return network_for(
            X,
            *(n_features, settings.hidden_size, labels.n_outputs),
            activation=(settings.activation, settings.negative_slope),
            out_activation=labels.out_activation,
            n_members=settings.n_estimators,
            max_rows=n_rows,
            dtype=dtype,
        )
    except (MemoryError, ValueError) as error:
        raise ValueError(
            f"hidden_size={settings.hidden_size} with n_estimators={settings.n_estimators} is too "
            "large for the memory: lower them."
        ) from error


def new_start(
    network: Network, settings: Settings, seen: FittedState | None, X_dtype: Any
) -> Start:
    """Start at random, or where the last call of partial_fit ended, or from the weights of fit.

    If the settings of the optimizer have changed, or it was not stored, it starts anew.
    """
    key = settings.solver, settings.momentum, network.shapes
    if seen and seen._stream is not None and seen._stream.key == key:
        return copy.deepcopy(seen._stream)  # if this call fails, the stream stays as it is
    random_state = check_random_state(settings.random_state)
    with np.errstate(over="ignore", invalid="ignore"):  # the monitor detects what overflows
        if seen:
            scaling = Scaling(seen.moments, X_dtype) if settings.standardize else None
            parameters = fitted_parameters(seen, network, scaling)
        else:
            parameters = random_parameters(
                network, settings.init, settings.init_scale, random_state
            )
    optimizer = new_optimizer(settings.solver, parameters, settings.momentum)
    return Start(key, parameters, optimizer, random_state)


def fitted_parameters(state: FittedState, network: Network, scaling: Scaling | None) -> Any:
    """Return the fitted weights as one vector for that network, with standardised inputs."""
    (W1, W2), (b1, b2) = state.coefs_, state.intercepts_
    n_members, hidden_size, _ = network.shapes[1]
    if len(b1) != n_members * hidden_size:
        raise ValueError(
            f"n_estimators={n_members} times hidden_size={hidden_size} makes "
            f"{n_members * hidden_size} hidden units, but the fitted network to go on from "
            f"has {len(b1)}: set them back, or start with a clone."
        )
    if scaling is not None:
        W1, b1 = scaling.unfold(W1, b1)
    return network.to_members((W1, b1, W2, b2))
