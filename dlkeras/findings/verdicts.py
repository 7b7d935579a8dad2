"""A statement beside what was measured, and the verdict that follows."""

from __future__ import annotations

import math

from numpy.typing import ArrayLike

from dlkeras.base.finding import FAILS, HOLDS, MIN_SEEDS, Finding
from dlkeras.findings.from_numbers import (
    checked_booleans,
    checked_claim,
    checked_numbers,
    judge_mean,
    read_off,
)
from dlkeras.findings.intervals import share_interval, share_p_value, share_power


def judge(
    statement: str,
    measured: str,
    samples: ArrayLike,
    unit: str,
    *,
    above: float | None = None,
    below: float | None = None,
    baseline: ArrayLike | None = None,
    paired: bool = True,
    trained: ArrayLike | None = None,
    confidence: float = 0.95,
    source: str = "",
    expected: float = math.nan,
    note: str = "",
    promised: str | None = None,
) -> Finding:
    """Judges a statement that claims an effect above, or below, a threshold.

    Supported where the whole confidence interval lies beyond the threshold, contradicted where all of it lies
    on the other side, undecided otherwise and with fewer than five seeds. So a statement without any truth to
    it, with its effect on the threshold, is called supported in at most (1 - confidence) / 2 of experiments,
    as far as the interval keeps its level (see `mean_interval`). Where a seed has no finite number, nothing
    is judged and `note` says how many have none: a mean of the others would flatter. Where all numbers are
    equal the finding is exact, and the verdict follows from the number.

    The mean is that of runs like these. What none of n runs did may still happen in up to
    1 - 0.025^(1 / n) of runs (17 % for 20), and no interval of a mean knows of it. Where some runs train and
    others do not, say which: judge the share of those that trained by `judge_share`, and here their mean.

    Args:
        statement: The statement, as its source makes it.
        measured: What was measured, in words.
        samples: The effect by seed, (n,).
        unit: Unit of the samples. For a ratio, or what spans decades, use `judge_ratio`.
        above: The statement claims an effect above this, the smallest that matters. Give this or `below`.
        below: The statement claims an effect below this.
        baseline: What to subtract from the samples: another measurement at the same seeds in the same order,
            (n,), so that what both owe to the seed cancels.
        paired: False where the baseline has seeds of its own, (m,): two independent samples.
        trained: Whether a seed's run trained, (n,) bool: those that did are judged, and `note` says how many
            did, with the interval of their share. None for all.
        confidence: Level of the interval, in (0, 1).
        source: Who makes the statement.
        expected: The number that the source, or theory, has for the effect, in `unit`; NaN for none.
        note: On what it depends.
        promised: The verdict that a run with at least twenty seeds must come to.

    Returns:
        The finding.

    Raises:
        ValueError: If `samples` or `baseline` is empty or not one-dimensional, if they or `trained` differ in
            length though paired, if not exactly one of `above` and `below` is given, if that is not finite or
            `confidence` not in (0, 1), or if `unit` is "×".

    Example:
        >>> gains = [0.10, 0.12, 0.11, 0.09, 0.10, 0.11]
        >>> finding = judge("Depth helps.", "accuracy gained", gains, unit="share", above=0.05)
        >>> finding.verdict
        'supported'
    """
    if unit == "×":
        raise ValueError("`unit` must not be ×: a ratio is judged by its logarithm. Use `judge_ratio`.")
    words = {"statement": statement, "measured": measured, "unit": unit, "source": source, "note": note}
    words |= {"expected": expected, "promised": promised}
    claim = checked_claim(above, below, confidence)
    return judge_mean(words, samples, baseline, paired, trained, *claim, confidence, logs=False)


def judge_ratio(
    statement: str,
    measured: str,
    samples: ArrayLike,
    baseline: ArrayLike | None = None,
    *,
    unit: str = "×",
    above: float | None = None,
    below: float | None = None,
    paired: bool = True,
    trained: ArrayLike | None = None,
    confidence: float = 0.95,
    source: str = "",
    expected: float = math.nan,
    note: str = "",
    promised: str | None = None,
) -> Finding:
    """Judges a statement on a ratio, or on numbers above 0 that span decades.

    The logarithms are judged, as `judge` does, so that twice and half are equally far from 1: the mean of
    ratios of equal things is above 1, that of their logarithms is 0. Effect and interval are turned back, the
    effect into a geometric mean.

    Args:
        statement: The statement, as its source makes it.
        measured: What was measured, in words.
        samples: A number above 0 for each seed, (n,).
        baseline: What to divide the samples by, (n,), or (m,) if not paired; None where they are ratios.
        unit: "×" for a ratio, or the unit of the samples.
        above: The statement claims a ratio above this, which is above 0. Give this or `below`.
        below: The statement claims a ratio below this.
        paired: As in `judge`.
        trained: As in `judge`.
        confidence: Level of the interval, in (0, 1).
        source: Who makes the statement.
        expected: The number that the source, or theory, has for the effect, in `unit`; NaN for none.
        note: On what it depends.
        promised: The verdict that a run with at least twenty seeds must come to.

    Returns:
        The finding. It is not measurable where a number is not finite or not above 0.

    Raises:
        ValueError: As in `judge`, and if the threshold is not above 0.

    Example:
        >>> slow, quick = [40, 50, 44, 48, 60, 52, 45, 50], [10, 11, 11, 10, 13, 12, 10, 11]
        >>> finding = judge_ratio("Momentum is faster.", "steps without over with", slow, quick, above=2)
        >>> finding.verdict, round(finding.effect, 1)
        ('supported', 4.4)
    """
    words = {"statement": statement, "measured": measured, "unit": unit, "source": source, "note": note}
    words |= {"expected": expected, "promised": promised}
    side, threshold = checked_claim(above, below, confidence)
    if threshold <= 0:
        raise ValueError(f"`{side}` must be above 0 for a ratio. Received: {side}={threshold:g}")
    return judge_mean(words, samples, baseline, paired, trained, side, threshold, confidence, logs=True)


def judge_share(
    statement: str,
    measured: str,
    successes: ArrayLike,
    *,
    above: float | None = None,
    below: float | None = None,
    confidence: float = 0.95,
    source: str = "",
    note: str = "",
    promised: str | None = None,
) -> Finding:
    """Judges a statement that claims that more, or less, than a share of seeds has a property.

    The verdict is read off the interval as in `judge`; the interval is the exact binomial one.

    Args:
        statement: The statement, as its source makes it.
        measured: What was counted, in words.
        successes: Whether a seed has the property, (n,) bool.
        above: The statement claims a share above this. Give this or `below`.
        below: The statement claims a share below this.
        confidence: Level of the interval, in (0, 1).
        source: Who makes the statement.
        note: On what it depends.
        promised: The verdict that a run with at least twenty seeds must come to.

    Returns:
        The finding; its effect is the share.

    Raises:
        TypeError: If `successes` are not booleans.
        ValueError: If `successes` is empty or not one-dimensional, if not exactly one of `above` and `below`
            is given, or if `confidence` is not in (0, 1).

    Example:
        >>> solved = [True] * 17 + [False] * 3
        >>> finding = judge_share("Most seeds solve XOR.", "seeds without an error", solved, above=0.5)
        >>> finding.effect, finding.verdict
        (0.85, 'supported')
    """
    successes = checked_booleans("successes", successes)
    side, threshold = checked_claim(above, below, confidence)
    record = {
        **{"statement": statement, "measured": measured, "unit": "of seeds", "source": source, "note": note},
        **{"promised": promised, "confidence": confidence, "method": "exact binomial"},
        **{"n": len(successes), "side": side, "threshold": threshold, "samples": tuple(successes.tolist())},
    }
    if len(successes) >= MIN_SEEDS:
        record["p_value"] = share_p_value(successes, threshold)
        record["power"] = share_power(successes, threshold, confidence)
    return read_off(record, float(successes.mean()), share_interval(successes, confidence=confidence))


def check(
    statement: str,
    measured: str,
    samples: ArrayLike,
    unit: str = "",
    *,
    above: float | None = None,
    below: float | None = None,
    source: str = "",
    expected: float = math.nan,
    note: str = "",
) -> Finding:
    """Checks what must hold at every seed, because it is a theorem or what correct code does.

    It is no verdict on a statement of the course: nothing is left to chance, so there is no interval.

    Args:
        statement: What must hold.
        measured: What was measured, in words.
        samples: A number for each seed, (n,).
        unit: Unit of the samples.
        above: Every number must be above this. Give this or `below`.
        below: Every number must be below this.
        source: Where it comes from.
        expected: The number that the source has for it, in `unit`; NaN for none.
        note: On what it depends.

    Returns:
        The finding, whose verdict is `HOLDS` or `FAILS`.

    Raises:
        ValueError: As in `judge`.

    Example:
        >>> check("Rows of softmax add up to 1.", "largest |sum − 1|", [1e-7, 2e-7], below=1e-5).verdict
        'holds'
    """
    numbers = checked_numbers("samples", samples)
    side, threshold = checked_claim(above, below, 0.5)
    worst = numbers.min() if side == "above" else numbers.max()  # NaN if there is one
    keeps = worst > threshold if side == "above" else worst < threshold
    return Finding(
        statement=statement,
        measured=measured,
        effect=float(worst),
        interval=(float(numbers.min()), float(numbers.max())),
        unit=unit,
        n=len(numbers),
        side=side,
        threshold=threshold,
        verdict=HOLDS if keeps else FAILS,
        note=note,
        method="every seed",
        source=source,
        expected=expected,
        samples=tuple(numbers.tolist()),
    )
