"""Running one trial: a function that a worker process can call, and that goes on where it was interrupted."""

from __future__ import annotations

import contextlib
import copy
import gc
import json
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import keras_tuner
import numpy as np
from keras_tuner import errors

from dlkeras.base import files
from dlkeras.tuning.batches import has_strings, in_epoch_order, over_arrays
from dlkeras.tuning.building import build_config_of
from dlkeras.tuning.exactness import can_go_on, is_built
from dlkeras.tuning.keep_progress import KeepProgress
from dlkeras.tuning.memory import watched_memory
from dlkeras.tuning.progress import CannotGoOnError, Progress
from dlkeras.tuning.results import scored
from dlkeras.tuning.trials import EPOCHS

AFTER_ALL = 10**9  # an epoch that `fit` does not come to
BUILD = "build_config.json"


@dataclass(frozen=True)
class TrialSpec:
    """What has to be known to run a trial; it can be pickled and sent to a worker.

    Args:
        trial_id: Name of the trial.
        folder: Its folder, the same for every process that may run it.
        hyperparameters: Configuration of the `keras_tuner.HyperParameters`, with the values.
        objective: `keras_tuner.Objective`.
        executions: Trainings with other initial weights each, at least 1.
        seed: Numbers that seed it, such as (seed of the search, number of the trial).
        attempt: Which run this is after others failed, from 0; it has other initial weights.
    """

    trial_id: str
    folder: str
    hyperparameters: dict[str, Any]
    objective: keras_tuner.Objective
    executions: int = 1
    seed: tuple[int, ...] = (0, 0)
    attempt: int = 0


@dataclass(frozen=True)
class TrialResult:
    """What came of a trial.

    Args:
        status: "COMPLETED", "FAILED", or "INVALID" where it may be worth while to run it again.
        hyperparameters: The configuration, with what the model asked for in addition.
        metrics: Of each execution, the metrics of its best epoch.
        best_epoch: That epoch, from 0, the mean over the executions.
        reason: Why it failed, the traceback; None where it did not.
        steps: Of each of the metrics, its step, where a `run_trial` told them itself; else all are of the
            best epoch.
    """

    status: str
    hyperparameters: dict[str, Any]
    metrics: tuple[dict[str, float], ...] = ()
    best_epoch: int = 0
    reason: str | None = None
    steps: tuple[int, ...] = ()


def run_trial(
    spec: TrialSpec,
    build: Callable[[keras_tuner.HyperParameters], keras.Model],
    fit: Callable[..., Any],
    args: Sequence = (),
    kwargs: Mapping[str, Any] | None = None,
) -> TrialResult:
    """Runs a trial: builds and fits the model once for each execution.

    After each epoch the state of the training is in a file. If the process ends, the next call with the same
    spec goes on from there, where that gives the same numbers as an undisturbed training: where Keras's own
    `fit` trains on arrays by its own `train_step`. Any other training starts again from its beginning.

    Args:
        spec: The trial.
        build: From hyperparameters to a compiled model, such as `hypermodel.build`.
        fit: Such as `hypermodel.fit`: called with hyperparameters, model, `args` and `kwargs`; returns what
            keras-tuner takes, such as a History, a number, or a dict of metrics.
        args: Positional arguments for `fit`.
        kwargs: Named arguments for `fit`.

    Returns:
        The result. What the trial raised is in it.

    Raises:
        keras_tuner.errors.FatalError: If the trial raises it, or another process has taken up the trial: the
            search cannot go on.

    Example:
        ```python
        spec = TrialSpec("0000", "search/trial_0000", hp.get_config(), keras_tuner.Objective("loss", "min"))
        result = run_trial(spec, hypermodel.build, hypermodel.fit, (x, y), {"epochs": 3})
        ```
    """
    hp = keras_tuner.HyperParameters.from_config(copy.deepcopy(spec.hyperparameters))
    try:
        Path(spec.folder).mkdir(parents=True, exist_ok=True)
        with watched_memory(Path(spec.folder)):
            results = run_executions(spec, hp, build, fit, tuple(args), dict(kwargs or {}))
        metrics, best_epoch = scored(results, spec.objective, "HyperModel.fit()")
    except errors.FatalError:
        raise
    except Exception as error:
        status = "FAILED" if isinstance(error, errors.FailedTrialError) else "INVALID"
        return TrialResult(status, hp.get_config(), reason=traceback.format_exc())
    return TrialResult("COMPLETED", hp.get_config(), metrics, best_epoch)


def run_executions(
    spec: TrialSpec,
    hp: keras_tuner.HyperParameters,
    build: Callable[[keras_tuner.HyperParameters], keras.Model],
    fit: Callable[..., Any],
    args: tuple,
    kwargs: dict[str, Any],
    copied: Callable[[list], list] = copy.deepcopy,
) -> list[Any]:
    """Gives what `fit` returned in each execution; one that was run before an interruption is not run again.

    Args:
        spec: The trial.
        hp: Its hyperparameters, to which `build` and `fit` add.
        build: As for `run_trial`.
        fit: As for `run_trial`.
        args: As for `run_trial`.
        kwargs: As for `run_trial`.
        copied: Makes the callbacks of an execution.
    """
    folder = Path(spec.folder)
    progress = Progress(folder, (*spec.seed, spec.attempt))
    for execution in range(len(progress.results), spec.executions):
        run = Execution(spec, execution, progress, copied)
        try:
            result = run.result(hp, build, fit, args, kwargs)
        except CannotGoOnError:
            progress.start_again(execution)
            result = run.result(hp, build, fit, args, kwargs)
        scored(result, spec.objective, "HyperModel.fit()")
        progress.end_execution(result)
    progress.check_runner()
    files.write(folder / EPOCHS, json.dumps(progress.epochs))
    return progress.results[: spec.executions]


def seed_of(spec: TrialSpec, *execution: int) -> int:
    """Gives the seed of a trial, or of one of its executions."""
    return int(np.random.SeedSequence((*spec.seed, *execution, spec.attempt)).generate_state(1)[0])


@dataclass(frozen=True)
class Execution:
    """One training of a trial, or what is left of it."""

    spec: TrialSpec
    execution: int
    progress: Progress
    copied: Callable[[list], list]

    def result(self, hp, build, fit, args, kwargs) -> Any:
        """Trains, and gives what `fit` returned, a History with the epochs before an interruption.

        Raises:
            CannotGoOnError: If it was interrupted, and cannot go on in the middle as if it was not.
        """
        seed = seed_of(self.spec, self.execution)
        keras.utils.set_random_seed(seed)
        model = build(hp)
        others = self._callbacks(kwargs)
        call = over_arrays(fit, model, args, kwargs)
        is_exact = call is not None and can_go_on(model, call)
        done = self.progress.num_epochs(self.execution)
        if done and not (is_exact and is_built(model, call["x"])):
            raise CannotGoOnError
        keep = KeepProgress(self.progress, self.execution, self.spec.objective, others, is_exact)
        own = {**kwargs, "callbacks": [*others, keep]}
        if is_exact or (call is not None and has_strings(call)):
            args, own = (), in_epoch_order({**call, "callbacks": own["callbacks"]}, seed)
        if done:
            first = kwargs.get("initial_epoch", 0)
            own["initial_epoch"] = AFTER_ALL if self.progress.is_stopped else first + done
        result = fit(hp, model, *args, **own)
        if isinstance(model, keras.Model):
            files.write(Path(self.spec.folder) / BUILD, json.dumps(build_config_of(model)))
        if done and isinstance(result, keras.callbacks.History):
            result.history = self._history()
        return result

    def _callbacks(self, kwargs: dict[str, Any]) -> list:
        callbacks = self.copied(list(kwargs.get("callbacks") or []))
        for callback in callbacks:
            if type(callback).__name__ == "TensorBoard":
                folder = Path(callback.log_dir, self.spec.trial_id, f"execution{self.execution}")
                callback.log_dir = str(folder)
        return callbacks

    def _history(self) -> dict[str, list[float]]:
        """Gives the metrics of all epochs, as a History has them that was not interrupted."""
        epochs = self.progress.epochs_of(self.execution)
        return {name: [value for value in values if value is not None] for name, values in epochs.items()}


# Garbage


def freeze_garbage() -> bool:
    """Takes what is alive out of later collections; False where some of it already is.

    keras-tuner collects garbage twice before each model, and each time all objects of the process are looked
    through, the modules of TensorFlow among them: a fifth of the time of a short trial.
    """
    if gc.get_freeze_count():
        return False
    gc.collect()
    gc.freeze()
    return True


@contextlib.contextmanager
def frozen_garbage() -> Iterator[None]:
    """Collects, inside the block, only garbage that is made there."""
    did = freeze_garbage()
    try:
        yield
    finally:
        if did:
            gc.unfreeze()
