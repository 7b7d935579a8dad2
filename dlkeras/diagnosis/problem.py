"""A problem, as a record."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Change:
    """One change of a training.

    Attributes:
        words: What to change, as a sentence.
        code: The same in Keras.
        settings: What `try_changes` makes of it; empty for what only the user can do.
    """

    words: str
    code: str
    settings: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """What is wrong, and why.

    Attributes:
        name: The symptom, a word of `words.SYMPTOMS`.
        causes: What may be the reason, the most certain first: words of `words.CAUSES`.
        evidence: What was seen, with its numbers and what would be normal.
        change: What to change for the first cause.
        layer: Where it was seen; None for no layer.
        step: When something was NaN or infinite for the first time; None if nothing was.
        certainty: From 0 to 1, to put problems in order by; no probability.
        lab: The number of the lab that shows it, or None.
    """

    name: str
    causes: tuple[str, ...]
    evidence: str
    change: Change
    layer: str | None = None
    step: int | None = None
    certainty: float = 0.5
    lab: int | None = None
