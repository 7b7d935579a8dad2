"""Runs a learner's function on random inputs and says where it first fails, and how."""

from __future__ import annotations

import contextlib
import copy
import functools
import inspect
import io
import linecache
import re
import signal
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from dlkeras.learn.comparing import Difference, difference, shown
from dlkeras.learn.exercise import Draw, Exercise
from dlkeras.learn.variants import variant

PASSED, FAILED, OPEN = "passed", "failed", "open"
CHANGED, RAISED = "arguments unchanged", ("exception", "time")  # properties
LOOKED_FOR, SMALL = (
    24,
    4,
)  # further inputs, of the first sizes, among which a smaller one that fails is looked for
KEPT = 8192  # results of oracles and of known mistakes, which many functions are held against
LIMIT, KERAS_LIMIT = 10, 60  # seconds for all inputs of an exercise


@dataclass(frozen=True)
class Result:
    """What came of an exercise; all but `state` is empty where it passed.

    Args:
        state: `PASSED`, `FAILED`, or `OPEN` where nothing is written yet.
        property: What does not hold: "value", "shape", "finite", "arguments unchanged", "time", ...
        given: The smallest input at which it fails.
        returned: What came out there.
        must: What must come out.
        mistake: The mistake's name, where it is a known one.
        line: The learner's line that raised, or that was running when the time was up.
    """

    state: str
    property: str = ""
    given: str = ""
    returned: str = ""
    must: str = ""
    mistake: str = ""
    line: str = ""


class TimeUp(BaseException):
    """The time is up; no `except Exception` of a learner's keeps it."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises `TimeUp` in whatever line runs when the time is up."""

    def stop(*_):
        raise TimeUp

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)  # again, where the first one was caught
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def grade_file(path: Path, exercise: Exercise, limit: float) -> Result:
    """Grades what a file defines under the exercise's name."""
    names = {"__name__": exercise.name, "__file__": str(path)}
    try:
        with time_limit(limit):
            exec(compile(path.read_bytes(), str(path), "exec"), names)
    except BaseException as error:
        return _raised(error, str(path), "", limit)
    function = names.get(exercise.name)
    if not callable(function):
        return Result(FAILED, "name", returned="nothing of this name", must=f"a function `{exercise.name}`")
    return grade(function, exercise, limit=limit)


def grade(function: Callable, exercise: Exercise, seed: int = 0, limit: float = LIMIT) -> Result:
    """Tries a function on inputs of rising size, and names the mistake at the first that fails."""
    outputs, failed, end = [], None, time.monotonic() + limit
    for size in exercise.sizes:
        output, result = _try(function, exercise, Draw(size, seed), limit, end, heard=failed is None)
        outputs.append((size, output))
        failed = failed or result
        if result and (result.state == OPEN or result.property in RAISED):
            break
    if failed is None:
        return Result(PASSED)
    if failed.state == OPEN or failed.property in ("time", CHANGED):
        return failed
    mistake = _known(exercise, outputs, seed) or failed.mistake
    if not exercise.needs_keras and failed.property not in RAISED:
        failed = _smallest(function, exercise, failed, limit, end)
    return replace(failed, mistake=mistake)


def _try(
    function: Callable, exercise: Exercise, draw: Draw, limit: float, end: float, heard: bool
) -> tuple[Any, Result | None]:
    """What comes out for one input, and what is wrong with it."""
    args = exercise.inputs(draw)
    kept = copy.deepcopy([arg if _is_data(arg) else None for arg in args])
    given = _named(exercise, args)
    try:
        with time_limit(max(end - time.monotonic(), 0.01)), _quietly(), _unheard(not heard):
            output = exercise.observe(function, *args)
    except BaseException as error:
        file = inspect.getsourcefile(function) if inspect.isfunction(function) else None
        return _without_numbers(_words_of(error)), _raised(error, file or "", given, limit)
    if output is Ellipsis:
        return output, Result(OPEN)
    expected = _expected(exercise, draw.size, draw.seed)
    found = difference(output, expected, exercise.tolerance) or _changed(exercise, args, kept)
    if found is None:
        return output, None
    return output, Result(FAILED, found.property, given, found.returned, found.must, found.named)


def _smallest(function: Callable, exercise: Exercise, failed: Result, limit: float, end: float) -> Result:
    """Looks among other inputs for one that is shorter to read and fails in the same property."""
    for seed in range(1, LOOKED_FOR + 1):
        size = exercise.sizes[seed % SMALL]
        _, result = _try(function, exercise, Draw(size, seed), limit, end, heard=False)
        if result and result.property == failed.property and len(result.given) < len(failed.given):
            failed = result
    return failed


@functools.lru_cache(maxsize=KEPT)
def _expected(exercise: Exercise, size: int, seed: int) -> Any:
    with _quietly():
        return exercise.expected(*exercise.inputs(Draw(size, seed)))


@functools.lru_cache(maxsize=KEPT)
def _of_mistake(exercise: Exercise, name: str, size: int, seed: int) -> Any:
    """What a known mistake returns, or the words of what it raises."""
    try:
        with _quietly(), _unheard(True):
            function = variant(exercise, *exercise.mistakes[name])
            return exercise.observe(function, *exercise.inputs(Draw(size, seed)))
    except Exception as error:
        return _without_numbers(_words_of(error))


def _known(exercise: Exercise, outputs: list[tuple[int, Any]], seed: int) -> str | None:
    """The name of the mistake that returns the same for all inputs, or raises the same."""
    for name in exercise.mistakes:
        own = (_of_mistake(exercise, name, size, seed) for size, _ in outputs)
        if not any(
            difference(output, o, exercise.tolerance) for (_, output), o in zip(outputs, own, strict=True)
        ):
            return name
    return None


def _words_of(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error).strip() or 'without a message'}"


def _without_numbers(words: str) -> str:
    """What two errors have in common: Keras' messages count the layers of a process."""
    return re.sub(r"\d+", "#", words)


def _raised(error: BaseException, file: str, given: str, limit: float) -> Result:
    if isinstance(error, KeyboardInterrupt):
        raise error
    if isinstance(error, NotImplementedError):
        return Result(OPEN)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    number = frames[-1].lineno if frames else None
    if isinstance(error, SyntaxError) and error.filename == file:
        number = error.lineno
    line = f"line {number}: {linecache.getline(file, number).strip()}" if number else ""
    if isinstance(error, TimeUp):
        returned, must = f"nothing within {limit:g} s", "an answer: does a loop never end?"
        return Result(FAILED, "time", given, returned, must, line=line)
    words = _words_of(error)[:600]
    return Result(FAILED, "exception", given, words, "a value, and no exception", line=line)


def _changed(exercise: Exercise, args: tuple, kept: list) -> Difference | None:
    names = list(inspect.signature(exercise.solution).parameters)
    for name, now, before in zip(names, args, kept, strict=True):
        if before is not None and difference(now, before, 0.0):
            return Difference(
                CHANGED,
                f"{name} is now {shown(now)}",
                f"{name} stays {shown(before)}",
                f"The function changes its argument `{name}` in place; the caller still needs it.",
            )
    return None


def _is_data(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_data(item) for item in value.values())
    if isinstance(value, list | tuple):
        return all(_is_data(item) for item in value)
    return isinstance(value, np.ndarray | np.number | int | float)


def _named(exercise: Exercise, args: tuple) -> str:
    lines = []
    for name, value in zip(inspect.signature(exercise.solution).parameters, args, strict=True):
        lines.append(f"{name} = {shown(value)}".replace("\n", "\n" + " " * len(f"{name} = ")))
    return "\n".join(lines)


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _unheard(now: bool) -> Iterator[None]:
    """Drops what is printed behind the input that failed."""
    with contextlib.redirect_stdout(io.StringIO()) if now else contextlib.nullcontext():
        yield
