"""Verdicts follow from the interval, and from nothing else."""

import math

import numpy as np
import pytest
import scipy.stats
from refusals import refuses

from dlkeras.findings import check, judge, judge_ratio, judge_share, mean_interval, share_interval

WORDS = {"statement": "s", "measured": "m"}


def found(samples, **claim):
    return judge(samples=samples, unit="u", **WORDS, **claim)


def verdict(samples, **claim):
    return found(samples, **claim).verdict


def test_verdict_follows_the_interval():
    near_one = [0.9, 1.0, 1.1, 0.95, 1.05] * 4
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
    assert math.isnan(found([1.0, 1.1, 1.2, 1.3], above=0.0).p_value)


def test_finding_holds_what_was_measured():
    samples = np.random.default_rng(0).normal(0, 1, 6)
    finding = found(samples, below=2, confidence=0.9, note="n")
    assert finding.effect == samples.mean()
    assert finding.interval == mean_interval(samples, confidence=0.9)
    assert (finding.n, finding.side, finding.threshold) == (6, "below", 2)
    assert (finding.confidence, finding.method, finding.note) == (0.9, "Student’s t", "n")
    assert finding.samples == tuple(samples)
    assert finding.baseline == finding.trained == ()


def test_pairs_cancel_what_they_owe_to_the_seed():
    rng = np.random.default_rng(0)
    seeds = rng.normal(0, 10, 8)
    samples, baseline = seeds + 1 + rng.normal(0, 0.1, 8), seeds
    paired = found(samples, baseline=baseline, above=0)
    assert paired.verdict == "supported"
    assert paired.interval == mean_interval(samples - baseline)
    assert paired.method == "Student’s t, paired by seed"

    apart = found(samples, baseline=baseline, paired=False, above=0)
    assert apart.verdict == "undecided"
    assert apart.interval == mean_interval(samples, baseline)
    assert apart.method == "Student’s t, two samples"
    assert apart.effect == pytest.approx(paired.effect)


def test_two_samples_may_differ_in_length():
    finding = found([2.0, 2.1, 1.9, 2.0, 2.0, 2.1], baseline=[1.0, 1.1, 0.9, 1.0, 1.0], paired=False, above=0)
    assert (finding.verdict, finding.n) == ("supported", 5)


def test_a_true_effect_is_found():
    rng = np.random.default_rng(0)
    assert [verdict(rng.normal(2.3, 1, 20), above=1.0) for _ in range(100)].count("supported") > 95


def test_share_of_seeds():
    solved = [True] * 17 + [False] * 3
    finding = judge_share(successes=solved, above=0.5, **WORDS)
    assert (finding.effect, finding.n, finding.verdict) == (0.85, 20, "supported")
    assert finding.interval == share_interval(np.array(solved))
    assert (finding.unit, finding.method) == ("of seeds", "exact binomial")
    assert judge_share(successes=solved, below=0.5, **WORDS).verdict == "contradicted"
    assert judge_share(successes=solved, above=0.8, **WORDS).verdict == "undecided"
    assert judge_share(successes=[True] * 4, above=0.1, **WORDS).verdict == "undecided"


def test_a_promise_binds_from_twenty_seeds():
    def is_broken(n, verdict):
        return found([1.0] * n, above=0.5, promised=verdict).is_broken_promise

    assert [is_broken(20, v) for v in ("supported", "contradicted", None)] == [False, True, False]
    assert not is_broken(19, "contradicted")


def test_ratios_are_judged_by_their_logarithms():
    rng = np.random.default_rng(0)
    logs = rng.normal(0.5, 0.3, 20)
    ratio = judge_ratio(samples=np.exp(logs), above=1.2, **WORDS)
    plain = found(logs, above=np.log(1.2))
    np.testing.assert_allclose([ratio.effect, *ratio.interval], np.exp([plain.effect, *plain.interval]))
    assert ratio.verdict == plain.verdict
    assert (ratio.p_value, ratio.power) == pytest.approx((plain.p_value, plain.power))
    assert (ratio.unit, ratio.threshold, ratio.method) == ("×", 1.2, "Student’s t of logarithms")


def test_a_ratio_of_two_measurements_and_its_inverse_say_the_same():
    rng = np.random.default_rng(0)
    ours, theirs = np.exp(rng.normal(0, 1, 20)), np.exp(rng.normal(2, 1, 20))
    down = judge_ratio(samples=ours, baseline=theirs, below=0.5, **WORDS)
    up = judge_ratio(samples=theirs, baseline=ours, above=2, **WORDS)
    assert down.verdict == up.verdict == "supported"
    np.testing.assert_allclose([down.effect, *down.interval], 1 / np.array([up.effect, *up.interval[::-1]]))
    assert down.p_value == pytest.approx(up.p_value)
    assert (down.samples, down.baseline) == (tuple(ours), tuple(theirs))
    unit = judge_ratio(samples=ours, unit="steps", above=0.1, **WORDS)
    assert unit.unit == "steps"


def test_two_ratios_far_apart_have_an_interval_without_end():
    finding = judge_ratio(samples=[1e-9, 1e9], above=1, **WORDS)
    assert finding.interval == (0, math.inf)
    assert finding.verdict == "undecided"


def test_numbers_without_a_logarithm_leave_nothing_to_judge():
    finding = judge_ratio(samples=[1.0, 0.0, -1.0, 2.0, math.inf], above=1, **WORDS)
    assert finding.verdict == "not measurable"
    assert finding.note == "3 of 5 numbers are 0 or less, or not finite."


def test_equal_numbers_are_exact():
    finding = found([0.3] * 20, above=0.2)
    assert (finding.verdict, finding.method) == ("supported", "exact, the same at every seed")
    assert (finding.interval, finding.power) == ((0.3, 0.3), 1.0)
    assert math.isnan(finding.p_value)
    pair = judge_ratio(samples=[6.0, 3.0] * 3, baseline=[2.0, 1.0] * 3, above=2, **WORDS)
    assert (pair.method, pair.effect) == ("exact, the same at every seed", pytest.approx(3))


def test_runs_that_did_not_train_are_counted_and_left_out_of_the_mean():
    accuracy = np.r_[np.linspace(0.9, 0.92, 18), 0.1, math.nan]
    trained = accuracy > 0.5
    finding = found(accuracy, trained=trained, above=0.8, note="n")
    assert (finding.verdict, finding.n) == ("supported", 18)
    assert finding.effect == accuracy[:18].mean()
    assert finding.note == "18 of 20 runs trained (68% to 99%); the mean is theirs. n"
    assert finding.trained == tuple(trained)
    assert found(np.linspace(0, 1, 20), trained=[True] * 20, above=0.1).note == ""
    assert found(accuracy, trained=accuracy > 2, above=0.8).verdict == "not measurable"
    assert found(np.r_[accuracy[:19], 0.1], above=0.8).verdict == "undecided"  # mixed in, they decide nothing


def test_a_check_must_hold_at_every_seed():
    held = check(samples=[1e-9, 3e-9, 2e-9], below=1e-8, **WORDS)
    assert (held.verdict, held.effect, held.interval) == ("holds", 3e-9, (1e-9, 3e-9))
    assert held.is_check
    assert not held.is_broken_promise
    for samples in ([1e-9, 3e-8], [1e-9, math.nan]):
        failed = check(samples=samples, below=1e-8, **WORDS)
        assert failed.verdict == "fails"
        assert failed.is_broken_promise
    assert check(samples=[2, 3], above=1, **WORDS).effect == 2


@pytest.mark.parametrize("scale", [1e200, 1e-200])
def test_very_large_and_very_small_numbers_are_judged(scale):
    samples = np.linspace(1, 2, 20) * scale
    finding, plain = found(samples, above=scale), found(samples / scale, above=1)
    np.testing.assert_allclose(np.array(finding.interval) / scale, plain.interval)
    assert finding.verdict == plain.verdict == "supported"
    assert finding.p_value == pytest.approx(plain.p_value)


def test_power_is_how_often_the_verdict_comes_again():
    rng = np.random.default_rng(0)
    samples = scipy.stats.norm.ppf((np.arange(20) + 0.5) / 20)
    samples = 0.8 + samples / samples.std(ddof=1)  # a mean of 3.6 standard errors
    finding = found(samples, above=0)
    again = [verdict(rng.normal(0.8, 1, 20), above=0) for _ in range(400)]
    assert finding.power == pytest.approx(again.count("supported") / 400, abs=0.15)
    assert math.isnan(found(samples, above=0.8).power)
    assert judge_share(successes=[True] * 20, above=0.5, **WORDS).power > 0.99
    assert judge_share(successes=[True] * 20, above=0.8, **WORDS).power < 0.7


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
        (
            {"samples": [1.0, 2.0], "above": 0, "trained": [True]},
            "`trained` must say for each of `samples` whether it trained, and a baseline must be paired. "
            "Received: 1 in trained, 2 numbers",
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


def test_errors_of_a_ratio():
    message = "`unit` must not be ×: a ratio is judged by its logarithm. Use `judge_ratio`."
    with refuses(message):
        judge(samples=[1.0], unit="×", above=1, **WORDS)
    with refuses("`above` must be above 0 for a ratio. Received: above=0"):
        judge_ratio(samples=[1.0], above=0, **WORDS)
