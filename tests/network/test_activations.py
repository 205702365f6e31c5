"""Activations and their derivatives."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skshallow._network.activations import get_activation
from tests.helpers import ACTIVATIONS, NEGATIVE_SLOPE, notes_activation


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_equal_the_notes_and_never_overflow(activation):
    g, derivative, slope_at_0 = get_activation(activation, NEGATIVE_SLOPE)
    z = np.array([-3.0, -0.5, 0.0, 0.5, 3.0])
    A = z.copy()
    g(A)
    assert_allclose(A, [notes_activation(activation, v)[0] for v in z], rtol=1e-12)
    derivative(A)
    # At z = 0, relu and leaky_relu have the slope of negative z.
    assert_allclose(A, [notes_activation(activation, v)[1] for v in z], rtol=1e-12)
    assert slope_at_0 == pytest.approx(notes_activation(activation, 1e-9)[1])
    huge = np.array([-1e300, 1e300])
    g(huge)
    assert np.isfinite(huge).all()
