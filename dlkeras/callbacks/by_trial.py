"""Recorders inside a search of keras-tuner, which gives each trial a copy of every callback."""

from __future__ import annotations

import copy
import inspect
import os
from typing import Any, TypeVar

import keras

Self = TypeVar("Self", bound="CopiedByTrial")


class CopiedByTrial(keras.callbacks.Callback):
    """A callback whose copies can be found by the trial that they were made for.

    A subclass has `_RECORD`, the names of the attributes that are not settings, and `_forget`, which gives
    them their first values. A copy is a recorder of the same settings that has recorded nothing.
    """

    _RECORD: tuple[str, ...] = ()

    def __init__(self):
        super().__init__()
        self._copies: dict[str, list] = {}
        self._is_of_trial = False

    @property
    def by_trial(self: Self) -> dict[str, list[Self]]:
        """The recorders of each trial of a search, one for each execution, by the trial's id.

        keras-tuner gives each trial a copy of `tuner.search(callbacks=[recorder])`, and the recorder itself
        sees nothing. What workers in other processes record stays there, but for what goes to `log_dir`,
        where each trial has a folder of its own, `trial_id/execution0`.

        Example:
            ```python
            norms = GradientNorms(log_dir="logs")
            tuner.search(x, y, epochs=3, callbacks=[norms])
            for trial_id, (recorder, *_) in norms.by_trial.items():
                print(trial_id, recorder.norms[0])
            ```
        """
        return {trial: list(copies) for trial, copies in self._copies.items()}

    def __deepcopy__(self: Self, memo: dict) -> Self:
        new = type(self).__new__(type(self))
        new.__setstate__(copy.deepcopy(self.__getstate__(), memo))
        trial = _trial_in_progress()
        if trial is not None:
            copies = self._copies.setdefault(trial, [])
            if getattr(new, "log_dir", None) is not None:
                new.log_dir = os.path.join(new.log_dir, trial, f"execution{len(copies)}")
            new._is_of_trial = True
            copies.append(new)
        return new

    def __getstate__(self) -> dict[str, Any]:
        unkept = {"_model", "_copies", "_is_of_trial", *self._RECORD}
        return {name: value for name, value in vars(self).items() if name not in unkept}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._model, self._copies, self._is_of_trial = None, {}, False
        self._forget()

    def _forget(self) -> None:
        """Gives the attributes of the record their first values."""

    def _check_not_copied(self) -> None:
        """Raises a ValueError if a search has recorded by copies."""
        if self._copies:
            raise ValueError(
                f"`{type(self).__name__}` must be read by trial after a search, which trains with copies. "
                f"Received: trials {', '.join(self._copies)}. Read `by_trial[trial_id][0]`."
            )


def _trial_in_progress() -> str | None:
    """Finds the id of the trial for which a callback is copied: keras-tuner tells callbacks nothing of it."""
    frame = inspect.currentframe()
    while frame is not None:
        for value in frame.f_locals.values():
            if type(value).__name__ in ("Trial", "TrialSpec") and isinstance(value.trial_id, str):
                return value.trial_id
        frame = frame.f_back
    return None
