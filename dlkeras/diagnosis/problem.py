"""A problem, as a record."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Change:
    """One change of a training: in words, as code, and as settings that can be tried."""

    words: str
    code: str
    settings: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """What is wrong, and why."""

    name: str  # the symptom
    causes: tuple[str, ...]  # in order
    evidence: str
    change: Change
    layer: str | None = None
    step: int | None = None
    certainty: float = 0.5
    lab: int | None = None
