"""Intervals against samples whose true mean is known, against Student, and where there is no spread."""

import math

import numpy as np
import pytest
import scipy.stats

from dlkeras.findings import mean_interval, share_interval
from dlkeras.findings.intervals import mean_test, share_p_value

EXPERIMENTS = 1000
# 2.5 % on either side are expected; 40 is three standard errors of 1,000 experiments above.
MOST = 40

# Each has the true mean 0; gamma of shape 8 has a skewness of 0.7, exponential of 2, lognormal of 6.
SHAPES = {
    "normal": lambda rng, size: rng.normal(0, 1, size),
    "uniform": lambda rng, size: rng.uniform(-1, 1, size),
    "long tails": lambda rng, size: rng.standard_t(3, size),
    "skewed": lambda rng, size: rng.gamma(8, 1, size) - 8,
    "exponential": lambda rng, size: 1 - rng.exponential(1, size),
    "lognormal": lambda rng, size: np.exp(rng.normal(0, 1, size)) - np.exp(0.5),
}


def wholly_on_one_side(interval, *samples):
    """Counts the intervals that lie wholly above 0, and wholly below."""
    low, high = interval(*samples)
    return np.sum(low > 0), np.sum(high < 0)


@pytest.mark.parametrize("seeds", [5, 10, 20, 100])
@pytest.mark.parametrize("shape", SHAPES)
def test_no_effect_is_mistaken_at_the_stated_rate_at_most(shape, seeds):
    samples = SHAPES[shape](np.random.default_rng(seeds), (EXPERIMENTS, seeds))
    above, below = wholly_on_one_side(mean_interval, samples)
    assert max(above, below) <= MOST


@pytest.mark.parametrize(("seeds", "scales"), [((5, 5), (1, 4)), ((10, 5), (1, 3))])
def test_two_samples_keep_the_rate_too(seeds, scales):
    rng = np.random.default_rng(0)
    samples = [rng.normal(0, s, (EXPERIMENTS, n)) for n, s in zip(seeds, scales, strict=True)]
    above, below = wholly_on_one_side(mean_interval, *samples)
    assert max(above, below) <= MOST


def test_the_count_can_fail():
    def students(samples):
        return scipy.stats.ttest_1samp(samples, 0, axis=-1).confidence_interval(0.95)

    samples = SHAPES["lognormal"](np.random.default_rng(20), (EXPERIMENTS, 20))
    _, below = wholly_on_one_side(students, samples)
    assert below > 2 * MOST


@pytest.mark.parametrize("threshold", [-0.3, 0.2, 1.0])
def test_p_value_is_where_the_interval_ends_at_the_threshold(threshold):
    samples, baseline = np.random.default_rng(0).gamma(1, 1, (2, 20))
    for parts in ((samples,), (samples, baseline)):
        test = mean_test(*parts)
        low, high = test.interval(1 - test.p_value(threshold))
        assert min(abs(low - threshold), abs(high - threshold)) < 1e-9


def test_p_value_of_a_share_is_where_the_interval_ends_at_the_threshold():
    successes = np.arange(20) < 15
    low, _ = share_interval(successes, confidence=1 - share_p_value(successes, 0.5))
    assert low == pytest.approx(0.5)
    # A coin that falls on one side 15 times of 20 or more often: 2 * 0.0207.
    assert share_p_value(successes, 0.5) == pytest.approx(0.0414, abs=1e-4)


def test_intervals_of_many_experiments_are_those_of_each():
    samples = np.random.default_rng(0).normal(0, 1, (3, 7))
    low, high = mean_interval(samples)
    for i, own in enumerate(samples):
        np.testing.assert_allclose(mean_interval(own), (low[i], high[i]), rtol=1e-12)
        assert mean_interval(own) == mean_interval(own)


def test_with_many_seeds_it_is_students():
    samples = np.random.default_rng(0).normal(3, 2, 1000)
    theirs = scipy.stats.ttest_1samp(samples, 0).confidence_interval(0.9)
    np.testing.assert_allclose(mean_interval(samples, confidence=0.9), theirs, atol=0.01)
    other = np.random.default_rng(1).normal(1, 5, 500)
    theirs = scipy.stats.ttest_ind(samples, other, equal_var=False).confidence_interval(0.95)
    np.testing.assert_allclose(mean_interval(samples, other), theirs, atol=0.02)


def test_with_few_seeds_it_is_never_narrower_than_students():
    for own in np.random.default_rng(0).gamma(1, 1, (20, 5)):
        low, high = scipy.stats.ttest_1samp(own, 0).confidence_interval(0.95)
        assert mean_interval(own)[0] <= low + 1e-12
        assert mean_interval(own)[1] >= high - 1e-12


def test_interval_moves_and_stretches_with_the_samples():
    samples = np.random.default_rng(0).normal(0, 1, 8)
    expected = 100 - 3 * np.array(mean_interval(samples))[::-1]
    np.testing.assert_allclose(mean_interval(100 - 3 * samples), expected, rtol=1e-3)


@pytest.mark.parametrize("value", [0.0, 0.1, -1e30])
def test_equal_samples_give_a_sharp_interval(value):
    assert mean_interval(np.full(7, value)) == (value, value)
    assert mean_interval(np.full(7, value), np.full(5, value)) == (0, 0)


def test_ties_give_a_finite_interval():
    low, high = mean_interval(np.array([1.0, 1.0, 1.0, 1.0, 0.99]))
    assert 0.9 < low < 0.99
    assert 1.0 < high < 1.01


def test_one_sample_has_no_interval():
    assert all(math.isnan(end) for end in mean_interval(np.array([1.0])))


def test_share_interval_is_the_exact_one():
    # Clopper and Pearson by its definition: the ends where as extreme a count has a chance of 2.5 %.
    low, high = share_interval(np.array([True] * 17 + [False] * 3))
    assert scipy.stats.binom.sf(16, 20, low) == pytest.approx(0.025)
    assert scipy.stats.binom.cdf(17, 20, high) == pytest.approx(0.025)
    assert share_interval(np.ones(20, bool))[1] == 1
