"""The report as text."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np

from dlkeras.diagnosis.evidence import Evidence
from dlkeras.diagnosis.problem import Problem
from dlkeras.diagnosis.rules.learning import Learning, learning_of
from dlkeras.diagnosis.words import CAUSES, SYMPTOMS

WIDTH = 96
FEW_STEPS = 20


def text_of(problems: Sequence[Problem], evidence: Evidence) -> str:
    """Writes the report of a training."""
    parts = [heading(problems, evidence)]
    for number, problem in enumerate(problems, 1):
        parts.append("\n".join(_lines(problem, f"{number}. ")))
    if evidence.unseen:
        parts.append(_wrapped("Not seen: " + "; ".join(evidence.unseen) + ".", ""))
    return "\n\n".join(parts)


def heading(problems: Sequence[Problem], evidence: Evidence) -> str:
    """Says in a sentence how the training stands."""
    learning = learning_of(evidence)
    if problems:
        count = "A problem was" if len(problems) == 1 else f"{len(problems)} problems were"
        return f"{count} found, the most certain first."
    if not evidence.looks or len(evidence.steps) < FEW_STEPS:
        more = -(-FEW_STEPS // max(1, evidence.fit.get("steps") or 1))
        return f"Not enough evidence: train {more} more epoch{'s' if more > 1 else ''}."
    return "No problem found. " + standing(learning)


def standing(learning: Learning) -> str:
    """Says what was learned."""
    text = f"The model predicts samples of the training with a skill of {learning.skill:.2f}"
    if np.isfinite(learning.held_out):
        text += f" and held-out ones with {learning.held_out:.2f}"
    return text + ", where 0 is a constant prediction and 1 a perfect one."


def _lines(problem: Problem, mark: str) -> list[str]:
    where = "" if problem.layer is None else f", layer {problem.layer}"
    when = "" if problem.step is None else f", step {problem.step}"
    lines = [f"{mark}{SYMPTOMS[problem.name].capitalize()} ({problem.name}{where}{when})"]
    lines.append(_wrapped(problem.evidence, "   Seen:   "))
    causes = "; or ".join(f"{CAUSES[cause][0]} ({cause})" for cause in problem.causes)
    lines.append(_wrapped(causes + ".", "   Cause:  "))
    lines.append(_wrapped(problem.change.words, "   Change: "))
    lines += [f"             {line}" for line in problem.change.code.splitlines()]
    if problem.lab is not None:
        lines.append(f"   Lab:    {problem.lab} shows it (make lab-{problem.lab}).")
    return lines


def _wrapped(text: str, start: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=start, subsequent_indent=" " * len(start))
