"""What came of an exercise, in words."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from dlkeras.learn.catalogue import Entry
from dlkeras.learn.grade import FAILED, OPEN, PASSED, Result
from dlkeras.learn.progress import Progress

MARKS = {PASSED: "✓", FAILED: "✗", OPEN: "·"}


def told(entry: Entry, result: Result, printed: str = "") -> str:
    """Says what came of an exercise: four things where it fails."""
    lines = [f"{MARKS[result.state]} {entry.name}: {result.state}"]
    if printed.strip():
        lines += ["  It printed:", _indented(printed.rstrip(), 4)]
    if result.state == OPEN:
        lines += [f"  {entry.exercise.title}", f"  Write it in {entry.path}"]
    if result.state == FAILED:
        parts = {
            "Asked": f"{entry.exercise.title}\n{entry.exercise.equation}",
            "Smallest input at which it fails": result.given,
            f"What fails: {result.property}. Returned": result.returned,
            "Must be": result.must,
            "Your line": result.line,
            "What this is": result.mistake,
        }
        lines += [f"  {name}:\n{_indented(text, 4)}" for name, text in parts.items() if text]
    return "\n".join(lines)


def told_afterwards(entry: Entry, results: Path) -> str:
    """Shows our solution beside the learner's, and the figure that this code is behind."""
    own = _below_the_task(entry.path.read_text(encoding="utf-8").rstrip())
    parts = [f"Yours, {entry.path}:", _indented(own, 4)]
    parts += ["Ours:", _indented(textwrap.dedent(entry.exercise.body), 4)]
    figure = results / f"lab-{entry.lab:02d}" / f"{entry.exercise.figure}.png"
    where = str(figure) if figure.exists() else f"{figure}, which `make lab-{entry.lab}` draws"
    return "\n".join([*parts, f"The figure that this is behind: {where}"])


def listed(entries: Sequence[Entry], progress: Progress) -> str:
    """Lists exercises: which are done, and what each asks."""
    lines, lab = [], 0
    for entry in entries:
        if entry.lab != lab:
            lab = entry.lab
            own = [other for other in entries if other.lab == lab]
            done = sum(map(progress.passed, own))
            title = entry.folder.name.split("_", 2)[2].replace("_", " ")
            lines.append(f"Lab {lab}, {title}: {done} of {len(own)}")
        mark = MARKS[PASSED if progress.passed(entry) else FAILED if progress.attempts(entry) else OPEN]
        lines.append(f"  {mark} {entry.name:30} {entry.exercise.title}")
    return "\n".join(lines)


def _below_the_task(source: str) -> str:
    """What stands below the last docstring."""
    return textwrap.dedent(source.rsplit('"""', 1)[-1].strip("\n"))


def _indented(text: str, spaces: int) -> str:
    return textwrap.indent(text, " " * spaces)
