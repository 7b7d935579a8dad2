"""Units differ by what they learned, not by rounding."""

import numpy as np
from lab_module import lab_module

FINDINGS = lab_module("lab_05_initialization", "findings")
EPS = np.finfo("float32").eps


def alike(rng):
    """The kernel of 32 units that have the same weights, as training from zeros leaves it."""
    return np.repeat(rng.normal(0, 0.2, (64, 1)), 32, axis=1)


def test_rounding_makes_no_units_differ():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        kernel = alike(rng)
        noise = 10 * EPS * np.abs(kernel).max() * rng.uniform(-1, 1, kernel.shape)
        noisy = (kernel + noise).astype("float32")
        assert len(np.unique(noisy, axis=1).T) == 32  # bit by bit they do
        assert FINDINGS.different_units(noisy) == 1


def test_two_groups_apart_by_rounding_are_one():
    kernel = alike(np.random.default_rng(0)).astype("float32")
    kernel[:, 16:] = np.nextafter(kernel[:, 16:], np.float32(1))
    assert len(np.unique(kernel, axis=1).T) == 2
    assert FINDINGS.different_units(kernel) == 1


def test_what_was_learned_makes_units_differ():
    kernel = alike(np.random.default_rng(0)).astype("float32")
    kernel[5, 7] += 0.01 * np.abs(kernel).max()  # a single weight
    assert FINDINGS.different_units(kernel) == 2
    kernel = np.random.default_rng(0).normal(0, 0.2, (64, 32)).astype("float32")
    assert FINDINGS.different_units(kernel) == 32
    assert FINDINGS.different_units(np.zeros((64, 32), "float32")) == 1
