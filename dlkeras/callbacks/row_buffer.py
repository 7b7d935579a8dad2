"""Rows that a compiled training step writes and the host reads now and then."""

from __future__ import annotations

import numpy as np
import tensorflow as tf


class RowBuffer:
    """A TensorFlow variable of shape (capacity, ...) that is written row by row inside a graph.

    The host reads the rows and has the next ones written from 0 again, which leaves one operation for the
    training step.

    Args:
        capacity: How many rows fit between two readings.
        shape: Shape of a row.
        dtype: Their type.
    """

    def __init__(self, capacity: int, shape: tuple[int, ...], dtype: tf.DType):
        self.capacity = capacity
        with tf.init_scope():
            self._rows = tf.Variable(tf.zeros([capacity, *shape], dtype), trainable=False)

    def write(self, index: tf.Tensor, row: tf.Tensor) -> None:
        """Writes row `index` (a scalar int64 tensor, below the capacity)."""
        self._rows.scatter_update(tf.IndexedSlices(row, index))

    def read(self, num_rows: int) -> np.ndarray:
        """Copies the first rows to the host.

        Returns:
            Array of shape (num_rows, ...).

        Raises:
            RuntimeError: If more rows were written than fit.
        """
        if num_rows > self.capacity:
            raise RuntimeError(
                f"A training step may apply its optimizer once. Received: {num_rows} updates in steps "
                f"that should have made {self.capacity} at most."
            )
        return self._rows[:num_rows].numpy()
