"""A function with a piece of its text replaced: what a mistake computes."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

from dlkeras.learn.exercise import Exercise


def changed_source(exercise: Exercise, old: str, new: str) -> str:
    """Returns the text of our solution with a piece of its lines, the first such, replaced.

    Raises:
        ValueError: If the piece is not there.
    """
    if old not in exercise.body:
        raise ValueError(f"`old` must stand in the solution of {exercise.name}. Received: old={old!r}")
    head = exercise.source[: -len(exercise.body) - 1]
    return textwrap.dedent(head + exercise.body.replace(old, new, 1)) + "\n"


def made_from(exercise: Exercise, source: str) -> Callable:
    """Makes the function of an exercise from a text, with all that our solution sees."""
    names = dict(exercise.solution.__globals__)
    exec(compile(source, f"<{exercise.name}>", "exec"), names)
    return names[exercise.name]


def variant(exercise: Exercise, old: str, new: str) -> Callable:
    """Returns our solution with a piece of its text replaced, as a function."""
    return made_from(exercise, changed_source(exercise, old, new))
