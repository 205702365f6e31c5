"""A fingerprint of arrays and of whatever its text tells apart."""

import hashlib
from typing import Any

import numpy as np


def fingerprint(*parts: Any) -> str:
    """The same for equal arrays and for other things of equal repr, and for nothing else."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            little_endian = part.dtype.newbyteorder("<")  # wherever it is computed
            digest.update(repr((little_endian.str, part.shape)).encode())
            digest.update(np.ascontiguousarray(part, little_endian).reshape(-1).view(np.uint8).data)
        else:
            digest.update(repr(part).encode())
    return digest.hexdigest()
