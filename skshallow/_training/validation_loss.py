"""The losses that are monitored beside the objective."""

from collections.abc import Callable
from functools import partial

from .._data.rows import Rows
from .._data.training_set import TrainingSet
from .._network.network import Network
from .._typing import Array


def ensemble_loss(parameters: Array, network: Network, rows: Rows) -> float:
    """(1/Σw) Σ wᵢ Lᵢ of the ensemble, without the penalty."""
    return network.cost(network.layers(parameters), rows.blocks(network.max_rows))


def out_of_fold_loss(parameters: Array, network: Network, rows: Rows) -> float:
    """(1/Σw) Σ wᵢ Lᵢ of the held-out rows, each predicted by the member that holds it out."""
    blocks = rows.validation_blocks(network.max_rows_per_member)
    return network.cost_per_member(network.layers(parameters), blocks)


def get_validation_loss(network: Network, data: TrainingSet) -> Callable[[Array], float] | None:
    """Return the validation loss as a function of the parameters; None without such rows."""
    if data.validation_rows is not None:
        return partial(ensemble_loss, network=network, rows=data.validation_rows)
    if data.rows.validation_member is not None:
        return partial(out_of_fold_loss, network=network, rows=data.rows)
    return None


def prior_loss(network: Network, rows: Rows, validation_rows: Rows) -> float:
    """(1/Σw) Σ wᵢ Lᵢ of the validation rows if all get the mean target of ``rows``."""
    return network.output.mean_loss(validation_rows.mean_target, rows.mean_target)
