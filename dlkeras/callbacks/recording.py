"""What `GradientNorms` keeps on the device while a model trains, and copies to the host in blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from dlkeras.callbacks.layer_weights import layer_weights
from dlkeras.callbacks.row_buffer import RowBuffer
from dlkeras.callbacks.square_rows import ReplicaRows, SquareRows

CAPACITY = 1024  # rows on the device between two copies to the host
MAX_NUMBERS = 2**23  # on the device in rows by column; if it were more, rows have one number a variable


class Recording:
    """Rows of half square sums; on the host, one column for each trainable variable of a model.

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
        self._column = {optimizer._var_key(variable): i for i, variable in enumerate(self.variables)}
        self._steps_per_execution = model.steps_per_execution

        float64 = any(keras.backend.standardize_dtype(v.dtype) == "float64" for v in self.variables)
        self._dtype = tf.float64 if float64 else tf.float32
        self._capacity = max(CAPACITY, self._steps_per_execution)
        names = ("gradients", "weights", "changes") if updates else ("gradients",)
        self._squares = self._square_rows(getattr(model, "num_replicas", None))
        self._buffers = {name: RowBuffer(self._capacity, self._squares.shape, self._dtype) for name in names}
        with tf.init_scope():
            self._count = tf.Variable(0, dtype=tf.int64, trainable=False)  # updates since row 0
            self._batches = None
            if model.optimizer is not optimizer:  # loss scaling skips batches whose gradients overflow
                self._batches = tf.Variable(0, dtype=tf.int64, trainable=False)
                self._buffers["steps"] = RowBuffer(self._capacity, (1,), tf.int64)
        self.restart()

    def _square_rows(self, num_replicas: int | None) -> SquareRows | ReplicaRows:
        if num_replicas is not None:
            return ReplicaRows(len(self.variables), num_replicas, self._dtype)
        shapes = [variable.shape for variable in self.variables]
        return SquareRows(shapes, self._dtype, xla=self._xla, max_width=MAX_NUMBERS // self._capacity)

    def restart(self) -> None:
        """Forgets all rows."""
        with tf.init_scope():
            self._count.assign(0)
            if self._batches is not None:
                self._batches.assign(0)
            # Updates fall where the optimizer's count of batches is a multiple of the accumulated ones.
            batches = int(self._optimizer._iterations.numpy())
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
            self._if_due(count, lambda row: self._buffers["steps"].write(row, [self._batches.value()]))
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
            values = self._squares.compute(tensors)
            self._buffers[name].write(row, values)
            return values

        return self._if_due(count, write)

    def _if_due(self, count: tf.Tensor, write: Callable[[tf.Tensor], tf.Tensor | None]) -> tf.Tensor | None:
        if self._every == 1:
            return write(count)
        if self._xla:
            # A condition would keep XLA from fusing the gradients with the update, which changes roundings.
            # Without one, every update writes, and the one that is due is the last to write its row.
            return write(-(-count // self._every))
        return tf.cond(count % self._every == 0, lambda: (write(count // self._every), True)[1], lambda: True)

    def _column_of(self, variable) -> int:
        try:
            return self._column[self._optimizer._var_key(variable)]
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
        for name, buffer in self._buffers.items():
            rows = buffer.read(num_rows)
            self._host[name].append(rows if name == "steps" else self._squares.add_up(rows))
        self._count.assign_sub(num_rows * self._every)  # below 0 until the next row is due
        self._pending = 0

    def _rows(self, name: str) -> np.ndarray:
        self.copy_rows()
        self._host[name] = [np.concatenate(self._host[name])]
        return self._host[name][0]

    def steps(self) -> np.ndarray:
        """Returns the step of each row, (n,) int64, counted from 0 at the start."""
        if self._batches is not None:
            return self._rows("steps")[:, 0]
        return self._first_step + self._stride * self._every * np.arange(len(self._rows("gradients")))

    def variable_norms(self, name: str = "gradients") -> np.ndarray:
        """Returns the norms of `"gradients"`, `"weights"` or `"changes"` by variable, (n, V[, R]) float64."""
        return np.sqrt(2 * self._rows(name).astype(np.float64))

    def layer_norms(self, name: str = "gradients") -> np.ndarray:
        """Returns the norms over all of a layer's variables, (n, L[, R]) float64."""
        starts = np.searchsorted(self.layers, np.arange(len(self.layer_names)))
        return np.sqrt(np.add.reduceat(self.variable_norms(name) ** 2, starts, axis=1))
