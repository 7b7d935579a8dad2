"""What a rule makes of the evidence: a cause, how certain, and why."""

from __future__ import annotations

from dataclasses import dataclass

from dlkeras.diagnosis.problem import Change


@dataclass(frozen=True)
class Suspect:
    """A cause that the evidence speaks for.

    Attributes:
        cause: A word of `words.CAUSES`.
        weight: How much speaks for it, 0 to 1. What cannot be right is 0.9 and more, what is usually harmful
            0.6 to 0.9, what may be harmful less.
        because: Why, as a sentence with its numbers and what would be normal.
        change: What to change.
        layer: Where; None for no layer.
        is_error: Whether it is to be told of a training that seems to go well too.
        symptom: What it looks like, where the cause alone tells; None to go by what was seen.
    """

    cause: str
    weight: float
    because: str
    change: Change
    layer: str | None = None
    is_error: bool = False
    symptom: str | None = None
