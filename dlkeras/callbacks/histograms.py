"""Histograms of gradients, counted inside the compiled step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from dlkeras.callbacks.recording import Recording

# Eight bins a decade from 1e-12 to 1e4 on either side of zero, one between them, and one beyond each end.
_POSITIVE = np.float32(10.0 ** (np.arange(-96, 33) / 8))
EDGES = np.concatenate([-_POSITIVE[::-1], _POSITIVE])  # between the bins
NUM_BINS = len(EDGES) + 1


class Histograms(Recording):
    """Counts of the entries of each variable's gradient by size, a column a variable.

    A row holds NUM_BINS numbers for each variable (and replica); NaN is in no bin.
    """

    capacity = 32

    def _row_shape(self) -> tuple[int, ...]:
        return len(self.variables), *self._of_a_sum, NUM_BINS

    def _row_dtype(self) -> tf.DType:
        return tf.int32

    def _fill(self, number: float) -> tf.Tensor:
        return tf.fill([*self._of_a_sum, NUM_BINS], tf.constant(int(number), tf.int32))

    def _measure(self, tensor: tf.Tensor | tf.IndexedSlices) -> tf.Tensor:
        if isinstance(tensor, tf.IndexedSlices):
            tensor = tf.math.unsorted_segment_sum(tensor.values, tensor.indices, tensor.dense_shape[0])
        flat = tf.reshape(tf.cast(tensor, self._dtype), [-1])
        bins = tf.searchsorted(tf.constant(EDGES, self._dtype), flat, side="right")
        replicas = self._num_replicas or 1
        first = NUM_BINS * tf.repeat(tf.range(replicas), tf.size(flat) // replicas)
        bins = tf.where(tf.math.is_nan(flat), -1, bins + first)  # what is below 0 is not counted
        counts = tf.math.unsorted_segment_sum(tf.ones_like(bins), bins, replicas * NUM_BINS)
        return tf.reshape(counts, [*self._of_a_sum, NUM_BINS])


def nonempty(counts: np.ndarray, rows: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """Lists the bins that hold something: the columns of `rows`, and `low`, `high` and `count`.

    Args:
        counts: Of shape (m, NUM_BINS).
        rows: Columns by name, (m,) each.
    """
    row, column = np.nonzero(counts > 0)
    low, high = np.append(-np.inf, EDGES), np.append(EDGES, np.inf)
    found = {name: values[row] for name, values in rows.items()}
    return found | {"low": low[column], "high": high[column], "count": counts[row, column]}
