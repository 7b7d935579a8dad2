"""What the process that runs a trial leaves in its folder: how far it has got."""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import random
import uuid
import warnings
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dlkeras.base import files
from dlkeras.base.keras_private import random_state, set_random_state
from dlkeras.tuning.callback_state import restore_callbacks, states_of
from dlkeras.tuning.failures import TakenUpError
from dlkeras.tuning.results import packed, unpacked

PROGRESS = "progress.npz"
RUNNER = "runner"  # holds a mark of the process that took up the trial last
DAMAGE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, pickle.UnpicklingError)


class CannotGoOnError(Exception):
    """A training cannot go on in the middle, since what was kept does not fit: it starts again."""


class Progress:
    """The state of a trial, in a file that is replaced as a whole: after each epoch, and each training.

    Whoever makes one takes up the trial, and the process that ran it before, if it still lives, stops at the
    end of its epoch. So a search can be started again while workers of the last one are not yet gone. The
    state of another attempt, which failed, is not taken up: `key` tells one from the other.
    """

    def __init__(self, folder: Path, key: tuple[int, ...] = ()):
        self.path = Path(folder) / PROGRESS
        self.key = list(key)
        self.epochs: list[dict[str, list[float | None]]] = []  # of each execution: metric -> after each epoch
        self.results: list[Any] = []  # what each execution that is over has returned
        self.best: float | None = None  # value of the objective
        self.is_stopped = False  # the last execution, by a callback
        self._packed: list[bytes | None] = []
        self._state: dict[str, Any] = {}  # of the execution that was interrupted, and can go on
        self._runner = self.path.with_name(RUNNER)
        self._mark = uuid.uuid4().hex
        files.write(self._runner, self._mark)
        self._read()

    def epochs_of(self, execution: int) -> dict[str, list[float | None]]:
        """Gives the record of an execution, made when it begins; None where an epoch lacks a metric."""
        while len(self.epochs) <= execution:
            self.epochs.append({})
            self._state, self.is_stopped = {}, False
        return self.epochs[execution]

    def num_epochs(self, execution: int) -> int:
        return max(map(len, self.epochs_of(execution).values()), default=0)

    def add_epoch(self, execution: int, logs: dict[str, Any]) -> None:
        """Takes the metrics after an epoch, as far as they are numbers."""
        record, done = self.epochs_of(execution), self.num_epochs(execution)
        for name, value in logs.items():
            with contextlib.suppress(TypeError, ValueError):
                value = float(value)
                record.setdefault(name, [None] * done).append(value)
        for values in record.values():
            values.extend([None] * (done + 1 - len(values)))

    def start_again(self, execution: int) -> None:
        """Forgets what an execution has done."""
        self.epochs[execution:] = []
        self.epochs_of(execution)

    def end_execution(self, result: Any) -> None:
        """Takes the result of an execution, and writes it, so that none but the next one is run again."""
        self.results.append(result)
        self._packed.append(packed(result))
        self._state = {}
        if None not in self._packed:
            self._write({}, {})

    def restore(self, model: keras.Model, callbacks: list[keras.callbacks.Callback]) -> None:
        """Puts weights, optimizer, callbacks and random generators where they were after the last epoch.

        Raises:
            CannotGoOnError: If the model has other variables than the one that was interrupted, or others of
                them are trained.
        """
        if not self._state:
            return
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        pairs = list(zip(variables_of(model), self._state["variables"], strict=False))
        fits = all(v.shape == value.shape and v.dtype == dtype for v, (value, dtype) in pairs)
        if not fits or _outline(model) != self._state["outline"]:
            raise CannotGoOnError
        for variable, (value, _) in pairs:
            variable.assign(value)
        restore_callbacks(callbacks, self._state["callbacks"])
        generators = self._state["generators"]
        random.setstate(generators["python"])
        np.random.set_state(generators["numpy"])
        set_random_state(generators["keras"])

    def check_runner(self) -> None:
        """Raises TakenUpError if another process has taken up the trial, or it was withdrawn."""
        if not self._runner.exists() or self._runner.read_text() != self._mark:
            raise TakenUpError(
                f"{self.path.parent} was taken up by another process, so this one stops. "
                "One search at a time can use a folder."
            )

    def write(self, model: keras.Model, callbacks: list[keras.callbacks.Callback]) -> None:
        """Writes the state after an epoch; where the disk does not let it, that of the one before stays."""
        self.is_stopped = bool(model.stop_training)
        states = states_of(callbacks)
        if states is None or None in self._packed:  # a training that goes on would be another one
            self.path.unlink(missing_ok=True)
            return
        values = [keras.ops.convert_to_numpy(variable) for variable in variables_of(model)]
        generators = {
            "python": random.getstate(),
            "numpy": np.random.get_state(),
            "keras": random_state(),
        }
        state = {"callbacks": states, "generators": generators, "outline": _outline(model)}
        state["dtypes"] = [value.dtype.name for value in values]
        # NumPy cannot read numbers of types that are not its own, such as bfloat16: these go as bytes.
        arrays = {
            f"variable_{i}": value
            if value.dtype.isbuiltin
            else np.ascontiguousarray(value).view(_bits(value))
            for i, value in enumerate(values)
        }
        self._write(state, arrays)

    def _write(self, state: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        meta = {"key": self.key, "epochs": self.epochs, "best": self.best, "is_stopped": self.is_stopped}
        content, kept = io.BytesIO(), pickle.dumps({"results": self._packed, **state})
        np.savez(content, meta=json.dumps(meta), kept=np.frombuffer(kept, np.uint8), **arrays)
        files.write(self.path, content.getvalue())

    def _read(self) -> None:
        if not self.path.exists():
            return
        try:
            with open(self.path, "rb") as file, np.load(file) as arrays:
                meta = json.loads(str(arrays["meta"]))
                if meta["key"] != self.key:
                    return
                state = pickle.loads(arrays["kept"].tobytes())
                dtypes = state.get("dtypes", [])
                values = [arrays[f"variable_{i}"] for i in range(len(dtypes))]
        except DAMAGE as error:
            warnings.warn(
                f"{self.path} is damaged ({error}); the trial starts again.", RuntimeWarning, stacklevel=3
            )
            return
        self.epochs, self.best, self.is_stopped = meta["epochs"], meta["best"], meta["is_stopped"]
        self._packed = state.pop("results")
        self.results = [unpacked(content) for content in self._packed]
        if dtypes:
            kinds = [tf.as_dtype(name).as_numpy_dtype for name in dtypes]
            pairs = [
                (value.view(kind), name) for value, kind, name in zip(values, kinds, dtypes, strict=True)
            ]
            self._state = {**state, "variables": pairs}


def withdraw(folder: Path) -> None:
    """Has the process that runs the trial of a folder stop at the end of its epoch."""
    Path(folder, RUNNER).unlink(missing_ok=True)


def forget(folder: Path) -> None:
    """Removes the state of a trial that has ended."""
    withdraw(folder)
    Path(folder, PROGRESS).unlink(missing_ok=True)


def variables_of(model: keras.Model) -> list[keras.Variable]:
    """Gives weights, averages and random states of model and optimizer, but no metrics: epochs reset them."""
    metrics = {id(variable) for variable in model.metrics_variables}
    own = [variable for variable in model.variables if id(variable) not in metrics]
    known = {id(variable) for variable in own}
    return own + [variable for variable in model.optimizer.variables if id(variable) not in known]


def _outline(model: keras.Model) -> list[tuple[tuple[int, ...], bool]]:
    """Gives what has to be the same in a model that goes on: shape of each variable, and if it is trained."""
    return [(tuple(variable.shape), bool(variable.trainable)) for variable in variables_of(model)]


def _bits(value: np.ndarray) -> str:
    return f"u{value.dtype.itemsize}"
