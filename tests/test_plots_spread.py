"""Medians and bands over seeds, against NumPy."""

import numpy as np
import pytest

from dlkeras.plots import panels


@pytest.mark.parametrize("num_seeds", [1, 2, 3, 5, 9, 10, 20, 21])
def test_spread_is_numpys_percentile(num_seeds):
    samples = np.random.default_rng(0).standard_normal((num_seeds, 6))
    expected = np.percentile(samples, [10, 50, 90], axis=0, method="averaged_inverted_cdf")
    np.testing.assert_allclose(panels.spread_over_seeds(samples), expected, rtol=1e-12)


def test_spread_leaves_out_what_is_not_finite():
    samples = np.array([[1.0, np.nan], [2.0, np.inf], [np.nan, np.nan], [6.0, -np.inf]])
    np.testing.assert_array_equal(panels.spread_over_seeds(samples)[:, 0], [1, 2, 6])
    assert np.isnan(panels.spread_over_seeds(samples)[:, 1]).all()


@pytest.mark.parametrize(
    ("low", "high", "midway"),
    [(1e-13, 1e-3, 1e-8), (1e-220, 1e-200, 1e-210)],  # the product of the second pair underflows
)
def test_spread_on_a_log_axis_is_midway_in_decades(low, high, midway):
    samples = np.array([[high], [low]])
    np.testing.assert_allclose(panels.spread_over_seeds(samples, log=True)[1], midway)
    np.testing.assert_allclose(panels.spread_over_seeds(samples)[1], high / 2)


def test_spread_midway_to_a_zero_does_not_hang_on_the_floor():
    samples = np.array([[0.0], [0.1]])
    for floor in (1e-5, 1e-14):
        np.testing.assert_allclose(
            panels.spread_over_seeds(samples, log=True, floor=floor)[:, 0], [floor, 0.05, 0.1]
        )


def test_spread_counts_zeros_as_the_floor():
    samples = np.array([[0.0], [0.0], [1.0]])
    np.testing.assert_allclose(panels.spread_over_seeds(samples, log=True, floor=1e-5)[:, 0], [1e-5, 1e-5, 1])
