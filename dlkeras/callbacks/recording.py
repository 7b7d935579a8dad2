"""Rows of numbers that the compiled step writes on the device, and the host copies now and then."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from dlkeras.base import keras_private

CAPACITY = 1024  # rows on the device between two copies to the host
ABSENT = -1.0  # stands where a variable was not updated: a square or a count is not negative


class Recording:
    """Half square sums of what one call of an optimizer moves weights by, a column a variable.

    In a model whose variables are stacked along a leading replica axis, of length `model.num_replicas`, a
    number becomes a vector with one entry per replica.

    Args:
        model: The compiled model.
        optimizer: The optimizer that updates the weights, without any wrapper.
        variables: The variables that get columns.
        every: A row is written for each `every`-th update.
        names: What gets rows: `"gradients"`, and where asked for `"unclipped"`, `"weights"`, `"changes"`.
        batches: Counts the batches before this one; None where each batch is one call of the optimizer.
    """

    capacity: int | None = None  # rows on the device; by default CAPACITY

    def __init__(
        self,
        model: keras.Model,
        optimizer: keras.Optimizer,
        variables: Sequence,
        every: int,
        names: Sequence[str],
        batches: tf.Variable | None,
    ):
        self.variables = list(variables)
        self.optimizer = optimizer  # kept, so that its id is no other's
        self.keys = [keras_private.key_of(optimizer, v) for v in self.variables]
        self.is_used = False  # whether a training step writes into it
        self._every = every
        self._xla = model.jit_compile is True
        self._steps_per_execution = model.steps_per_execution
        self._capacity = max(self.capacity or CAPACITY, self._steps_per_execution)
        self._num_replicas = getattr(model, "num_replicas", None)
        float64 = any(keras.backend.standardize_dtype(v.dtype) == "float64" for v in self.variables)
        self._dtype = tf.float64 if float64 else tf.float32
        self._of_a_sum = () if self._num_replicas is None else (self._num_replicas,)
        self._buffers = {name: self._buffer(self._row_shape(), self._row_dtype()) for name in names}
        self._count = counter()  # updates since row 0
        self._measured = counter() if "changes" in names else None  # those whose changes have rows
        self._batches = batches
        if batches is not None:
            self._buffers["steps"] = self._buffer((), tf.int64)
        self.restart()

    def _row_shape(self) -> tuple[int, ...]:
        return len(self.variables), *self._of_a_sum

    def _row_dtype(self) -> tf.DType:
        return self._dtype

    def _buffer(self, row: tuple[int, ...], dtype: tf.DType) -> tf.Variable:
        with tf.init_scope():
            return tf.Variable(tf.zeros([self._capacity, *row], dtype), trainable=False)

    def restart(self) -> None:
        """Forgets all rows."""
        with tf.init_scope():
            for count in filter(None, (self._count, self._measured)):
                count.assign(0)
            # Updates fall where the optimizer's count of batches is a multiple of the accumulated ones.
            batches = keras_private.count_of_batches(self.optimizer)
        self._stride = self.optimizer.gradient_accumulation_steps or 1
        self._first_step = (-batches - 1) % self._stride
        self._host = {name: [] for name in self._buffers}
        self._pending = 0

    # In the graph. Each operation here costs about a microsecond a step: none without need.

    def write_gradients(self, rows: dict[str, Sequence], passed: Sequence, variables: Sequence) -> None:
        """Writes a row of an update by name and counts it.

        Args:
            rows: What to measure, a tensor for each of `variables`.
            passed: The variables that the optimizer was called for; one without a gradient has a norm of 0.
            variables: Those that it moves.
        """
        self.is_used = True
        count = self._count.value()
        written = [
            self._write_row(name, count, self._in_columns(tensors, passed, variables))
            for name, tensors in rows.items()
            if name in self._buffers
        ]
        if self._batches is not None:
            self._if_due(count, lambda row: self._write("steps", row, self._batches.value()))
        # TensorFlow would count a step whose data failed, as nothing in counting needs the data.
        with tf.control_dependencies(written):
            self._count.assign_add(1, read_value=False)

    def write_changes(self, before: Sequence[tf.Tensor], passed: Sequence) -> None:
        """Writes a row of the weights before an update, for those passed to it, and of their changes."""
        if self._measured is None:
            return
        count = self._measured.value()
        changes = [value_of(variable) - old for variable, old in zip(passed, before, strict=True)]
        self._write_row("weights", count, self._in_columns(before, passed, passed))
        self._write_row("changes", count, self._in_columns(changes, passed, passed))
        self._measured.assign(self._count.value(), read_value=False)

    def _in_columns(self, tensors: Sequence, passed: Sequence, variables: Sequence) -> list:
        found = dict.fromkeys(self._keys_of(passed), 0.0)
        found |= dict(zip(self._keys_of(variables), tensors, strict=True))
        return [found.get(key, ABSENT) for key in self.keys]

    def _keys_of(self, variables: Sequence) -> list:
        return [keras_private.key_of(self.optimizer, variable) for variable in variables]

    def _write_row(self, name: str, count: tf.Tensor, columns: Sequence[tf.Tensor | float]) -> tf.Tensor:
        def write(row):
            return self._write(name, row, tf.stack([self._measure_or_fill(each) for each in columns]))

        return self._if_due(count, write)

    def _measure_or_fill(self, column: tf.Tensor | float) -> tf.Tensor:
        return self._fill(column) if isinstance(column, float) else self._measure(column)

    def _fill(self, number: float) -> tf.Tensor:
        return tf.fill(self._of_a_sum, tf.constant(number, self._dtype))

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

    def _measure(self, tensor: tf.Tensor | tf.IndexedSlices) -> tf.Tensor:
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
        if not self._xla and self._num_replicas is None:
            return tf.nn.l2_loss(tensor)
        # XLA would add in one long chain. So columns are added side by side, and their sums in a product: it
        # would merge a second sum with the first.
        rank = len(tensor.shape) - len(self._of_a_sum)
        stacked = tf.reshape(tensor, [self._num_replicas or 1, -1, tensor.shape[-1] if rank else 1])
        columns = tf.reduce_sum(tf.square(stacked), axis=1)  # (R, width)
        sums = tf.linalg.matvec(columns, tf.fill([columns.shape[1]], tf.constant(0.5, self._dtype)))
        return sums if self._num_replicas else sums[0]

    # On the host

    @property
    def names(self) -> list[str]:
        """What it has rows of."""
        return list(self._buffers)

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
                f"A training step may not apply an optimizer in a loop. Received: {num_rows} updates in "
                f"steps that should have made {self._capacity} at most."
            )
        for name, buffer in self._buffers.items():
            self._host[name].append(buffer[:num_rows].numpy())
        for count in filter(None, (self._count, self._measured)):
            count.assign_sub(num_rows * self._every)  # below 0 until the next row is due
        self._pending = 0

    def rows(self, name: str) -> np.ndarray:
        """Returns what was written under a name, (n, V[, R])."""
        self.copy_rows()
        self._host[name] = [np.concatenate(self._host[name])]
        return self._host[name][0]

    def steps(self) -> np.ndarray:
        """Returns the step of each row, (n,) int64, counted from 0 at the start."""
        if self._batches is not None:
            return self.rows("steps")
        return self._first_step + self._stride * self._every * np.arange(
            len(self.rows(next(iter(self._buffers))))
        )


def counter() -> tf.Variable:
    """Makes a variable that counts from 0, also while a step is traced."""
    with tf.init_scope():
        return tf.Variable(0, dtype=tf.int64, trainable=False)


def value_of(variable) -> tf.Tensor:
    """Returns the value of a variable of Keras or of TensorFlow."""
    return variable.value if isinstance(variable, keras.Variable) else variable.value()
