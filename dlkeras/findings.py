"""From samples over seeds to a finding: effect, interval, and a verdict that is computed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.stats

SUPPORTED, CONTRADICTED, UNDECIDED = "supported", "contradicted", "undecided"
MIN_SEEDS = 5  # with fewer, an interval says more about its assumptions than about the data


@dataclass(frozen=True)
class Finding:
    """A statement of the course beside what was measured.

    Args:
        statement: The statement, as the course makes it.
        measured: What was measured, in words.
        effect: Mean over seeds, in `unit`.
        interval: Confidence interval of the mean.
        unit: Unit of effect, interval and threshold.
        n: Number of seeds.
        side: "above" or "below": on which side of the threshold the statement claims the effect to be.
        threshold: The smallest effect that matters.
        verdict: "supported", "contradicted" or "undecided".
        note: On what it depends.
        promised: The verdict that the lab's docstring promises, or None.
    """

    statement: str
    measured: str
    effect: float
    interval: tuple[float, float]
    unit: str
    n: int
    side: str
    threshold: float
    verdict: str
    note: str = ""
    promised: str | None = None

    @property
    def is_broken_promise(self) -> bool:
        """Whether a verdict was promised and another came out."""
        return self.promised is not None and self.verdict != self.promised


def judge(
    statement: str,
    measured: str,
    samples: Sequence[float],
    *,
    unit: str,
    above: float | None = None,
    below: float | None = None,
    confidence: float = 0.95,
    note: str = "",
    promised: str | None = None,
) -> Finding:
    """Judges a statement that claims an effect above, or below, a threshold.

    Supported where the whole confidence interval of the mean lies beyond the threshold, contradicted where
    all of it lies on the other side, undecided otherwise and with fewer than five seeds. So a statement
    without any truth to it, with its effect on the threshold, is called supported in at most
    (1 - confidence) / 2 of experiments.

    Args:
        statement: The statement, as the course makes it.
        measured: What was measured, in words.
        samples: The effect by seed, (n,); the difference of a pair where two things are compared at the same
            seeds.
        unit: Unit of the samples.
        above: The statement claims an effect above this, the smallest that matters. Give this or `below`.
        below: The statement claims an effect below this.
        confidence: Level of the interval, in (0, 1).
        note: On what it depends.
        promised: The verdict that the lab's docstring promises.

    Returns:
        The finding. Its interval is Student's t interval of the mean; (NaN, NaN) for a single seed.

    Raises:
        ValueError: If `samples` is empty, not one-dimensional or not finite, if not exactly one of `above`
            and `below` is given, or if `confidence` is not in (0, 1).

    Example:
        >>> gains = [0.10, 0.12, 0.11, 0.09, 0.10]
        >>> finding = judge("Depth helps.", "accuracy gained", gains, unit="share", above=0.05)
        >>> finding.verdict
        'supported'
    """
    samples = np.asarray(samples, np.float64)
    if samples.ndim != 1 or samples.size == 0 or not np.isfinite(samples).all():
        raise ValueError(
            f"`samples` must be finite numbers, one for each seed. Received: samples={samples!r}"
        )
    if (above is None) == (below is None):
        raise ValueError(f"Give one of `above` and `below`. Received: above={above}, below={below}")
    if not 0 < confidence < 1:
        raise ValueError(f"`confidence` must be between 0 and 1. Received: confidence={confidence}")
    low, high = mean_interval(samples, confidence)
    threshold = above if above is not None else below
    over, under = (high, low) if below is not None else (-low, -high)
    bound = threshold if below is not None else -threshold
    if len(samples) < MIN_SEEDS:
        verdict = UNDECIDED
    elif over < bound:
        verdict = SUPPORTED
    elif under > bound:
        verdict = CONTRADICTED
    else:
        verdict = UNDECIDED
    return Finding(
        statement=statement,
        measured=measured,
        effect=float(samples.mean()),
        interval=(low, high),
        unit=unit,
        n=len(samples),
        side="above" if below is None else "below",
        threshold=float(threshold),
        verdict=verdict,
        note=note,
        promised=promised,
    )


def mean_interval(samples: np.ndarray, confidence: float = 0.95) -> tuple[float, float]:
    """Gives Student's t interval of the mean.

    Args:
        samples: One number for each seed, (n,).
        confidence: Level, in (0, 1).

    Returns:
        Low and high end; (NaN, NaN) for a single sample.
    """
    if len(samples) < 2:
        return math.nan, math.nan
    half = scipy.stats.t.ppf((1 + confidence) / 2, len(samples) - 1) * scipy.stats.sem(samples)
    return float(samples.mean() - half), float(samples.mean() + half)
