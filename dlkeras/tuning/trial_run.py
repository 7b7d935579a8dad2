"""Running one trial: a function that a worker process can call, and that goes on where it was interrupted."""

from __future__ import annotations

import copy
import json
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import keras_tuner
import numpy as np
from keras_tuner import errors
from keras_tuner.src.engine import tuner_utils

from dlkeras.base import files
from dlkeras.tuning.epoch_order import in_epoch_order
from dlkeras.tuning.memory import MemoryWatch
from dlkeras.tuning.progress import KeepProgress, Progress

AFTER_ALL = 10**9  # an epoch that `fit` does not come to
EPOCHS, BUILD = "epochs.json", "build_config.json"


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
    """

    status: str
    hyperparameters: dict[str, Any]
    metrics: tuple[dict[str, float], ...] = ()
    best_epoch: int = 0
    reason: str | None = None


def run_trial(
    spec: TrialSpec,
    build: Callable[[keras_tuner.HyperParameters], keras.Model],
    fit: Callable[..., Any],
    args: Sequence = (),
    kwargs: Mapping[str, Any] | None = None,
) -> TrialResult:
    """Runs a trial: builds and fits the model once for each execution.

    After each epoch the state of the training is in a file. If the process ends, the next call with the same
    spec goes on from there, with the same order of batches if the data are arrays.

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
        with MemoryWatch(_made(spec.folder)):
            metrics, best_epoch = _run(spec, hp, build, fit, tuple(args), dict(kwargs or {}))
    except errors.FatalError:
        raise
    except Exception as error:
        status = "FAILED" if isinstance(error, errors.FailedTrialError) else "INVALID"
        return TrialResult(status, hp.get_config(), reason=traceback.format_exc())
    return TrialResult("COMPLETED", hp.get_config(), metrics, best_epoch)


def _run(spec, hp, build, fit, args, kwargs) -> tuple[tuple[dict[str, float], ...], int]:
    folder = Path(spec.folder)
    progress = Progress(folder, spec.attempt)
    for execution in range(len(progress.results), spec.executions):
        result = _execute(spec, execution, progress, hp, build, fit, args, kwargs)
        metrics = tuner_utils.convert_to_metrics_dict(result, spec.objective)
        plain = {name: float(value) for name, value in metrics.items()}
        progress.end_execution(plain, int(tuner_utils.get_best_step(result, spec.objective)))
    progress.check_runner()
    files.write(folder / EPOCHS, json.dumps(progress.epochs))
    results = progress.results[: spec.executions]
    best_epoch = sum(result["best_epoch"] for result in results) // len(results)
    return tuple(result["metrics"] for result in results), best_epoch


def _execute(spec, execution, progress, hp, build, fit, args, kwargs):
    """Runs an execution, or what is left of it, and returns its whole history or what else `fit` returned."""
    seed = _seed(*spec.seed, execution, spec.attempt)
    keras.utils.set_random_seed(seed)
    model = build(hp)
    others = copy.deepcopy(list(kwargs.get("callbacks") or []))
    for callback in others:
        if type(callback).__name__ == "TensorBoard":
            callback.log_dir = str(Path(callback.log_dir, spec.trial_id, f"execution{execution}"))
    keep = KeepProgress(progress, execution, spec.objective, others)
    call = {**kwargs, "callbacks": [*others, keep]}
    if done := progress.num_epochs(execution):
        call["initial_epoch"] = AFTER_ALL if progress.is_stopped else kwargs.get("initial_epoch", 0) + done
    if is_plain(fit):
        args, call = in_epoch_order(args, call, seed)
    result = fit(hp, model, *args, **call)
    if model.built:
        files.write(Path(spec.folder) / BUILD, json.dumps(model.get_build_config()))
    tuner_utils.validate_trial_results(result, spec.objective, "HyperModel.fit()")
    if isinstance(result, keras.callbacks.History):
        result.history = progress.epochs_of(execution) or result.history  # with the epochs before
    return result


def is_plain(fit: Callable[..., Any]) -> bool:
    """Says whether this is keras-tuner's own `HyperModel.fit`, which calls `fit` of the model."""
    return getattr(fit, "__func__", fit) is keras_tuner.HyperModel.fit


def _made(folder: str) -> Path:
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)


def _seed(*numbers: int) -> int:
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])
