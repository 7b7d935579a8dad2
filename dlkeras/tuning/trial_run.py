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
import tensorflow as tf
from keras_tuner import errors

from dlkeras.base import files
from dlkeras.tuning.keras_tuner_private import checked_metrics
from dlkeras.tuning.progress import KeepProgress, Progress, watched_memory
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
        Path(spec.folder).mkdir(parents=True, exist_ok=True)
        with watched_memory(Path(spec.folder)):
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
        progress.end_execution(*checked_metrics(result, spec.objective))
    progress.check_runner()
    files.write(folder / EPOCHS, json.dumps(progress.epochs))
    results = progress.results[: spec.executions]
    best_epoch = sum(result["best_epoch"] for result in results) // len(results)
    return tuple(result["metrics"] for result in results), best_epoch


def _execute(spec, execution, progress, hp, build, fit, args, kwargs):
    """Runs an execution, or what is left of it, and returns its whole history or what else `fit` returned."""
    numbers = np.random.SeedSequence((*spec.seed, execution, spec.attempt))
    seed = int(numbers.generate_state(1)[0])
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
    if isinstance(result, keras.callbacks.History):
        result.history = progress.epochs_of(execution) or result.history  # with the epochs before
    return result


def is_plain(fit: Callable[..., Any]) -> bool:
    """Whether this is keras-tuner's own `HyperModel.fit`, which calls `fit` of the model."""
    return getattr(fit, "__func__", fit) is keras_tuner.HyperModel.fit


# The order of batches


class EpochOrder(keras.callbacks.Callback):
    """Arrays as batches whose order in an epoch is drawn from the seed and the epoch's number.

    `fit` draws the order of an epoch from a generator that has drawn for all epochs before, and so a training
    that goes on after an interruption would see another order than one that was never interrupted. `fit`
    gets `batches`, and this as a callback.
    """

    def __init__(self, arrays: Any, batch_size: int, seed: int):
        super().__init__()
        self.epoch = tf.Variable(0, dtype=tf.int64, trainable=False)

        def order(n):
            key = tf.stack([tf.constant(seed, tf.int64), self.epoch])
            return tf.random.experimental.stateless_shuffle(tf.range(n), key)

        self.batches = batches_in(order, arrays, batch_size)

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch.assign(epoch)


def batches_in(order: Callable[[int], tf.Tensor], arrays: Any, batch_size: int) -> tf.data.Dataset:
    """Gives arrays, (n, ...), as batches in an order that is asked for anew in each epoch, by their number.

    They are not tuned by `tf.data` while they are read: its thread for that keeps the end of each epoch
    waiting for up to 0.2 s where all cores are busy, as beside other workers.
    """
    arrays = tf.nest.map_structure(tf.convert_to_tensor, arrays)
    n = int(tf.nest.flatten(arrays)[0].shape[0])

    def batch(indices, start):
        return tf.nest.map_structure(lambda a: tf.gather(a, indices[start : start + batch_size]), arrays)

    def batches(indices):
        return tf.data.Dataset.range(0, n, batch_size).map(lambda start: batch(indices, start))

    data = tf.data.Dataset.range(1).map(lambda _: order(n)).flat_map(batches)
    data = data.apply(tf.data.experimental.assert_cardinality(-(-n // batch_size))).prefetch(2)
    options = tf.data.Options()
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    return data.with_options(options)


def in_epoch_order(args: tuple, kwargs: dict[str, Any], seed: int) -> tuple[tuple, dict[str, Any]]:
    """Gives the arguments of a `fit` over arrays an order of batches that an interruption does not change.

    Other data (`tf.data`, `PyDataset`, generators) have an order of their own, and stay as they are.
    """
    names = ("x", "y", "batch_size", "epochs", "verbose", "callbacks", "validation_split", "validation_data")
    call = {**dict(zip(names, args, strict=False)), **kwargs}
    parts = [call.get("x"), call.get("y"), call.get("sample_weight")]
    given = [part for part in parts if part is not None]
    plain = call.get("shuffle", True) is True and call.get("steps_per_epoch") is None
    if len(args) > len(names) or not (_are_arrays(given) and plain) or call.get("y") is None:
        return args, kwargs
    if split := call.pop("validation_split", 0.0):
        if call.get("validation_data") is None:
            held = tf.nest.map_structure(lambda a: a[_first_held(a, split) :], tuple(given))
            call["validation_data"] = held
        given = tf.nest.map_structure(lambda a: a[: _first_held(a, split)], given)
    batch_size = call.pop("batch_size", None) or 32
    held_size = call.pop("validation_batch_size", None) or batch_size
    held = call.get("validation_data")
    if isinstance(held, tuple) and _are_arrays(held) and call.get("validation_steps") is None:
        call["validation_data"] = batches_in(tf.range, held, held_size)
    elif held is not None:
        call["validation_batch_size"] = held_size
    order = EpochOrder(tuple(given), batch_size, seed)
    for name in ("y", "sample_weight"):
        call.pop(name, None)
    callbacks = [order, *(call.get("callbacks") or [])]
    return (), {**call, "x": order.batches, "shuffle": False, "callbacks": callbacks}


def _are_arrays(nest: Any) -> bool:
    return all(isinstance(leaf, np.ndarray) for leaf in tf.nest.flatten(nest))


def _first_held(array: np.ndarray, split: float) -> int:
    return int(np.floor(len(array) * (1.0 - split)))


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
