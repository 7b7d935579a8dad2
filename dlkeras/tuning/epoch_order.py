"""Batches in an order that depends on the seed and the number of the epoch alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf


class EpochOrder(keras.callbacks.Callback):
    """Arrays as batches whose order in an epoch is drawn from the seed and the epoch's number.

    `fit` draws the order of an epoch from a generator that has drawn for all epochs before, and so a training
    that goes on after an interruption would see another order than one that was never interrupted.

    Args:
        arrays: What `fit` gets of each batch: inputs, targets and sample weights, each (n, ...) or a nest.
        batch_size: Samples in a batch, at least 1.
        seed: Integer of at least 0.

    Attributes:
        batches: `tf.data.Dataset` for `fit`, of which this is to be a callback.
    """

    def __init__(self, arrays: Any, batch_size: int, seed: int):
        super().__init__()
        self.epoch = tf.Variable(0, dtype=tf.int64, trainable=False)

        def order(n):
            key = tf.stack([tf.constant(seed, tf.int64), self.epoch])
            return tf.random.experimental.stateless_shuffle(tf.range(n), key)

        self.batches = batches_in(order, arrays, batch_size)

    def on_epoch_begin(self, epoch, logs=None):
        """Takes the order of this epoch."""
        self.epoch.assign(epoch)


def batches_in(order: Callable[[int], tf.Tensor], arrays: Any, batch_size: int) -> tf.data.Dataset:
    """Gives arrays as batches in an order that is asked for anew in each epoch.

    Args:
        order: From the number of samples to their indices, such as `tf.range`.
        arrays: Each (n, ...), or a nest.
        batch_size: Samples in a batch, at least 1; the last one has what is left.

    Returns:
        The batches. They are not tuned by `tf.data` while they are read: its thread for that keeps the end of
        each epoch waiting for up to 0.2 s where all cores are busy, as beside other workers.
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

    Args:
        args: Positional arguments of `fit`.
        kwargs: Named arguments of `fit`, with `callbacks`.
        seed: Integer of at least 0.

    Returns:
        The arguments, changed where the inputs and targets are arrays that are to be shuffled. Other data
        (`tf.data`, `PyDataset`, generators) have an order of their own, and stay as they are.
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
