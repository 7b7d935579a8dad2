"""What came of an exercise, in words."""

from __future__ import annotations

import ast
import itertools
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


def told_afterwards(entry: Entry, results: Path, width: int = 110) -> str:
    """Shows our solution beside the learner's, and the figure that this code is behind.

    Args:
        entry: The exercise, passed.
        results: The folder of the results.
        width: Of the terminal, in characters; where both do not fit, ours stands below.
    """
    own = ["Yours", "", *_answer(entry).splitlines()]
    ours = ["Ours", "", *textwrap.dedent(entry.exercise.body).splitlines()]
    column = max(map(len, own)) + 4
    if column + max(map(len, ours)) <= width:
        pairs = itertools.zip_longest(own, ours, fillvalue="")
        lines = [f"{left:{column}}{right}".rstrip() for left, right in pairs]
    else:
        lines = [*own, "", *ours]
    figure = results / f"lab-{entry.lab:02d}" / f"{entry.exercise.figure}.png"
    where = str(figure) if figure.exists() else f"{figure}, which `make lab-{entry.lab}` draws"
    return "\n".join([*lines, "", f"The figure that this is behind: {where}"])


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


def _answer(entry: Entry) -> str:
    """The lines of the learner's function behind its docstring."""
    source = entry.path.read_text(encoding="utf-8")
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    own = next((node for node in functions if node.name == entry.exercise.name), None)
    if own is None:  # a name for something else, such as a lambda
        return source.strip()
    first = own.body[0].end_lineno if ast.get_docstring(own) is not None else own.lineno
    return textwrap.dedent("\n".join(source.splitlines()[first : own.end_lineno]))


def _indented(text: str, spaces: int) -> str:
    return textwrap.indent(text, " " * spaces)
