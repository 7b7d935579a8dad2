"""The averages of lab 10, against their weights written out."""

import numpy as np
import pytest
from lab_module import lab_module

AVERAGES = lab_module("lab_10_exponentially_weighted_averages", "averages")


@pytest.mark.parametrize("corrected", [False, True])
def test_an_average_is_the_sum_of_weighted_values(corrected):
    values, beta = np.random.default_rng(0).normal(3, 1, (2, 12)), 0.8
    for t in range(1, 13):
        weights = (1 - beta) * beta ** np.arange(t - 1, -1, -1)  # the newest value is the last
        expected = values[:, :t] @ (weights / weights.sum() if corrected else weights)
        np.testing.assert_allclose(AVERAGES.average(values, beta, corrected)[:, t - 1], expected, rtol=1e-12)


def test_misses_are_all_lag_without_noise_and_all_noise_without_a_slope():
    steps = np.arange(40.0)
    falling, still = np.tile(100 - steps, (3, 1)), np.ones((3, 40))
    for parts in AVERAGES.misses(falling, falling).values():
        assert np.all(parts["noise"] == 0)
        np.testing.assert_allclose(parts["both"], parts["lag"])
    noisy = still + np.random.default_rng(0).normal(0, 0.1, still.shape)
    for parts in AVERAGES.misses(still, noisy).values():
        np.testing.assert_allclose(parts["lag"], 0, atol=1e-12)
        np.testing.assert_allclose(parts["both"], parts["noise"], rtol=1e-9)


def test_on_a_straight_slope_the_lag_is_beta_over_one_minus_beta_steps():
    steps = np.arange(4000.0)
    parts = AVERAGES.misses(steps[None], steps[None])["Steps 2001 to 4000"]
    np.testing.assert_allclose(parts["lag"][0], AVERAGES.WINDOWS - 1, rtol=1e-6)
