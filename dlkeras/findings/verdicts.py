"""A statement beside what was measured, and the verdict that follows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlkeras.base.finding import CONTRADICTED, NOT_MEASURABLE, SUPPORTED, UNDECIDED, Finding
from dlkeras.findings.intervals import mean_interval, share_interval

MIN_SEEDS = 5  # with fewer, an interval says more about its assumptions than about the data


def judge(
    statement: str,
    measured: str,
    samples: Sequence[float],
    unit: str,
    *,
    above: float | None = None,
    below: float | None = None,
    baseline: Sequence[float] | None = None,
    paired: bool = True,
    confidence: float = 0.95,
    note: str = "",
    promised: str | None = None,
) -> Finding:
    """Judges a statement that claims an effect above, or below, a threshold.

    Supported where the whole confidence interval lies beyond the threshold, contradicted where all of it lies
    on the other side, undecided otherwise and with fewer than five seeds. So a statement without any truth to
    it, with its effect on the threshold, is called supported in at most (1 - confidence) / 2 of experiments,
    as far as the interval keeps its level (see `mean_interval`). Where a seed has no finite number, nothing
    is judged and `note` says how many have none: a mean of the others would flatter.

    Args:
        statement: The statement, as the course makes it.
        measured: What was measured, in words.
        samples: The effect by seed, (n,).
        unit: Unit of the samples.
        above: The statement claims an effect above this, the smallest that matters. Give this or `below`.
        below: The statement claims an effect below this.
        baseline: What to subtract from the samples: another measurement at the same seeds in the same order,
            (n,), so that what both owe to the seed cancels.
        paired: False where the baseline has seeds of its own, (m,): two independent samples.
        confidence: Level of the interval, in (0, 1).
        note: On what it depends.
        promised: The verdict that the lab's docstring promises.

    Returns:
        The finding.

    Raises:
        ValueError: If `samples` or `baseline` is empty or not one-dimensional, if they differ in length
            though paired, if not exactly one of `above` and `below` is given, or if that is not finite or
            `confidence` not in (0, 1).

    Example:
        >>> gains = [0.10, 0.12, 0.11, 0.09, 0.10]
        >>> finding = judge("Depth helps.", "accuracy gained", gains, unit="share", above=0.05)
        >>> finding.verdict
        'supported'
    """
    parts, method = [_checked_numbers("samples", samples)], "bootstrap t"
    if baseline is not None:
        parts.append(_checked_numbers("baseline", baseline))
        method += ", paired by seed" if paired else ", two samples"
    if paired and baseline is not None:
        if len(parts[0]) != len(parts[1]):
            raise ValueError(
                "`baseline` must have a number for each of `samples`, of the same seeds in the same order. "
                f"Received: {len(parts[0])} samples, {len(parts[1])} in baseline. "
                "Pass paired=False if it has seeds of its own."
            )
        with np.errstate(invalid="ignore"):  # infinity from infinity
            parts = [parts[0] - parts[1]]
    _check_claim(above, below, confidence)
    interval, effect = (np.nan, np.nan), np.nan
    if num_lost := sum(int(np.sum(~np.isfinite(part))) for part in parts):
        note = f"{num_lost} of {sum(map(len, parts))} numbers are not finite. {note}".rstrip()
    else:
        interval = mean_interval(*parts, confidence=confidence)
        effect = float(parts[0].mean() - sum(part.mean() for part in parts[1:]))
    return _read_off(
        interval,
        above,
        below,
        statement=statement,
        measured=measured,
        effect=effect,
        unit=unit,
        n=min(map(len, parts)),
        note=note,
        promised=promised,
        confidence=confidence,
        method=method,
    )


def judge_share(
    statement: str,
    measured: str,
    successes: Sequence[bool],
    *,
    above: float | None = None,
    below: float | None = None,
    confidence: float = 0.95,
    note: str = "",
    promised: str | None = None,
) -> Finding:
    """Judges a statement that claims that more, or less, than a share of seeds has a property.

    The verdict is read off the interval as in `judge`.

    Args:
        statement: The statement, as the course makes it.
        measured: What was counted, in words.
        successes: Whether a seed has the property, (n,) bool.
        above: The statement claims a share above this. Give this or `below`.
        below: The statement claims a share below this.
        confidence: Level of the interval, in (0, 1).
        note: On what it depends.
        promised: The verdict that the lab's docstring promises.

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
    successes = np.asarray(successes)
    if successes.ndim != 1 or not successes.size:
        raise ValueError(
            f"`successes` must be one for each seed. Received: successes of shape {successes.shape}"
        )
    if successes.dtype != bool:
        raise TypeError(f"`successes` must be booleans. Received: successes of dtype {successes.dtype}")
    _check_claim(above, below, confidence)
    return _read_off(
        share_interval(successes, confidence=confidence),
        above,
        below,
        statement=statement,
        measured=measured,
        effect=float(successes.mean()),
        unit="of seeds",
        n=len(successes),
        note=note,
        promised=promised,
        confidence=confidence,
        method="exact binomial",
    )


def _read_off(
    interval: tuple[float, float], above: float | None, below: float | None, *, n: int, **fields
) -> Finding:
    """Makes a finding whose verdict follows from the interval."""
    low, high = interval
    threshold = above if below is None else below
    is_above, is_below = low > threshold, high < threshold
    verdict = UNDECIDED
    if not np.isfinite(fields["effect"]):
        verdict = NOT_MEASURABLE
    elif n >= MIN_SEEDS and (is_above or is_below):
        verdict = SUPPORTED if is_above == (below is None) else CONTRADICTED
    side = "above" if below is None else "below"
    return Finding(interval=interval, n=n, side=side, threshold=float(threshold), verdict=verdict, **fields)


def _checked_numbers(argument: str, values: Sequence[float]) -> np.ndarray:
    values = np.asarray(values, np.float64)
    if values.ndim != 1 or not values.size:
        raise ValueError(
            f"`{argument}` must be one number for each seed. Received: {argument} of shape {values.shape}"
        )
    return values


def _check_claim(above: float | None, below: float | None, confidence: float) -> None:
    if (above is None) == (below is None):
        raise ValueError(f"Give one of `above` and `below`. Received: above={above}, below={below}")
    if not np.isfinite(above if below is None else below):
        raise ValueError(f"`above` or `below` must be finite. Received: above={above}, below={below}")
    if not 0 < confidence < 1:
        raise ValueError(f"`confidence` must be between 0 and 1. Received: confidence={confidence}")
