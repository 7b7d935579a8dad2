"""Units are apart by what they learned, not by rounding."""

import numpy as np
import pytest
from lab_module import lab_module

FINDINGS = lab_module("lab_05_initialization", "findings")
EPS = np.finfo("float32").eps


def alike(rng):
    """The kernel of 32 units that have the same weights, as training from zeros leaves it."""
    return np.repeat(rng.normal(0, 0.2, (64, 1)), 32, axis=1)


@pytest.mark.parametrize("seed", range(5))
def test_rounding_is_a_small_spread(seed):
    rng = np.random.default_rng(seed)
    kernel = alike(rng)
    noise = 10 * EPS * np.abs(kernel).max() * rng.uniform(-1, 1, kernel.shape)
    noisy = (kernel + noise).astype("float32")
    assert len(np.unique(noisy, axis=1).T) == 32  # bit by bit they differ
    assert 0 < FINDINGS.spread_of_units(noisy) < 0.01 * FINDINGS.ROUNDING


def test_a_spread_is_a_share_of_the_largest_weight():
    kernel = alike(np.random.default_rng(0)).astype("float32")
    assert FINDINGS.spread_of_units(kernel) == 0
    kernel[5, 7] += 0.01 * np.abs(kernel).max()  # a single weight, that is not the largest
    assert FINDINGS.spread_of_units(kernel) == pytest.approx(0.01, rel=1e-4)
    assert FINDINGS.spread_of_units(1000 * kernel) == pytest.approx(0.01, rel=1e-4)


def test_what_was_learned_is_a_large_spread():
    kernel = np.random.default_rng(0).normal(0, 0.2, (64, 32)).astype("float32")
    assert FINDINGS.spread_of_units(kernel) > 100 * FINDINGS.ROUNDING
    assert FINDINGS.spread_of_units(np.array([[1.0, -1.0]])) == 2


def test_zeros_are_alike():
    assert FINDINGS.spread_of_units(np.zeros((64, 32), "float32")) == 0
