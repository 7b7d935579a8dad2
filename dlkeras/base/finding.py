"""The record of a finding, and the words of its verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass

SUPPORTED, CONTRADICTED, UNDECIDED = "supported", "contradicted", "undecided"
NOT_MEASURABLE = "not measurable"
HOLDS, FAILS = "holds", "fails"  # of a check
MARKS = {SUPPORTED: "✓", CONTRADICTED: "✗", UNDECIDED: "?", NOT_MEASURABLE: "–", HOLDS: "✓", FAILS: "✗"}
# In a terminal.
COLORS = {
    **{SUPPORTED: "green", CONTRADICTED: "red", UNDECIDED: "yellow", NOT_MEASURABLE: "dim"},
    **{HOLDS: "green", FAILS: "red"},
}
MIN_SEEDS = 5  # with fewer, an interval says more about its assumptions than about the data
PROMISE_SEEDS = 20  # the least for which a verdict may be promised


@dataclass(frozen=True)
class Finding:
    """A statement beside what was measured.

    Args:
        statement: The statement, as its source makes it.
        measured: What was measured, in words.
        effect: Mean over seeds, difference of two such means, ratio, or share of seeds, in `unit`; for a
            check, the seed's number that is the nearest to the limit or the furthest beyond it.
        interval: Confidence interval of the effect; NaN at both ends for the mean of a single seed. For a
            check, the least and the largest number.
        unit: Unit of effect, interval and threshold.
        n: Number of seeds; the smaller number where two things have seeds of their own.
        side: "above" or "below": on which side of the threshold the statement claims the effect to be.
        threshold: The smallest effect that matters.
        verdict: `SUPPORTED`, `CONTRADICTED` or `UNDECIDED`; `NOT_MEASURABLE` where a seed has no finite
            number: effect and interval are NaN then. `HOLDS` or `FAILS` for a check.
        note: On what it depends.
        promised: The verdict that a run with the lab's own settings must come to, or None.
        confidence: Level of the interval, in (0, 1).
        method: What the interval is, in words.
        source: Who makes the statement.
        expected: The number that the source, or theory, has for the effect, in `unit`; NaN for none.
        p_value: The chance of an effect this far from the threshold if the true one were on it, at most; NaN
            where nothing is left to chance (equal numbers, a check) or nothing is judged.
        power: The chance that as many new seeds, as far apart as these, come to the same verdict; NaN where
            there is none.
        samples: The numbers by seed, as they were given.
        baseline: What was subtracted, or divided by, as it was given; empty for nothing.
        trained: Whether a seed's run trained, where some did not; empty for all.
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
    confidence: float = 0.95
    method: str = "Student’s t"
    source: str = ""
    expected: float = math.nan
    p_value: float = math.nan
    power: float = math.nan
    samples: tuple[float, ...] = ()
    baseline: tuple[float, ...] = ()
    trained: tuple[bool, ...] = ()

    @property
    def is_check(self) -> bool:
        """Whether it is of code or of a theorem, and must hold at every seed."""
        return self.verdict in (HOLDS, FAILS)

    @property
    def is_broken_promise(self) -> bool:
        """Whether a check fails, or of at least twenty seeds another verdict came out than was promised."""
        if self.promised is None or self.verdict == self.promised:
            return self.verdict == FAILS
        return self.n >= PROMISE_SEEDS or self.verdict == NOT_MEASURABLE
