"""Norms that shrink by a factor per layer are told from those that fall as a power of the depth."""

import numpy as np
import pytest
from lab_module import lab_module

FINDINGS = lab_module("lab_04_vanishing_gradient", "findings")
LAYERS = np.arange(1, 21)


def test_one_factor_is_even():
    norms = np.stack([factor ** LAYERS[::-1] for factor in (0.1, 0.25, 0.7)])
    np.testing.assert_allclose(FINDINGS.unevenness(norms), 0, atol=1e-12)


def test_a_factor_that_differs_by_a_fifth_from_layer_to_layer_is_straight():
    factors = 0.25 * np.exp(np.random.default_rng(0).normal(0, 0.2, (20, len(LAYERS))))
    norms = np.cumprod(factors, axis=1)[:, ::-1]
    assert FINDINGS.unevenness(norms).max() < FINDINGS.STRAIGHT


@pytest.mark.parametrize("power", [1, 3, 10])
def test_a_power_of_the_depth_is_refused_though_its_line_is_nearly_straight(power):
    norms = (1.0 * LAYERS[None, ::-1]) ** -power  # falls with the layers passed on the way back
    assert FINDINGS.unevenness(norms)[0] > 1.5 * FINDINGS.STRAIGHT
    norms = (1.0 * LAYERS[None, :]) ** power  # falls fastest at the first layers
    assert FINDINGS.unevenness(norms)[0] > 1.5 * FINDINGS.STRAIGHT
    norms = (10.0 + LAYERS[None, ::-1]) ** -power  # without the steep layers
    assert np.corrcoef(LAYERS, np.log(norms[0]))[0, 1] ** 2 > 0.95
    assert FINDINGS.unevenness(norms)[0] > 1.1 * FINDINGS.STRAIGHT
