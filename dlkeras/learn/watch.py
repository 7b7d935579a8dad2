"""Runs an exercise again each time its file is saved, with keys for hints, the list and the next one."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import sys
import termios
import tty
from collections.abc import Callable, Iterator, Sequence

from dlkeras.learn.catalogue import Entry
from dlkeras.learn.grade import PASSED
from dlkeras.learn.progress import Progress, reset
from dlkeras.learn.telling import listed, told, told_afterwards
from dlkeras.learn.worker import Worker

KEYS = "[h]int  [s]olution  [n]ext  [l]ist  [r]eset  [q]uit"
LOOK = 0.2  # seconds between two looks at the file's time


class Session:
    """What is on the screen: one exercise at a time.

    Args:
        entries: The exercises that `n` goes through.
        progress: What is done.
        workers: For exercises in NumPy, and in Keras.
        say: Called with each text.
    """

    def __init__(
        self, entries: Sequence[Entry], progress: Progress, workers: dict[bool, Worker], say: Callable = print
    ) -> None:
        self.entries, self.progress, self.workers, self.say = entries, progress, workers, say
        self.entry = next((e for e in entries if not progress.passed(e)), entries[0])
        self.hints, self.passed = 0, False
        self._asked_reset = False
        self._seen = None

    def look(self) -> None:
        """Runs the exercise if its file has changed since the last look."""
        try:
            stat = self.entry.path.stat()
            stamp = stat.st_mtime_ns, stat.st_size
        except FileNotFoundError:  # some editors save by another file that they rename
            stamp = None
        seen, self._seen = self._seen, (self.entry.path, stamp)
        if stamp is None and seen != self._seen:
            self.say(f"There is no file {self.entry.path}; r writes it.")
        elif seen != self._seen:
            self.run()

    def run(self) -> None:
        """Runs the exercise and says what came of it."""
        at = self.entries.index(self.entry)
        for entry in self.entries[at : at + 2]:  # the next one is imported for while this one is read
            self.workers[entry.exercise.needs_keras].start()
        worker = self.workers[self.entry.exercise.needs_keras]
        if self.entry.exercise.needs_keras and not worker.has_answered:
            self.say("TensorFlow is imported first, which takes some seconds.")
        result, printed = worker.grade(self.entry)
        self.progress.add(self.entry, result)
        self.passed = result.state == PASSED
        self.say(told(self.entry, result, printed))
        done = sum(map(self.progress.passed, self.entries))
        self.say(f"\n{done} of {len(self.entries)} done. Save {self.entry.path} to try again.  {KEYS}\n")

    def press(self, key: str) -> bool:
        """Does what a key stands for; returns False for the end."""
        if self._asked_reset:
            self._asked_reset = False
            if key == "y":
                copy = reset(self.entry)
                self.say(
                    f"It is as it was at first. Yours is kept in {copy}." if copy else "It is as it was."
                )
            else:
                self.say("Nothing was changed.")
            return True
        actions = {
            "h": self._hint,
            "s": self._solution,
            "n": self._next,
            "l": self._list,
            "r": self._ask_reset,
        }
        if key in actions:
            actions[key]()
        return key not in ("q", "\x03", "\x04")

    def _hint(self) -> None:
        hints = self.entry.exercise.hints
        self.say(f"Hint {self.hints + 1} of {len(hints)}: {hints[self.hints]}")
        self.hints = min(self.hints + 1, len(hints) - 1)

    def _solution(self) -> None:
        if self.passed:
            width = shutil.get_terminal_size().columns
            self.say(told_afterwards(self.entry, self.progress.path.parent, width))
        else:
            self.say("Our solution is shown once yours passes. h gives a hint.")

    def _next(self) -> None:
        at = self.entries.index(self.entry)
        later = [*self.entries[at + 1 :], *self.entries[:at]]
        left = [entry for entry in later if not self.progress.passed(entry)]
        if not left:
            self.say("There is no other one left.")
            return
        self.entry, self.hints, self.passed, self._seen = left[0], 0, False, None

    def _list(self) -> None:
        self.say(listed(self.entries, self.progress))

    def _ask_reset(self) -> None:
        self._asked_reset = True
        self.say(f"Write {self.entry.path} as it was at first? A copy of yours is kept. y for yes.")


def watch(session: Session) -> None:
    """Looks at the file and listens to keys until q."""
    with _single_keys() as read, contextlib.suppress(KeyboardInterrupt):
        while True:
            session.look()
            key = read(LOOK)
            if key and not session.press(key):
                return


@contextlib.contextmanager
def _single_keys() -> Iterator[Callable[[float], str]]:
    """Gives a function that waits some time for a key, without the return key."""
    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    tty.setcbreak(number)

    def read(seconds: float) -> str:
        ready, _, _ = select.select([number], [], [], seconds)
        return (os.read(number, 1).decode(errors="replace") or "\x04") if ready else ""

    try:
        yield read
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)
