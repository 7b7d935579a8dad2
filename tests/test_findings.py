"""Verdicts follow from the interval, and from nothing else."""

import math

import numpy as np
import pytest
from refusals import refuses

from dlkeras.findings import judge, judge_share, mean_interval, share_interval

WORDS = {"statement": "s", "measured": "m"}


def found(samples, **claim):
    return judge(samples=samples, unit="u", **WORDS, **claim)


def verdict(samples, **claim):
    return found(samples, **claim).verdict


def test_verdict_follows_the_interval():
    near_one = [0.9, 1.0, 1.1, 0.95, 1.05]
    assert verdict(near_one, above=0.5) == "supported"
    assert verdict(near_one, above=1.5) == "contradicted"
    assert verdict(near_one, above=1.0) == "undecided"
    assert verdict(near_one, below=1.5) == "supported"
    assert verdict(near_one, below=0.5) == "contradicted"
    assert verdict(near_one, below=1.0) == "undecided"


def test_an_effect_on_the_threshold_is_undecided():
    assert verdict([0.1] * 7, above=0.1) == verdict([0.1] * 7, below=0.1) == "undecided"


def test_four_seeds_are_never_enough():
    assert verdict([1.0] * 4, above=0.0) == "undecided"
    assert verdict([1.0] * 5, above=0.0) == "supported"
    assert verdict([1.0] * 9, baseline=[0.0] * 4, paired=False, above=0.5) == "undecided"


def test_finding_holds_what_was_measured():
    samples = np.random.default_rng(0).normal(0, 1, 6)
    finding = found(samples, below=2, confidence=0.9, note="n")
    assert finding.effect == samples.mean()
    assert finding.interval == mean_interval(samples, confidence=0.9)
    assert (finding.n, finding.side, finding.threshold) == (6, "below", 2)
    assert (finding.confidence, finding.method, finding.note) == (0.9, "bootstrap t", "n")


def test_pairs_cancel_what_they_owe_to_the_seed():
    rng = np.random.default_rng(0)
    seeds = rng.normal(0, 10, 8)
    samples, baseline = seeds + 1 + rng.normal(0, 0.1, 8), seeds
    paired = found(samples, baseline=baseline, above=0)
    assert paired.verdict == "supported"
    assert paired.interval == mean_interval(samples - baseline)
    assert paired.method == "bootstrap t, paired by seed"

    apart = found(samples, baseline=baseline, paired=False, above=0)
    assert apart.verdict == "undecided"
    assert apart.interval == mean_interval(samples, baseline)
    assert apart.method == "bootstrap t, two samples"
    assert apart.effect == pytest.approx(paired.effect)


def test_two_samples_may_differ_in_length():
    finding = found(
        [2.0, 2.1, 1.9, 2.0, 2.0, 2.1], baseline=[1.0, 1.1, 0.9, 1.0, 1.0], paired=False, above=0.5
    )
    assert (finding.verdict, finding.n) == ("supported", 5)


def test_a_true_effect_is_found():
    rng = np.random.default_rng(0)
    assert [verdict(rng.normal(2, 1, 20), above=1.0) for _ in range(100)].count("supported") > 95


def test_share_of_seeds():
    solved = [True] * 17 + [False] * 3
    finding = judge_share(successes=solved, above=0.5, **WORDS)
    assert (finding.effect, finding.n, finding.verdict) == (0.85, 20, "supported")
    assert finding.interval == share_interval(np.array(solved))
    assert (finding.unit, finding.method) == ("of seeds", "exact binomial")
    assert judge_share(successes=solved, below=0.5, **WORDS).verdict == "contradicted"
    assert judge_share(successes=solved, above=0.8, **WORDS).verdict == "undecided"
    assert judge_share(successes=[True] * 4, above=0.1, **WORDS).verdict == "undecided"


def test_promise():
    kept = found([1.0] * 5, above=0.5, promised="supported")
    broken = found([1.0] * 5, above=0.5, promised="contradicted")
    none = found([1.0] * 5, above=0.5)
    assert [f.is_broken_promise for f in (kept, broken, none)] == [False, True, False]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"samples": [], "above": 0},
            "`samples` must be one number for each seed. Received: samples of shape (0,)",
        ),
        (
            {"samples": [1.0, 2.0], "baseline": [1.0], "above": 0},
            "`baseline` must have a number for each of `samples`, of the same seeds in the same order. "
            "Received: 2 samples, 1 in baseline. Pass paired=False if it has seeds of its own.",
        ),
        ({"samples": [1.0]}, "Give one of `above` and `below`. Received: above=None, below=None"),
        (
            {"samples": [1.0], "above": 0, "below": 1},
            "Give one of `above` and `below`. Received: above=0, below=1",
        ),
        (
            {"samples": [1.0], "above": math.nan},
            "`above` or `below` must be finite. Received: above=nan, below=None",
        ),
        (
            {"samples": [1.0], "above": 0, "confidence": 1},
            "`confidence` must be between 0 and 1. Received: confidence=1",
        ),
    ],
)
def test_errors(arguments, message):
    with refuses(message):
        found(**arguments)


@pytest.mark.parametrize(
    ("options", "lost"),
    [
        ({"samples": [1.0, math.nan, math.inf, 2.0, 3.0]}, "2 of 5"),
        ({"samples": [1.0] * 5, "baseline": [0.0] * 4 + [-math.inf]}, "1 of 5"),
        ({"samples": [math.inf] * 5, "baseline": [math.inf] * 5}, "5 of 5"),
        ({"samples": [1.0] * 5, "baseline": [0.0, math.nan], "paired": False}, "1 of 7"),
    ],
    ids=str,
)
def test_a_seed_without_a_number_leaves_nothing_to_judge(options, lost):
    finding = found(**options, above=0, promised="supported", note="At rate 1.")
    assert finding.verdict == "not measurable"
    assert finding.note == f"{lost} numbers are not finite. At rate 1."
    assert math.isnan(finding.effect)
    assert all(map(math.isnan, finding.interval))
    assert finding.is_broken_promise


def test_errors_of_a_share():
    with refuses("`successes` must be booleans. Received: successes of dtype int64", TypeError):
        judge_share(successes=[1, 0], above=0.5, **WORDS)
    with refuses("`successes` must be one for each seed. Received: successes of shape (0,)"):
        judge_share(successes=[], above=0.5, **WORDS)
    with refuses("Give one of `above` and `below`. Received: above=None, below=None"):
        judge_share(successes=[True], **WORDS)
