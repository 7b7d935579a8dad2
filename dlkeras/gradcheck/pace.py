"""Says how long a check is going to take, and how far it is, if it takes long."""

from __future__ import annotations

import sys
import time

import numpy as np

from dlkeras.gradcheck.losses import Loss

PATIENCE = 20.0  # seconds that a check may take without a word
EVERY = 5.0  # seconds between two words


class Paced:
    """A loss whose changes are computed in parts, with the time that they take watched.

    Args:
        loss: The loss.
        total: Number of losses that the check is going to need.
        advice: What to do if that is too long; words after the estimate.
    """

    def __init__(self, loss: Loss, total: int, advice: str):
        self.values, self.changes_along = loss.values, loss.changes_along
        self._loss, self._total, self._advice = loss, total, advice
        self._done, self._seconds, self._said = 0, 0.0, None

    def changes_at(self, tensor: int, entries: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Returns how the loss changes, (k,), as that of `Loss`."""
        changes, start = [], 0
        while start < len(entries):
            part = slice(start, start + self._size())
            began = time.monotonic()
            changes.append(self._loss.changes_at(tensor, entries[part], steps[part]))
            # The first part has the tracing in it, which is paid once.
            if self._done:
                self._seconds += time.monotonic() - began
            self._done, start = self._done + len(changes[-1]), part.stop
            self._say()
        return np.concatenate(changes) if changes else np.zeros(0)

    def _size(self) -> int:
        if self._done <= 8 or not self._seconds:
            return 8
        return max(8, int(EVERY * (self._done - 8) / self._seconds))

    def _say(self) -> None:
        if self._done <= 8:
            return
        each = self._seconds / (self._done - 8)
        left, now = each * max(self._total - self._done, 0), time.monotonic()
        if self._said is None and each * self._total < PATIENCE:
            return
        if self._said is None:
            print(
                f"Gradient check of {self._total // 2:,} entries: {_time(left)}. {self._advice}",
                file=sys.stderr,
            )
        elif now - self._said >= EVERY and left:
            print(f"  {self._done / self._total:.0%}, {_time(left)} left", file=sys.stderr)
        else:
            return
        self._said = now


def _time(seconds: float) -> str:
    return f"about {seconds:.0f} seconds" if seconds < 120 else f"about {seconds / 60:.0f} minutes"
