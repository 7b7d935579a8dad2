"""Checks of what a user hands to a `Population`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import keras
import numpy as np
import tensorflow as tf

from dlkeras.base import keras_private
from dlkeras.base.checks import checked_integer, is_integer

# What `compile` of Keras takes besides, and the values that are what a population does anyway.
_COMPILE_OPTIONS = {
    "run_eagerly": (False, None),
    "steps_per_execution": (1,),
    "auto_scale_loss": (True,),
    "loss_weights": (None,),
    "weighted_metrics": (None, [], ()),
}

# XLA compiles them anew for each replica, and computes them slower on a processor.
_L = keras.layers
_CONVOLUTIONS = (
    *(_L.Conv1D, _L.Conv2D, _L.Conv3D, _L.Conv1DTranspose, _L.Conv2DTranspose, _L.Conv3DTranspose),
    *(_L.DepthwiseConv1D, _L.DepthwiseConv2D, _L.SeparableConv1D, _L.SeparableConv2D),
)


def checked_seeds(seeds: Iterable[int]) -> tuple[int, ...]:
    """Returns the seeds as a tuple, or raises an error that says what is wrong."""
    if not isinstance(seeds, Iterable):
        raise TypeError(
            f"`seeds` must name a seed for each replica. Received: seeds={seeds!r}. Use range or a list."
        )
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


def checked_compile(loss, metrics, options: dict) -> tuple:
    """Returns metrics as a tuple, or raises an error that says which argument of `compile` does not fit."""
    if loss is None:
        raise ValueError("`loss` must be given. Received: loss=None")
    for name, value in (("loss", loss), ("metrics", metrics)):
        nested = isinstance(value, list | tuple) and (
            name == "loss" or any(isinstance(each, list | tuple | dict) for each in value)
        )
        if nested or isinstance(value, dict):
            raise TypeError(
                f"`{name}` must be for one output: a population has no other. Received: {name}={value!r}"
            )
    for name, value in options.items():
        if name not in _COMPILE_OPTIONS:
            raise TypeError(
                "`compile` of a population takes optimizer, loss, metrics, jit_compile, "
                f"{', '.join(_COMPILE_OPTIONS)}. "
                f"Received: {name}={value!r}"
            )
        known = _COMPILE_OPTIONS[name]
        if not any(value is each or value == each for each in known):
            raise ValueError(
                f"`{name}` must be {known[0]!r} or left out: a population does it no other way. "
                f"Received: {name}={value!r}"
            )
    if metrics is None:
        return ()
    return tuple(metrics) if isinstance(metrics, list | tuple) else (metrics,)


def checked_jit_compile(jit_compile: bool | str, population) -> bool:
    """Returns whether to compile by XLA, or raises an error that says what is wrong."""
    if isinstance(jit_compile, str) and jit_compile == "auto":
        layers = [each for own in population.stacked_layers for each in keras_private.all_layers(own.single)]
        return population.jit_by_default and not any(isinstance(each, _CONVOLUTIONS) for each in layers)
    if not isinstance(jit_compile, bool):
        raise ValueError(
            f"`jit_compile` must be True, False or 'auto'. Received: jit_compile={jit_compile!r}"
        )
    return jit_compile


def check_none(**options) -> None:
    """Raises a ValueError if a number of steps is given: an epoch is all data that a population gets."""
    for name, value in options.items():
        if value is not None:
            raise ValueError(
                f"`{name}` must be None: a population goes over all samples, or all batches of a data set. "
                f"Received: {name}={value!r}. Hand over fewer samples, or `dataset.take({value!r})`."
            )


def checked_validation_freq(freq: int | Sequence[int]) -> Callable[[int], bool]:
    """Returns whether to validate after an epoch, by its number from 1, or raises an error."""
    if isinstance(freq, list | tuple | set | range):
        epochs = {checked_integer("validation_freq", epoch) for epoch in freq}
        return lambda epoch: epoch in epochs
    freq = checked_integer("validation_freq", freq)
    return lambda epoch: epoch % freq == 0


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


def checked_batch_size(batch_size: int | None) -> int:
    """Returns the number of samples in a batch, 32 for None, or raises a TypeError or ValueError."""
    return 32 if batch_size is None else checked_integer("batch_size", batch_size)


def checked_targets(y, x: tf.Tensor) -> tf.Tensor:
    """Returns targets as a tensor with as many rows as `x`, or raises a ValueError that says why not."""
    y = _tensor("y", y)
    if y.shape[0] != x.shape[0]:
        raise ValueError(
            "`x` and `y` must have equally many samples. "
            f"Received: x of shape {tuple(x.shape)} and y of shape {tuple(y.shape)}"
        )
    return y


def checked_dataset(dataset: tf.data.Dataset, form: tuple, most: int = 3) -> tf.data.Dataset:
    """Returns a data set with inputs of the right dtype, or raises a ValueError that says what is wrong.

    `most` is the number of parts that a batch may have; 1 for inputs alone, of which the rest is left out.
    """
    shape, dtype = form
    spec = dataset.element_spec
    parts = spec if isinstance(spec, tuple) else (spec,)
    fits = 2 <= len(parts) <= most or most == 1
    if not (fits and all(isinstance(s, tf.TensorSpec) for s in parts)):
        raise ValueError(f"`x` must be a data set of pairs of batches (x, y). Received: elements {spec}")
    if not parts[0].shape.is_compatible_with([None, *shape]):
        raise ValueError(
            f"`x` must be a data set whose inputs have the shape {_form(shape)}. "
            f"Received: inputs of shape {parts[0].shape}. Did you call `batch`?"
        )
    if dataset.cardinality() == tf.data.INFINITE_CARDINALITY:
        raise ValueError("`x` must be a data set that ends. Received: one that repeats forever. Use `take`.")
    kind = keras.config.floatx()

    def cast(x, *more):
        others = (tf.cast(part, kind) if part.dtype.is_floating else part for part in more[: most - 1])
        return tf.cast(x, dtype), *others

    return dataset.map(cast).prefetch(tf.data.AUTOTUNE)


def split(x, y, sample_weight, validation_data, validation_split: float) -> tuple[tuple, tuple | None]:
    """Returns (x, y, weights) to train on and to validate on, or None; a data set stands beside None."""
    if validation_data is not None:
        is_dataset = isinstance(validation_data, tf.data.Dataset)
        parts = (validation_data,) if is_dataset else tuple(validation_data)
        if len(parts) not in (2, 3) and not is_dataset:
            raise ValueError(
                "`validation_data` must be (x, y), (x, y, weights of samples) or a data set. "
                f"Received: {len(parts)} parts"
            )
        return (x, y, sample_weight), (*parts, None, None)[:3]
    if not 0 <= validation_split < 1:
        raise ValueError(
            "`validation_split` must be at least 0 and below 1. "
            f"Received: validation_split={validation_split}"
        )
    if not validation_split:
        return (x, y, sample_weight), None
    if isinstance(x, tf.data.Dataset):
        raise ValueError("`validation_split` must be 0 with a data set. Use `validation_data`.")
    start = math.floor(len(x) * (1 - validation_split))
    if start == 0:
        raise ValueError(
            "`validation_split` must leave samples on both sides. "
            f"Received: validation_split={validation_split} of {len(x)} samples"
        )
    data = (x, y, sample_weight)
    return tuple(
        tuple(d if d is None else d[part] for d in data) for part in (slice(start), slice(start, None))
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
    if not tf.is_tensor(array) and array.dtype.kind in "OSUMm":  # objects, text and times
        raise TypeError(
            f"`{argument}` must hold numbers. Received: {argument} of dtype {array.dtype}. Give words and "
            "names as integers, such as by `keras.layers.StringLookup`."
        )
    floating = keras.backend.is_float_dtype(keras.backend.standardize_dtype(array.dtype))
    return tf.cast(array, keras.config.floatx()) if floating else tf.convert_to_tensor(array)
