"""Functions that the tests of array API share."""

import numpy as np
from numpy.testing import assert_allclose

from skshallow._array_api.place import to_host

NUMBERS = ("loss_curve_", "validation_loss_curve_")


def arrays_of(clf):
    """All arrays among the attributes, also in lists and tuples, by name."""
    found = {}
    for name, value in vars(clf).items():
        parts = value if isinstance(value, list | tuple) else [value]
        for i, part in enumerate(parts):
            if hasattr(part, "shape") and name != "_stream":
                found[f"{name}[{i}]"] = part
    return found


def assert_same_fit(clf, device_clf, atol=1e-10):
    """The attributes are equal, but for their place and their last digits."""
    expected, arrays = arrays_of(clf), arrays_of(device_clf)
    assert expected.keys() == arrays.keys()
    for name, array in arrays.items():
        host = to_host(array)
        assert host.dtype == expected[name].dtype, name
        if host.dtype.kind in "f":
            assert_allclose(host, expected[name], rtol=1e-10, atol=atol, err_msg=name)
        else:
            assert np.array_equal(host, expected[name]), name
    assert device_clf.n_iter_ == clf.n_iter_
    assert_allclose(device_clf.loss_, clf.loss_, rtol=1e-10)
