"""The size of the mini-batches of a cluster, and the learning rate that suits them."""

import math
from typing import Any

from .._training.solve import resolve_batch_size

# A round of calls takes about as long as the gradient of BATCH_ROWS rows. With 4,096, the log-loss
# was up to 2 % above that of one process. Fewer rows make smaller batches, for more steps.
BATCH_ROWS, FEWEST_ROWS, STEPS_PER_PASS = 2048, 1024, 64
# The steps of "adam" grow with the root of the batches, from NOISY_ROWS rows on. The largest
# factors are for a batch_size of the user: a rate that fell still earlier was 2 to 4 % worse.
NOISY_ROWS, LARGEST_FACTOR, LARGEST_STEP_FACTOR = 256, 4.0, 8.0


def with_batch_size(settings: Any, n_rows: int) -> Any:
    """Return the settings with a number as ``batch_size``."""
    if not isinstance(settings.batch_size, str):
        return settings
    batch_size = min(max(n_rows // STEPS_PER_PASS, FEWEST_ROWS), BATCH_ROWS)
    return settings.replace(batch_size=batch_size)


def rate_and_step_factors(settings: Any, n_rows: int) -> tuple[float, float]:
    """Return the factor of the automatic learning rate, and of the steps that its schedule counts.

    Large batches have less noise, so "adam" makes larger steps. Its rate falls as that of one
    process with its automatic batches does, which makes more steps of the same rows.
    """
    if settings.solver != "adam":
        return 1.0, 1.0
    step_rows = min(settings.batch_size, n_rows)
    rate_factor = min(max(math.sqrt(step_rows / NOISY_ROWS), 1), LARGEST_FACTOR)
    local_steps = step_rows / resolve_batch_size("auto", n_rows)
    return rate_factor, min(max(local_steps, 1), LARGEST_STEP_FACTOR)
