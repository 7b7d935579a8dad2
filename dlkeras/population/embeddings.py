"""Embeddings, whose gradient plain Keras has as slices: one for each token read, repeated ones apart.

Keras squares and clips each slice by itself, so that a token that is read twice in a batch counts as two
gradients and not as their sum. A population does the same, replica by replica, by Keras' own code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import keras
import tensorflow as tf

from dlkeras.base import keras_private
from dlkeras.optimizers import GradientDescent, Momentum
from dlkeras.population.stacked_layers import StackedLayer, UnrolledLayer, Untracked

# What they do with a gradient is linear, or all of it with averages: slices or their sum, it is the same.
_TAKE_SUMS = (keras.optimizers.SGD, keras.optimizers.Lion, GradientDescent, Momentum)


class Slices(NamedTuple):
    """The gradient of a stacked embedding by what was read: rows (R, N) and their gradients (R, N, D)."""

    rows: tf.Tensor
    values: tf.Tensor

    def of(self, replica: int, num_rows: int) -> tf.IndexedSlices:
        """Returns the gradient that a replica's own model has."""
        shape = tf.constant([num_rows, self.values.shape[-1]])
        return tf.IndexedSlices(self.values[replica], self.rows[replica], shape)

    def summed(self, like: tf.Tensor) -> tf.Tensor:
        """Returns the dense gradient, (R, V, D), in the form of another one."""
        num_replicas, num_rows, width = like.shape
        flat = tf.range(num_replicas)[:, None] * num_rows + self.rows
        values = tf.reshape(self.values, [-1, width])
        summed = tf.math.unsorted_segment_sum(values, tf.reshape(flat, [-1]), num_replicas * num_rows)
        return tf.reshape(summed, like.shape)


class StackedEmbedding(StackedLayer):
    """Embedding that remembers what it read, for the gradient by slices."""

    def __init__(self, members):
        super().__init__(members)
        self._read = Untracked(None)

    def call(self, x):
        rows = x if x.dtype in (tf.int32, tf.int64) else tf.cast(x, tf.int32)
        table = self.variable("embeddings")
        rows = tf.where(rows < 0, rows + table.shape[1], rows)
        found = tf.gather(table.value, rows, batch_dims=1)
        self._read.value = rows, found
        return found

    @property
    def read(self) -> tuple[tf.Tensor, tf.Tensor] | None:
        """Rows (R, B, ...) and what was found there, at the last call; None where the gradient is dense."""
        table = self.variable("embeddings")
        return self._read.value if table.trainable and table.regularizer is None else None


def check_slices_known(layers: Sequence[StackedLayer], optimizer: keras.Optimizer) -> None:
    """Raises a ValueError if a layer has slices that are not known, and the optimizer needs them."""
    clips = optimizer.clipvalue or optimizer.clipnorm or optimizer.global_clipnorm
    takes_sums = optimizer.dense_gradients or optimizer.gradient_accumulation_steps
    if takes_sums or not (clips or optimizer.by_slices.serves()):
        return
    for layer in layers:
        if isinstance(layer, UnrolledLayer) and _has_slices(layer.single):
            raise ValueError(
                "`build` must give what reads rows of a table as a keras.layers.Embedding of the model "
                "itself, that computes in the dtype of its weights, for repeated tokens to count as in a "
                f"plain `fit`. Received: layer {layer.single.name!r} of class {type(layer.single).__name__}. "
                "Or compile with `dense_gradients=True`, which sums the gradients of equal tokens."
            )


def _has_slices(layer: keras.Layer) -> bool:
    """Whether a plain `fit` has the gradient of a weight of this layer, at any depth in it, as slices."""
    kinds = []

    @tf.function(autograph=False)
    def trace(x):
        weights = [v for v in layer.trainable_variables if v.regularizer is None]
        values = [tf.convert_to_tensor(v) for v in weights]
        with tf.GradientTape() as tape:
            tape.watch(values)
            with keras.StatelessScope(list(zip(weights, values, strict=True))):
                y = layer(x)
        kinds.extend(map(type, tape.gradient(y, values)))

    trace.get_concrete_function(tf.TensorSpec(layer.input.shape, layer.input.dtype))
    return tf.IndexedSlices in kinds


def slices_of(layers: Mapping, gradients: list[tf.Tensor]) -> dict[str, Slices]:
    """Returns the gradients by slices of embedding layers, by the path of the variable, of those of reads."""
    found = {}
    for layer, gradient in zip(layers, gradients, strict=True):
        rows, _ = layer.read
        num_replicas, width = gradient.shape[0], gradient.shape[-1]
        values = tf.reshape(gradient, [num_replicas, -1, width])
        rows = tf.cast(tf.reshape(rows, [num_replicas, -1]), tf.int32)
        found[layer.variable("embeddings").path] = Slices(rows, values)
    return found


class SlicedUpdate:
    """Updates a stacked embedding replica by replica, by the optimizer that a single model would have."""

    def __init__(self, optimizer: keras.Optimizer, kind: type[keras.Optimizer], config: dict):
        self._optimizer = optimizer
        self._single_kind = keras_private.for_one_variable(kind)
        self._config = {**config, "use_ema": False}  # averages of weights come after the update
        self._made = {}

    def serves(self) -> bool:
        """Whether slices make a difference to this optimizer."""
        return not isinstance(self._optimizer, _TAKE_SUMS)

    def update(self, slices: Slices, variable, settings: Mapping, learning_rate) -> None:
        """Moves a stacked variable, (R, V, D); settings and rate may be one for each replica, (R,)."""
        place = keras_private.place_of(self._optimizer, variable)
        single, alone = self._single(place, variable)
        state = keras_private.states(single, self._optimizer, place)
        moved = []
        for replica in range(variable.shape[0]):
            mapping = [(alone, tf.convert_to_tensor(variable)[replica])]
            mapping += [(one, tf.convert_to_tensor(of_all)[replica]) for one, of_all in state]
            mapping += keras_private.counters(single, self._optimizer)
            for name, numbers in settings.items():
                setattr(single, name, tf.cast(numbers[replica], variable.dtype))
            rate = tf.convert_to_tensor(learning_rate)
            with keras.StatelessScope(mapping) as scope:
                gradient = slices.of(replica, variable.shape[1])
                single.update_step(gradient, alone, rate[replica] if rate.shape.rank else rate)
            moved.append([scope.get_current_value(one) for one in (alone, *(one for one, _ in state))])
        for target, values in zip(
            (variable, *(of_all for _, of_all in state)), zip(*moved, strict=True), strict=True
        ):
            target.assign(tf.stack(values))

    def _single(self, place: int, variable) -> tuple[keras.Optimizer, keras.Variable]:
        if place not in self._made:
            with tf.init_scope():
                alone = keras.Variable(
                    tf.zeros(variable.shape[1:], variable.dtype), dtype=variable.dtype.name
                )
                single = self._single_kind.from_config(self._config)
                single.build([alone])
            self._made[place] = single, alone
        return self._made[place]
