"""A fingerprint of arrays and of whatever its text tells apart."""

import hashlib
from typing import Any

import numpy as np


def fingerprint(*parts: Any) -> str:
    """The same for equal arrays and for other things of equal repr, and for nothing else."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            digest.update(repr((part.dtype, part.shape)).encode())
            digest.update(np.ascontiguousarray(part).data)
        else:
            digest.update(repr(part).encode())
    return digest.hexdigest()
