"""Rows of square sums that the compiled step writes on the device, and the host copies now and then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf

from dlkeras.base import keras_private
from dlkeras.base.names import unique

CAPACITY = 1024  # rows on the device between two copies to the host


class Recording:
    """Half square sums of gradients and, if asked for, of weights and their changes, a column a variable.

    In a model whose variables are stacked along a leading replica axis, of length `model.num_replicas`, a
    number becomes a vector with one entry per replica.

    Args:
        model: The built, compiled model.
        optimizer: The optimizer that updates the weights, without a loss-scaling wrapper.
        every: A row is written for each `every`-th update.
        updates: Whether weights and their changes get rows too.
    """

    def __init__(self, model: keras.Model, optimizer: keras.Optimizer, every: int, updates: bool):
        groups = layer_weights(model)
        self.layer_names = list(groups)
        self.variables = [variable for own in groups.values() for variable in own]
        self.variable_names = [f"{layer}/{v.name}" for layer, own in groups.items() for v in own]
        self.layers = np.repeat(np.arange(len(groups)), [len(own) for own in groups.values()])
        self._optimizer = optimizer
        self._every = every
        self._xla = model.jit_compile is True
        self._column = {keras_private.key_of(optimizer, v): i for i, v in enumerate(self.variables)}
        self._steps_per_execution = model.steps_per_execution
        self._capacity = max(CAPACITY, self._steps_per_execution)
        self._num_replicas = getattr(model, "num_replicas", None)

        float64 = any(keras.backend.standardize_dtype(v.dtype) == "float64" for v in self.variables)
        self._dtype = tf.float64 if float64 else tf.float32
        self._of_a_sum = () if self._num_replicas is None else (self._num_replicas,)
        row = len(self.variables), *self._of_a_sum
        names = ("gradients", "weights", "changes") if updates else ("gradients",)
        self._buffers = {name: self._buffer(row, self._dtype) for name in names}
        self._count = self._counter()  # updates since row 0
        self._batches = None
        if model.optimizer is not optimizer:  # loss scaling skips batches whose gradients overflow
            self._batches = self._counter()
            self._buffers["steps"] = self._buffer((), tf.int64)
        self.restart()

    def _buffer(self, row: tuple[int, ...], dtype: tf.DType) -> tf.Variable:
        with tf.init_scope():
            return tf.Variable(tf.zeros([self._capacity, *row], dtype), trainable=False)

    def _counter(self) -> tf.Variable:
        with tf.init_scope():
            return tf.Variable(0, dtype=tf.int64, trainable=False)

    def restart(self) -> None:
        """Forgets all rows."""
        with tf.init_scope():
            self._count.assign(0)
            if self._batches is not None:
                self._batches.assign(0)
            # Updates fall where the optimizer's count of batches is a multiple of the accumulated ones.
            batches = keras_private.count_of_batches(self._optimizer)
        self._stride = self._optimizer.gradient_accumulation_steps or 1
        self._first_step = (-batches - 1) % self._stride
        self._host = {name: [] for name in self._buffers}
        self._pending = 0

    # In the graph. Each operation here costs about a microsecond a step: none without need.

    def write_gradients(self, gradients: Sequence[tf.Tensor], variables: Sequence) -> None:
        """Writes the row of an update and counts it."""
        by_column = dict(zip(map(self._column_of, variables), gradients, strict=True))
        count = self._count.value()
        written = self._write_row("gradients", count, [by_column.get(i) for i in range(len(self.variables))])
        if self._batches is not None:
            self._if_due(count, lambda row: self._write("steps", row, self._batches.value()))
        # TensorFlow would count a step whose data failed, as nothing in counting needs the data.
        with tf.control_dependencies([written]):
            self._count.assign_add(1, read_value=False)

    def write_updates(self, update: Callable[[], None]) -> None:
        """Runs `update` and writes the row of the weights before it and of their changes."""
        count = self._count.value()
        before = [tf.identity(variable.value) for variable in self.variables]
        update()
        changes = [variable.value - old for variable, old in zip(self.variables, before, strict=True)]
        self._write_row("weights", count, before)
        self._write_row("changes", count, changes)

    def count_batch(self) -> None:
        """Counts a batch, whether it led to an update or was skipped."""
        if self._batches is not None:
            self._batches.assign_add(1, read_value=False)

    def _write_row(self, name: str, count: tf.Tensor, tensors: Sequence[tf.Tensor | None]) -> tf.Tensor:
        def write(row):
            zero = tf.zeros(self._of_a_sum, self._dtype)
            sums = [zero if t is None else self._half_square_sum(t) for t in tensors]
            return self._write(name, row, tf.stack(sums))

        return self._if_due(count, write)

    def _write(self, name: str, index: tf.Tensor, row: tf.Tensor) -> tf.Tensor:
        self._buffers[name].scatter_update(tf.IndexedSlices(row, index))
        return row

    def _if_due(self, count: tf.Tensor, write: Callable[[tf.Tensor], tf.Tensor]) -> tf.Tensor:
        if self._every == 1:
            return write(count)
        if self._xla:
            # A condition would keep XLA from fusing the gradients with the update, which changes roundings.
            # Without one, every update writes, and the one that is due is the last to write its row.
            return write(-(-count // self._every))
        return tf.cond(count % self._every == 0, lambda: (write(count // self._every), True)[1], lambda: True)

    def _half_square_sum(self, tensor: tf.Tensor | tf.IndexedSlices) -> tf.Tensor:
        """Computes ½ Σ x², a number or (R,), in float32 or for a float64 model in float64."""
        if isinstance(tensor, tf.IndexedSlices):  # of an embedding; an optimizer adds repeated rows first
            rows, positions = tensor.indices, tensor.indices
            num_rows = tensor.dense_shape[0]
            if not self._xla:  # which knows no shape that depends on data
                rows, positions = tf.unique(rows)
                num_rows = tf.size(rows)
            values = tf.cast(tensor.values, self._dtype)
            tensor = tf.math.unsorted_segment_sum(values, positions, num_rows)
        tensor = tf.cast(tensor, self._dtype)
        if not self._xla:
            return tf.nn.l2_loss(tensor)
        # XLA would add in one long chain. So columns are added side by side, and their sums in a product: it
        # would merge a second sum with the first.
        rank = len(tensor.shape) - len(self._of_a_sum)
        stacked = tf.reshape(tensor, [self._num_replicas or 1, -1, tensor.shape[-1] if rank else 1])
        columns = tf.reduce_sum(tf.square(stacked), axis=1)  # (R, width)
        sums = tf.linalg.matvec(columns, tf.fill([columns.shape[1]], tf.constant(0.5, self._dtype)))
        return sums if self._num_replicas else sums[0]

    def _column_of(self, variable) -> int:
        try:
            return self._column[keras_private.key_of(self._optimizer, variable)]
        except KeyError:
            raise ValueError(
                "`model.optimizer` must update trainable variables of the model only. "
                f"Received: variable {variable.name!r}"
            ) from None

    # On the host

    def make_room(self) -> None:
        """Copies the rows to the host if the next execution would need more than there are."""
        if self._pending + self._steps_per_execution > self._capacity:
            self.copy_rows()
        self._pending += self._steps_per_execution

    def copy_rows(self) -> None:
        """Moves the rows that were written to the host; the next ones are written from row 0 on."""
        num_rows = -(-int(self._count.numpy()) // self._every)
        if num_rows > self._capacity:
            raise RuntimeError(
                f"A training step may apply its optimizer once. Received: {num_rows} updates in steps "
                f"that should have made {self._capacity} at most."
            )
        for name, buffer in self._buffers.items():
            self._host[name].append(buffer[:num_rows].numpy())
        self._count.assign_sub(num_rows * self._every)  # below 0 until the next row is due
        self._pending = 0

    def _rows(self, name: str) -> np.ndarray:
        self.copy_rows()
        self._host[name] = [np.concatenate(self._host[name])]
        return self._host[name][0]

    def steps(self) -> np.ndarray:
        """Returns the step of each row, (n,) int64, counted from 0 at the start."""
        if self._batches is not None:
            return self._rows("steps")
        return self._first_step + self._stride * self._every * np.arange(len(self._rows("gradients")))

    def variable_norms(self, name: str = "gradients") -> np.ndarray:
        """Returns the norms of `"gradients"`, `"weights"` or `"changes"` by variable, (n, V[, R]) float64."""
        return np.sqrt(2 * self._rows(name).astype(np.float64))

    def layer_norms(self, name: str = "gradients") -> np.ndarray:
        """Returns the norms over all of a layer's variables, (n, L[, R]) float64."""
        starts = np.searchsorted(self.layers, np.arange(len(self.layer_names)))
        return np.sqrt(np.add.reduceat(self.variable_norms(name) ** 2, starts, axis=1))


def layer_weights(model: keras.Model) -> dict[str, list[keras.Variable]]:
    """Groups the trainable variables of a model by the innermost layer that owns them.

    Args:
        model: A built model of any kind; layers may be nested and shared.

    Returns:
        Layer name to its trainable variables, in the order of the model's layers. A layer inside another
        is called `"outer/inner"`; a layer that is used twice stands once, under its first name; layers
        without trainable variables are left out; a second layer of the same name gets `" (2)"`. Variables
        of the model itself stand under the model's name.
    """
    waiting = {id(variable): variable for variable in model.trainable_variables}
    groups = []
    for path, variables in _walk(model, ""):
        own = [waiting.pop(id(v)) for v in variables if id(v) in waiting]
        if own:
            groups.append((path or model.name, own))
    if waiting:
        groups.append((model.name, list(waiting.values())))
    names = unique([name for name, _ in groups])
    return {name: own for name, (_, own) in zip(names, groups, strict=True)}


def _walk(layer: keras.Layer, path: str) -> Iterator[tuple[str, list[keras.Variable]]]:
    inner = keras_private.inner_layers(layer)
    of_inner = {id(variable) for each in inner for variable in each.trainable_variables}
    yield path, [v for v in layer.trainable_variables if id(v) not in of_inner]
    for each in inner:
        yield from _walk(each, f"{path}/{each.name}" if path else each.name)
