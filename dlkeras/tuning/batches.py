"""The order of batches: drawn by epoch, so that a training that goes on sees what it would have seen."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import keras
import keras_tuner
import numpy as np
import tensorflow as tf

from dlkeras.base.keras_private import OpenArrays, held_out

_FIT = inspect.signature(keras.Model.fit)


class EpochOrder(keras.callbacks.Callback):
    """An order of samples that is drawn from a seed and the epoch's number.

    `fit` draws the order of an epoch from a generator that has drawn for all epochs before, and so a training
    that goes on after an interruption would see another order than one that was never interrupted.
    """

    def __init__(self, seed: int):
        super().__init__()
        self.epoch = tf.Variable(0, dtype=tf.int64, trainable=False)
        self.seed = seed

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch.assign(epoch)

    def draw(self, n: int) -> tf.Tensor:
        key = tf.stack([tf.constant(self.seed, tf.int64), self.epoch])
        return tf.random.experimental.stateless_shuffle(tf.range(n), key)


class OrderedArrays(OpenArrays):
    """Arrays for `fit`, as it takes them, in an order that is asked for anew in each epoch."""

    def __init__(self, order: Callable[[int], tf.Tensor], *arrays: Any, batch_size: int, class_weight=None):
        super().__init__(*arrays, batch_size=batch_size, class_weight=class_weight)
        self._order = order

    def get_tf_dataset(self):
        return batches_in(self._order, self.tensors(), self.batch_size)


def batches_in(order: Callable[[int], tf.Tensor], tensors: Any, batch_size: int) -> tf.data.Dataset:
    """Gives tensors, (n, ...), as batches in an order that is asked for anew in each epoch, by their number.

    They are not tuned by `tf.data` while they are read: its thread for that keeps the end of each epoch
    waiting for up to 0.2 s where all cores are busy, as beside other workers.
    """
    n = int(tf.nest.flatten(tensors)[0].shape[0])

    def batch(indices, start):
        return tf.nest.map_structure(lambda a: tf.gather(a, indices[start : start + batch_size]), tensors)

    def batches(indices):
        return tf.data.Dataset.range(0, n, batch_size).map(lambda start: batch(indices, start))

    data = tf.data.Dataset.range(1).map(lambda _: order(n)).flat_map(batches)
    data = data.apply(tf.data.experimental.assert_cardinality(-(-n // batch_size))).prefetch(2)
    options = tf.data.Options()
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    return data.with_options(options)


def is_plain(fit: Callable[..., Any]) -> bool:
    """Whether this is keras-tuner's own `HyperModel.fit`, which calls `fit` of the model."""
    return getattr(fit, "__func__", fit) is keras_tuner.HyperModel.fit


def over_arrays(fit: Callable[..., Any], model: Any, args: tuple, kwargs: dict) -> dict[str, Any] | None:
    """Gives the arguments of a `fit` by name, if it is Keras's own, over arrays, on one device; else None.

    All else is called as it is: other data (`tf.data`, `PyDataset`, generators) have an order of their own.
    """
    if not is_plain(fit) or not isinstance(model, keras.Model) or not _is_keras_fit(model):
        return None
    if model.distribute_strategy is not tf.distribute.get_strategy():
        return None
    try:
        call = dict(_FIT.bind(model, *args, **kwargs).arguments)
    except TypeError:
        return None  # which `fit` will say
    del call["self"]
    given = [call.get(name) for name in ("x", "y", "sample_weight")]
    plain = call.get("shuffle", True) in (True, False) and call.get("steps_per_epoch") is None
    is_given = plain and call.get("x") is not None and are_arrays(given) and _lengths(given) == 1
    return call if is_given else None


def has_strings(call: Mapping[str, Any]) -> bool:
    """Whether there are arrays of strings, which Keras's `fit` cannot take from NumPy."""
    return any(_is_text(leaf) for leaf in tf.nest.flatten(call.get("x")))


def in_epoch_order(call: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Gives the arguments of a `fit` over arrays an order of batches that an interruption does not change."""
    call = dict(call)
    given = tuple(with_strings(call.pop(name, None)) for name in ("x", "y", "sample_weight"))
    split, held = call.pop("validation_split", None), call.get("validation_data")
    if split and held is None:
        given, held = held_out(given, split)
        held = call["validation_data"] = tuple(part for part in held if part is not None)
    batch_size = call.pop("batch_size", None) or 32
    held_size = call.pop("validation_batch_size", None) or batch_size
    if (
        isinstance(held, tuple | list)
        and are_arrays(held, np.ndarray | tf.Tensor)
        and call.get("validation_steps") is None
    ):
        parts = (*map(with_strings, held), None, None)[:3]
        call["validation_data"] = OrderedArrays(tf.range, *parts, batch_size=held_size)
    else:
        call["validation_batch_size"] = held_size
    order = EpochOrder(seed)
    draw = order.draw if call.pop("shuffle", True) else tf.range
    weights = {"class_weight": call.pop("class_weight", None)}
    data = OrderedArrays(draw, *given, batch_size=batch_size, **weights)
    return {**call, "x": data, "callbacks": [order, *(call.get("callbacks") or [])]}


def _is_keras_fit(model: keras.Model) -> bool:
    return getattr(model.fit, "__func__", None) is keras.Model.fit


def are_arrays(parts: Any, kinds: Any = np.ndarray) -> bool:
    """Whether all that is given is NumPy's; what is None is not given, but nothing in a list may be None."""
    given = [part for part in parts if part is not None]
    return all(isinstance(leaf, kinds) and leaf.ndim for leaf in tf.nest.flatten(given))


def _lengths(parts: Any) -> int:
    return len({len(leaf) for leaf in tf.nest.flatten([part for part in parts if part is not None])})


def with_strings(arrays: Any) -> Any:
    """Makes tensors of arrays of strings, which Keras's `fit` cannot take from NumPy."""
    if arrays is None:
        return None
    return keras.tree.map_structure(lambda a: tf.convert_to_tensor(a) if _is_text(a) else a, arrays)


def _is_text(array: Any) -> bool:
    return isinstance(array, np.ndarray) and array.dtype.kind in "OSU"
