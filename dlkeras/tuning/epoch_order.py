"""Batches in an order that depends on the seed and the number of the epoch alone."""

from __future__ import annotations

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
        arrays = tf.nest.map_structure(tf.convert_to_tensor, arrays)
        n = int(tf.nest.flatten(arrays)[0].shape[0])
        self.epoch = tf.Variable(0, dtype=tf.int64, trainable=False)

        def order(_):
            key = tf.stack([tf.constant(seed, tf.int64), self.epoch])
            return tf.random.experimental.stateless_shuffle(tf.range(n), key)

        def batch(indices, start):
            return tf.nest.map_structure(lambda a: tf.gather(a, indices[start : start + batch_size]), arrays)

        def batches(indices):
            starts = tf.data.Dataset.range(0, n, batch_size)
            return starts.map(lambda start: batch(indices, start))

        data = tf.data.Dataset.range(1).map(order).flat_map(batches)
        self.batches = data.apply(tf.data.experimental.assert_cardinality(-(-n // batch_size))).prefetch(2)

    def on_epoch_begin(self, epoch, logs=None):
        """Takes the order of this epoch."""
        self.epoch.assign(epoch)


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
    arrays = all(isinstance(leaf, np.ndarray) for leaf in tf.nest.flatten(given))
    plain = call.get("shuffle", True) is True and call.get("steps_per_epoch") is None
    if len(args) > len(names) or not (arrays and plain) or call.get("y") is None:
        return args, kwargs
    if split := call.pop("validation_split", 0.0):
        if call.get("validation_data") is None:
            held = tf.nest.map_structure(lambda a: a[_first_held(a, split) :], tuple(given))
            call["validation_data"] = held
        given = tf.nest.map_structure(lambda a: a[: _first_held(a, split)], given)
    batch_size = call.pop("batch_size", None) or 32
    call["validation_batch_size"] = call.get("validation_batch_size") or batch_size
    order = EpochOrder(tuple(given), batch_size, seed)
    for name in ("y", "sample_weight"):
        call.pop(name, None)
    callbacks = [order, *(call.get("callbacks") or [])]
    return (), {**call, "x": order.batches, "shuffle": False, "callbacks": callbacks}


def _first_held(array: np.ndarray, split: float) -> int:
    return int(np.floor(len(array) * (1.0 - split)))
