"""The record of a finding, and the words of its verdict."""

from __future__ import annotations

from dataclasses import dataclass

SUPPORTED, CONTRADICTED, UNDECIDED = "supported", "contradicted", "undecided"
NOT_MEASURABLE = "not measurable"
MARKS = {SUPPORTED: "✓", CONTRADICTED: "✗", UNDECIDED: "?", NOT_MEASURABLE: "–"}
# In a terminal.
COLORS = {SUPPORTED: "green", CONTRADICTED: "red", UNDECIDED: "yellow", NOT_MEASURABLE: "dim"}


@dataclass(frozen=True)
class Finding:
    """A statement of the course beside what was measured.

    Args:
        statement: The statement, as the course makes it.
        measured: What was measured, in words.
        effect: Mean over seeds, difference of two such means, or share of seeds, in `unit`.
        interval: Confidence interval of the effect; NaN at both ends for the mean of a single seed.
        unit: Unit of effect, interval and threshold.
        n: Number of seeds; the smaller number where two things have seeds of their own.
        side: "above" or "below": on which side of the threshold the statement claims the effect to be.
        threshold: The smallest effect that matters.
        verdict: `SUPPORTED`, `CONTRADICTED` or `UNDECIDED`; `NOT_MEASURABLE` where a seed has no finite
            number: effect and interval are NaN then.
        note: On what it depends.
        promised: The verdict that the lab's docstring promises, or None.
        confidence: Level of the interval, in (0, 1).
        method: What the interval is: "bootstrap t" over seeds, over differences "paired by seed" or over "two
            samples" (`mean_interval`), or "exact binomial" (`share_interval`).
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
    method: str = "bootstrap t"

    @property
    def is_broken_promise(self) -> bool:
        """Whether a verdict was promised and another came out."""
        return self.promised is not None and self.verdict != self.promised
