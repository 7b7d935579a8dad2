"""What the process that runs a trial leaves in its folder: how far it has got, and why it ended if it did."""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import threading
import uuid
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras_tuner import errors

from dlkeras.base import files

PROGRESS = "progress.npz"
RUNNER = "runner"  # holds a mark of the process that took up the trial last
BEST = "checkpoint.weights.h5"  # where keras-tuner looks for the weights of the best epoch
LEAST_FREE = 0.05  # of all memory: with less, the next step may be the last
SECONDS = 0.1  # between two looks at the memory
MARK = "short_of_memory"  # since the system then kills a process without a word
_NOT_STATE = ("model", "_model", "params", "validation_data")  # of a callback


class Progress:
    """The state of a trial's training, in a file that is replaced as a whole after each epoch.

    Whoever makes one takes up the trial, and the process that ran it before, if it still lives, stops at the
    end of its epoch. So a search can be started again while workers of the last one are not yet gone. The
    state of another attempt, which failed, is not taken up.
    """

    def __init__(self, folder: Path, attempt: int = 0):
        self.path = Path(folder) / PROGRESS
        self.attempt = attempt
        self.epochs: list[dict[str, list[float]]] = []  # of each execution: metric -> after each epoch
        self.results: list[dict[str, Any]] = []  # of each that is over: `metrics` and `best_epoch`
        self.best: float | None = None  # value of the objective
        self.is_stopped = False  # the last execution, by a callback
        self._model: list[np.ndarray] | None = None
        self._optimizer: list[np.ndarray] = []
        self._callbacks: list[dict[str, Any]] = []
        self._runner = self.path.with_name(RUNNER)
        self._mark = uuid.uuid4().hex
        files.write(self._runner, self._mark)
        self._read()

    def epochs_of(self, execution: int) -> dict[str, list[float]]:
        """Gives the record of an execution, made when it begins."""
        while len(self.epochs) <= execution:
            self.epochs.append({})
            self._model, self.is_stopped = None, False
        return self.epochs[execution]

    def num_epochs(self, execution: int) -> int:
        return max(map(len, self.epochs_of(execution).values()), default=0)

    def end_execution(self, metrics: dict[str, float], best_epoch: int) -> None:
        """Takes the result of an execution; it is written with the next one's first epoch."""
        self.results.append({"metrics": metrics, "best_epoch": best_epoch})

    def restore(self, model: keras.Model, callbacks: list[keras.callbacks.Callback]) -> None:
        """Puts weights, optimizer and callbacks where they were after the last epoch."""
        if self._model is None:
            return
        if model.optimizer is not None and not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        pairs = ((_model_state(model), self._model), (_optimizer_state(model), self._optimizer))
        for variables, values in pairs:
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        for callback, state in zip(callbacks, self._callbacks, strict=False):
            for name, value in state.items():
                setattr(callback, name, pickle.loads(value))

    def check_runner(self) -> None:
        """Raises FatalError if another process has taken up the trial, or it was withdrawn."""
        if not self._runner.exists() or self._runner.read_text() != self._mark:
            raise errors.FatalError(
                f"{self.path.parent} was taken up by another process, so this one stops. "
                "One search at a time can use a folder."
            )

    def write(self, model: keras.Model, callbacks: list[keras.callbacks.Callback]) -> None:
        """Writes the state after an epoch; where the disk does not let it, that of the one before stays."""
        meta = {
            "attempt": self.attempt,
            "epochs": self.epochs,
            "results": self.results,
            "best": self.best,
            "is_stopped": bool(model.stop_training),
        }
        content = io.BytesIO()
        arrays = {f"model_{i}": variable.numpy() for i, variable in enumerate(_model_state(model))}
        arrays |= {f"optimizer_{i}": v.numpy() for i, v in enumerate(_optimizer_state(model))}
        states = pickle.dumps([_state_of(callback) for callback in callbacks])
        np.savez(content, meta=json.dumps(meta), callbacks=np.frombuffer(states, np.uint8), **arrays)
        files.write(self.path, content.getvalue())

    def _read(self) -> None:
        if not self.path.exists():
            return
        try:
            with open(self.path, "rb") as file, np.load(file) as arrays:
                meta = json.loads(str(arrays["meta"]))
                if meta["attempt"] != self.attempt:
                    return
                names = [name for name in arrays.files if name.startswith(("model_", "optimizer_"))]
                values = {name: arrays[name] for name in names}
                callbacks = pickle.loads(arrays["callbacks"].tobytes())
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, pickle.UnpicklingError) as error:
            warnings.warn(
                f"{self.path} is damaged ({error}); the trial starts again.", RuntimeWarning, stacklevel=3
            )
            return
        self.epochs, self.results = meta["epochs"], meta["results"]
        self.best, self.is_stopped = meta["best"], meta["is_stopped"]
        self._callbacks = callbacks
        self._model = [value for name, value in values.items() if name.startswith("model_")]
        self._optimizer = [value for name, value in values.items() if name.startswith("optimizer_")]


class KeepProgress(keras.callbacks.Callback):
    """Writes the state after each epoch, and takes it up when a training that was interrupted begins again.

    It has to be the last of the callbacks, so that it sees what the others did. Their state is kept too as
    far as it can be pickled, and the weights of the epoch that is the best by the objective.
    """

    def __init__(self, progress: Progress, execution: int, objective, others: list):
        super().__init__()
        self.progress = progress
        self.execution = execution
        self.objective = objective
        self.others = others

    def on_train_begin(self, logs=None):
        self.progress.restore(self.model, self.others)

    def on_epoch_end(self, epoch, logs=None):
        self.progress.check_runner()
        for name, value in (logs or {}).items():
            record = self.progress.epochs_of(self.execution)
            record.setdefault(name, []).append(float(value))
        if self._is_best(logs or {}):
            with files.replacing(self.progress.path.with_name(BEST)) as temporary, warnings.catch_warnings():
                # Keras's own
                warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
                self.model.save_weights(temporary)
        self.progress.write(self.model, self.others)

    def _is_best(self, logs) -> bool:
        if not self.objective.has_value(logs):
            return True
        value = float(self.objective.get_value(logs))
        if self.progress.best is not None and not self.objective.better_than(value, self.progress.best):
            return False
        self.progress.best = value
        return True


def free_share() -> float:
    """Gives the share of memory that can still be had, in [0, 1]; 1 where the system does not say."""
    shares = [1.0]
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
        shares.append(sizes["MemAvailable"] / sizes["MemTotal"])
    except (OSError, KeyError, ValueError):
        pass
    try:  # a container's own limit, of which cached files take what nothing else needs
        group = Path("/sys/fs/cgroup")
        limit, used = (int((group / f"memory.{name}").read_text()) for name in ("max", "current"))
        stat = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        shares.append(1 - (used - int(stat["inactive_file"])) / limit)
    except (OSError, KeyError, ValueError):
        pass
    return max(min(shares), 0.0)


@contextlib.contextmanager
def watched_memory(folder: Path) -> Iterator[None]:
    """Looks at the memory while a trial runs, and leaves a mark in its folder when it is nearly used up.

    If the trial ends, the mark goes. If the process is killed, it stays and tells the next process why.
    """
    mark, is_over = Path(folder) / MARK, threading.Event()

    def look() -> None:
        while not is_over.wait(SECONDS):
            share = free_share()
            if share < LEAST_FREE and not mark.exists():
                mark.write_text(f"{share:.3f}")

    mark.unlink(missing_ok=True)
    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        mark.unlink(missing_ok=True)


def read_mark(folder: Path) -> str | None:
    """Says why the process that ran the trial in this folder died, if it was for want of memory."""
    try:
        share = float((Path(folder) / MARK).read_text() or 0)
    except (OSError, ValueError):
        return None
    return f"The process was killed when {share:.1%} of the memory was free"


def withdraw(folder: Path) -> None:
    """Has the process that runs the trial of a folder stop at the end of its epoch."""
    Path(folder, RUNNER).unlink(missing_ok=True)


def forget(folder: Path) -> None:
    """Removes the state of a trial that has ended."""
    withdraw(folder)
    Path(folder, PROGRESS).unlink(missing_ok=True)


def _model_state(model: keras.Model) -> list[keras.Variable]:
    """Gives weights, moving averages and random states, but no metrics: each epoch resets them."""
    metrics = {id(variable) for variable in model.metrics_variables}
    return [variable for variable in model.variables if id(variable) not in metrics]


def _optimizer_state(model: keras.Model) -> list[keras.Variable]:
    return model.optimizer.variables if model.optimizer is not None else []


def _state_of(callback: keras.callbacks.Callback) -> dict[str, bytes]:
    state = {}
    for name, value in vars(callback).items():
        if name not in _NOT_STATE:
            with contextlib.suppress(Exception):  # a handle or a tensor: the callback starts with a new one
                state[name] = pickle.dumps(value)
    return state
