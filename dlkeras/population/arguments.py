"""Checks of what a user hands to a `Population`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import keras
import numpy as np
import tensorflow as tf

from dlkeras.base.checks import is_integer
from dlkeras.callbacks import StopAtError

# They compare a metric with a number, write it as one, or go on from a state that a population does not have.
_FOR_SINGLE_MODELS = (
    *(keras.callbacks.EarlyStopping, keras.callbacks.ReduceLROnPlateau, keras.callbacks.TerminateOnNaN),
    *(keras.callbacks.BackupAndRestore, keras.callbacks.TensorBoard, keras.callbacks.RemoteMonitor),
    StopAtError,
)


def checked_seeds(seeds: Iterable[int]) -> tuple[int, ...]:
    """Returns the seeds as a tuple, or raises an error that says what is wrong."""
    seeds = tuple(seeds)
    if not seeds:
        raise ValueError("`seeds` must name at least one replica. Received: seeds=()")
    for seed in seeds:
        if not is_integer(seed):
            raise TypeError(f"`seeds` must be integers. Received: {seed!r} among seeds")
        if seed < 0:
            raise ValueError(f"`seeds` must be at least 0. Received: {seed} among seeds")
    return tuple(int(seed) for seed in seeds)


def check_index(index: int, num_replicas: int) -> None:
    """Raises a ValueError unless there is a replica of this number."""
    if not 0 <= index < num_replicas:
        raise ValueError(f"`index` must be from 0 to {num_replicas - 1}. Received: index={index}")


def check_compiled(population) -> None:
    """Raises a ValueError unless `compile` was called."""
    if not population.compiled:
        raise ValueError("`compile(optimizer, loss)` must come first. Received: a population not compiled.")


def checked_rates(learning_rates: Sequence[float] | None, num_replicas: int) -> tuple[float, ...] | None:
    """Returns the learning rates as a tuple, or raises a ValueError that says what is wrong."""
    if learning_rates is None:
        return None
    rates = tuple(float(rate) for rate in learning_rates)
    if len(rates) != num_replicas:
        raise ValueError(
            "`learning_rates` must have one rate for each seed. "
            f"Received: {len(rates)} learning_rates and {num_replicas} seeds"
        )
    if not all(math.isfinite(rate) and rate > 0 for rate in rates):
        raise ValueError(f"`learning_rates` must be above 0 and finite. Received: learning_rates={rates}")
    return rates


def checked_inputs(x, shape: Sequence[int | None], dtype: str) -> tf.Tensor:
    """Returns inputs as a tensor (n, *shape), or raises a ValueError that says what is wrong."""
    x = _tensor("x", x)
    fits = len(x.shape) == len(shape) + 1 and all(
        wanted in (None, n) for n, wanted in zip(x.shape[1:], shape, strict=True)
    )
    if not fits:
        raise ValueError(f"`x` must have the shape {_form(shape)}. Received: x of shape {tuple(x.shape)}")
    return tf.cast(x, dtype)


def checked_targets(y, x: tf.Tensor) -> tf.Tensor:
    """Returns targets as a tensor with as many rows as `x`, or raises a ValueError that says why not."""
    y = _tensor("y", y)
    if y.shape[0] != x.shape[0]:
        raise ValueError(
            "`x` and `y` must have equally many samples. "
            f"Received: x of shape {tuple(x.shape)} and y of shape {tuple(y.shape)}"
        )
    return y


def checked_dataset(dataset: tf.data.Dataset, y, form: tuple) -> tf.data.Dataset:
    """Returns a data set with inputs of the right dtype, or raises a ValueError that says what is wrong."""
    if y is not None:
        raise ValueError("`y` must be None when `x` is a data set. Received: y of class " + type(y).__name__)
    shape, dtype = form
    spec = dataset.element_spec
    if not (isinstance(spec, tuple) and len(spec) == 2 and all(isinstance(s, tf.TensorSpec) for s in spec)):
        raise ValueError(f"`x` must be a data set of pairs of batches (x, y). Received: elements {spec}")
    if not spec[0].shape.is_compatible_with([None, *shape]):
        raise ValueError(
            f"`x` must be a data set whose inputs have the shape {_form(shape)}. "
            f"Received: inputs of shape {spec[0].shape}. Did you call `batch`?"
        )
    if dataset.cardinality() == tf.data.INFINITE_CARDINALITY:
        raise ValueError("`x` must be a data set that ends. Received: one that repeats forever. Use `take`.")
    kind = keras.config.floatx() if spec[1].dtype.is_floating else spec[1].dtype
    return dataset.map(lambda x, y: (tf.cast(x, dtype), tf.cast(y, kind))).prefetch(tf.data.AUTOTUNE)


def split(x, y, validation_data, validation_split: float) -> tuple[tuple, tuple | None]:
    """Returns the pair to train on and the pair to validate on, or None; a data set stands beside None."""
    if validation_data is not None:
        is_dataset = isinstance(validation_data, tf.data.Dataset)
        pair = (validation_data, None) if is_dataset else tuple(validation_data)
        if len(pair) != 2:
            raise ValueError(
                f"`validation_data` must be a pair (x, y) or a data set. Received: {len(pair)} parts"
            )
        return (x, y), pair
    if not 0 <= validation_split < 1:
        raise ValueError(
            "`validation_split` must be at least 0 and below 1. "
            f"Received: validation_split={validation_split}"
        )
    if not validation_split:
        return (x, y), None
    if isinstance(x, tf.data.Dataset):
        raise ValueError("`validation_split` must be 0 with a data set. Use `validation_data`.")
    start = math.floor(len(x) * (1 - validation_split))
    return (x[:start], y[:start]), (x[start:], y[start:])


def check_callbacks(callbacks, has_own_rates: bool) -> None:
    """Raises a ValueError if a callback needs one number where a population has one for each replica."""
    for callback in keras.tree.flatten(callbacks):
        name = type(callback).__name__
        chooses = isinstance(callback, keras.callbacks.ModelCheckpoint) and callback.save_best_only
        if chooses or isinstance(callback, _FOR_SINGLE_MODELS):
            raise ValueError(
                "`callbacks` must not take a metric for a number: in a population it is an array, one number "
                f"for each replica. Received: {name}. Choose epochs and replicas from what `fit` returns."
            )
        if has_own_rates and isinstance(callback, keras.callbacks.LearningRateScheduler):
            raise ValueError(
                "`callbacks` must not set one learning rate where each replica has its own. "
                f"Received: {name}. Assign `population.optimizer.learning_rate` between two `fit`."
            )


def _form(shape: Sequence[int | None]) -> str:
    return f"({', '.join('None' if n is None else str(n) for n in ('n', *shape))})"


def _tensor(argument: str, value) -> tf.Tensor:
    if isinstance(value, tf.data.Dataset | keras.utils.PyDataset | None) or hasattr(value, "__next__"):
        raise TypeError(
            f"`{argument}` must be an array, or `x` a tf.data.Dataset. "
            f"Received: {argument} of class {type(value).__name__}"
        )
    array = value if tf.is_tensor(value) else np.asarray(value)
    if len(array.shape) == 0 or array.shape[0] == 0:
        raise ValueError(
            f"`{argument}` must hold at least one sample. Received: {argument} of shape {tuple(array.shape)}"
        )
    floating = keras.backend.is_float_dtype(keras.backend.standardize_dtype(array.dtype))
    return tf.cast(array, keras.config.floatx()) if floating else tf.convert_to_tensor(array)
