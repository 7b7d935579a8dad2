"""Rules: functions from what is known of a training to what it speaks for."""

from __future__ import annotations

from collections.abc import Iterator

from dlkeras.diagnosis.evidence import Evidence
from dlkeras.diagnosis.rules import held_out, layers, losses, outputs, samples, signals, steps
from dlkeras.diagnosis.rules.suspect import Suspect

__all__ = ["suspects"]


def suspects(evidence: Evidence) -> Iterator[Suspect]:
    """Yields all that the evidence speaks for."""
    for output, y in zip(evidence.outputs, evidence.y, strict=False):
        if output.loss:
            for rule in (*outputs.RULES, *losses.RULES):
                yield from rule(output, y)
    for part in (samples, layers, steps, signals, held_out):
        for rule in part.RULES:
            yield from rule(evidence)
