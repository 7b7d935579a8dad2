"""What is said of trials that have failed."""

from __future__ import annotations

import keras_tuner
from keras_tuner.errors import FatalError

__all__ = ["FatalError", "TakenUpError", "TooManyFailuresError", "check_scores", "last_line"]


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


def check_scores(oracle: keras_tuner.Oracle) -> None:
    """Raises RuntimeError if trials have ended, and none of them has a score."""
    ended = [oracle.trials[trial_id] for trial_id in oracle.end_order if trial_id in oracle.trials]
    if ended and not oracle.get_best_trials():
        raise RuntimeError(
            f"No trial has a score. Received: {len(ended)} trials that failed, the last one for: "
            f"{last_line(ended[-1].message)}. Mend that, and search again in another folder or with "
            "`overwrite=True`."
        )


def last_line(message: str | None) -> str:
    """Gives the error without its traceback."""
    return ((message or "").strip() or "no reason given").splitlines()[-1]
