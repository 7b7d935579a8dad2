"""What is said of trials that have failed."""

from __future__ import annotations

from keras_tuner.errors import FatalError

__all__ = ["FatalError", "TakenUpError", "TooManyFailuresError", "last_line", "no_score"]


class TakenUpError(FatalError):
    """Another process has taken up the trial, so this search ends."""


class TooManyFailuresError(RuntimeError):
    """As many trials in a row have failed as a search is allowed to; `sentence` says it without traceback."""

    def __init__(self, failures: int, message: str | None):
        self.sentence = (
            f"Number of consecutive failures exceeded the limit of {failures}: the search stops. "
            f"The last trial failed for: {last_line(message)}"
        )
        super().__init__(f"{self.sentence}\n{message or ''}".rstrip())


def no_score(failures: int, message: str | None) -> RuntimeError:
    """Makes the error of a search that has nothing to give."""
    return RuntimeError(
        f"No trial has a score. Received: {failures} trials that failed, the last one for: "
        f"{last_line(message)}. Mend that, and search again in another folder or with `overwrite=True`."
    )


def last_line(message: str | None) -> str:
    """Gives the error without its traceback."""
    return ((message or "").strip() or "no reason given").splitlines()[-1]
