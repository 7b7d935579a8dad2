"""Findings against experiments with a known truth."""

import math

import numpy as np
import pytest
import scipy.stats

from dlkeras.findings import judge, mean_interval

WORDS = {"statement": "s", "measured": "m", "unit": "u"}


def verdict(samples, **claim):
    return judge(samples=samples, **WORDS, **claim).verdict


def test_verdict_follows_the_interval():
    near_one = [0.9, 1.0, 1.1, 0.95, 1.05]
    assert verdict(near_one, above=0.5) == "supported"
    assert verdict(near_one, above=1.5) == "contradicted"
    assert verdict(near_one, above=1.0) == "undecided"
    assert verdict(near_one, below=1.5) == "supported"
    assert verdict(near_one, below=0.5) == "contradicted"
    assert verdict(near_one, below=1.0) == "undecided"


def test_four_seeds_are_never_enough():
    assert verdict([1.0, 1.0, 1.0, 1.0], above=0.0) == "undecided"
    assert verdict([1.0, 1.0, 1.0, 1.0, 1.0], above=0.0) == "supported"


def test_interval_is_students():
    samples = np.random.default_rng(0).normal(3, 2, 12)
    theirs = scipy.stats.ttest_1samp(samples, 0).confidence_interval(0.9)
    np.testing.assert_allclose(mean_interval(samples, 0.9), theirs, rtol=1e-12)
    assert all(math.isnan(end) for end in mean_interval(np.array([1.0])))


@pytest.mark.parametrize("seeds", [5, 20])
def test_false_verdicts_stay_at_the_stated_rate(seeds):
    # 1,000 experiments without an effect: 2.5 % expected on either side; 4 % is three standard errors above.
    rng = np.random.default_rng(seeds)
    verdicts = [verdict(rng.normal(0, 1, seeds), above=0.0) for _ in range(1000)]
    assert verdicts.count("supported") <= 40
    assert verdicts.count("contradicted") <= 40
    # The check can fail: an interval of half the level is wrong far more often.
    narrow = [verdict(rng.normal(0, 1, seeds), above=0.0, confidence=0.5) for _ in range(1000)]
    assert narrow.count("supported") > 150


def test_a_true_effect_is_found():
    rng = np.random.default_rng(0)
    verdicts = [verdict(rng.normal(2, 1, 20), above=1.0) for _ in range(100)]
    assert verdicts.count("supported") > 95


def test_promise():
    kept = judge(samples=[1.0] * 5, above=0.5, promised="supported", **WORDS)
    broken = judge(samples=[1.0] * 5, above=0.5, promised="contradicted", **WORDS)
    none = judge(samples=[1.0] * 5, above=0.5, **WORDS)
    assert [f.is_broken_promise for f in (kept, broken, none)] == [False, True, False]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"samples": [], "above": 0},
            "`samples` must be finite numbers, one for each seed. Received: samples=array([], dtype=float64)",
        ),
        (
            {"samples": [1.0, math.nan], "above": 0},
            "`samples` must be finite numbers, one for each seed. Received: samples=array([ 1., nan])",
        ),
        ({"samples": [1.0]}, "Give one of `above` and `below`. Received: above=None, below=None"),
        (
            {"samples": [1.0], "above": 0, "below": 1},
            "Give one of `above` and `below`. Received: above=0, below=1",
        ),
        (
            {"samples": [1.0], "above": 0, "confidence": 1},
            "`confidence` must be between 0 and 1. Received: confidence=1",
        ),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole message is compared
        judge(**WORDS, **arguments)
    assert str(error.value) == message
