"""A process that has imported what exercises need and runs each in a copy of itself, with a time limit.

The copy is made by `fork`, which takes milliseconds: TensorFlow, which takes seconds to import, is there
already, and what an exercise does to it ends with the copy. What the exercise prints is kept up to a length.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import asdict
from pathlib import Path

from dlkeras.learn.catalogue import Entry, entries
from dlkeras.learn.grade import FAILED, KERAS_LIMIT, LIMIT, Result, grade_file

PRINTED = 2000  # characters of what an exercise prints that are kept
ENDED = "the end of the whole process"
GRACE = 2  # seconds from the time limit until the copy is killed


class Worker:
    """Grades files in a process of its own; what it has imported stays for the next one.

    Args:
        keras: Whether it imports Keras, or NumPy alone.
        limit: Seconds that an exercise may take.
    """

    def __init__(self, keras: bool, limit: float | None = None) -> None:
        self._keras = keras
        self._limit = limit or (KERAS_LIMIT if keras else LIMIT)
        self._process: subprocess.Popen | None = None
        self.has_answered = False  # before that it may still be importing

    def start(self) -> None:
        """Starts importing, without waiting for it."""
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-m", __name__, "keras" if self._keras else "numpy", str(self._limit)]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )

    def grade(self, entry: Entry) -> tuple[Result, str]:
        """Grades a learner's file; returns what came of it, and what it printed."""
        self.start()
        job = {"lab": entry.lab, "number": entry.number, "folder": str(entry.folder.resolve())}
        try:
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
        except (BrokenPipeError, json.JSONDecodeError):
            status = self._process.wait()
            self.stop()
            if status < 0:  # by a signal: an exercise may send one to its parent
                return Result(FAILED, "exception", returned=ENDED, must="an answer"), ""
            raise RuntimeError("The process that runs exercises has not started.") from None
        self.has_answered = True
        return Result(**answer["result"]), answer["printed"]

    def stop(self) -> None:
        """Ends the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process, self.has_answered = None, False


class _Kept:
    """A stream that keeps the first characters and drops the others."""

    def __init__(self, path: str) -> None:
        self._file, self._left = open(path, "w", encoding="utf-8"), PRINTED  # noqa: SIM115

    def write(self, text: str) -> int:
        if self._left > 0:
            self._file.write(text[: self._left])
            self._file.write("" if len(text) <= self._left else " ... (the rest is cut)")
            self._file.flush()
            self._left -= len(text)
        return len(text)

    def flush(self) -> None:
        pass


def _run(entry: Entry, limit: float) -> tuple[Result, str]:
    """Grades in a copy of this process, which is killed when it outlives the time limit."""
    reading, writing = os.pipe()
    with tempfile.NamedTemporaryFile() as printed:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of threads: those that an import started have nothing to do
            copy = os.fork()
        if copy == 0:
            _grade_here(entry, limit, writing, printed.name)
        os.close(writing)
        text = _read(reading, limit + GRACE)
        try:
            os.killpg(copy, signal.SIGKILL)
        except ProcessLookupError:  # it has ended, or has no group yet
            os.kill(copy, signal.SIGKILL)
        status = os.waitpid(copy, 0)[1]
        shown = Path(printed.name).read_text(encoding="utf-8", errors="replace")
    return Result(**json.loads(text)) if text else _ended(status, limit), shown


def _grade_here(entry: Entry, limit: float, pipe: int, printed: str) -> None:
    """Grades, writes the result into a pipe, and ends the process, whatever happens."""
    try:
        os.setpgid(0, 0)  # what the exercise starts ends with it
        sys.stdin.close()
        sys.stdout = sys.stderr = _Kept(printed)
        result = grade_file(entry.path, entry.exercise, limit)
    except BaseException as error:  # such as after `np.exp = None`
        words = f"{type(error).__name__}: {error}"
        result = Result(FAILED, "exception", returned=words, must="NumPy and the grader as they were")
    os.write(pipe, json.dumps(asdict(result)).encode())
    os._exit(0)


def _read(pipe: int, seconds: float) -> bytes:
    """Reads until the other end is closed, or the time is up."""
    text, end = b"", time.monotonic() + seconds
    while select.select([pipe], [], [], max(0, end - time.monotonic()))[0]:
        chunk = os.read(pipe, 2**16)
        if not chunk:
            break
        text += chunk
    os.close(pipe)
    return text


def _ended(status: int, limit: float) -> Result:
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return Result(
            FAILED, "time", returned=f"nothing within {limit:g} s", must="an answer: does a loop never end?"
        )
    return Result(FAILED, "exception", returned=ENDED, must="an answer")


def _serve(library: str, limit: float) -> None:
    answers, errors = os.fdopen(os.dup(1), "w"), os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # what libraries write past Python is not for the learner
    os.dup2(nowhere, 2)
    if library == "keras":
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        try:
            import keras  # noqa: F401
        except BaseException:  # but that is
            os.dup2(errors, 2)
            raise
    for line in sys.stdin:
        job = json.loads(line)
        folder = Path(job["folder"])
        entry = entries(job["lab"], folder.parent)[job["number"] - 1]
        result, printed = _run(entry, limit)
        answers.write(json.dumps({"result": asdict(result), "printed": printed}) + "\n")
        answers.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # control-C is for the one who asks
    _serve(sys.argv[1], float(sys.argv[2]))
