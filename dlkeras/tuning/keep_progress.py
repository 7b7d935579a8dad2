"""The callback that keeps a training in a file, epoch by epoch, and its best weights."""

from __future__ import annotations

import contextlib
import warnings

import keras
import keras_tuner

from dlkeras.base import files
from dlkeras.tuning.building import taken_for_built
from dlkeras.tuning.progress import Progress
from dlkeras.tuning.results import lacking

BEST = "checkpoint.weights.h5"  # where keras-tuner looks for the weights of the best epoch


class _NothingSavedError(Exception):
    """A model whose `save_weights` is its own has written no file."""


class KeepProgress(keras.callbacks.Callback):
    """Writes the state after each epoch, and takes it up when a training that was interrupted begins again.

    It has to be the last of the callbacks, so that it sees what the others did. Their state is kept too as
    far as it can be pickled, and the weights of the epoch that is the best by the objective. Where a training
    that goes on would not be exact, the metrics and the best weights are all that is kept.
    """

    def __init__(
        self,
        progress: Progress,
        execution: int,
        objective: keras_tuner.Objective,
        others: list[keras.callbacks.Callback],
        is_exact: bool,
    ):
        super().__init__()
        self.progress = progress
        self.execution = execution
        self.objective = objective
        self.others = others
        self.is_exact = is_exact

    def on_train_begin(self, logs=None):
        if self.is_exact:
            self.progress.restore(self.model, self.others)

    def on_epoch_end(self, epoch, logs=None):
        self.progress.check_runner()
        logs = logs or {}
        self._check_objective(logs)
        self.progress.add_epoch(self.execution, logs)
        if self._is_best(logs):
            self._save_weights()
        if self.is_exact:
            self.progress.write(self.model, self.others)

    def _check_objective(self, logs) -> None:
        """Ends the search after the first epoch of a plain `fit` that cannot come to the objective."""
        if not self.is_exact or self.objective.has_value(logs) or self.objective.name == "default_objective":
            return
        if any(name.startswith("val_") for name in logs):  # else a later epoch may validate
            raise lacking(self.objective, logs)

    def _is_best(self, logs) -> bool:
        if not self.objective.has_value(logs):
            return self.progress.best is None
        value = float(self.objective.get_value(logs))
        if self.progress.best is not None and not self.objective.better_than(value, self.progress.best):
            return False
        self.progress.best = value
        return True

    def _save_weights(self) -> None:
        path = self.progress.path.with_name(BEST)
        with (
            warnings.catch_warnings(),
            contextlib.suppress(_NothingSavedError),
            taken_for_built(self.model),
            files.replacing(path) as temporary,
        ):
            warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)  # Keras's own
            self.model.save_weights(temporary)
            if not temporary.exists():
                raise _NothingSavedError
