"""Half square sums of many tensors: a row of numbers in the training step, added up on the host."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from dlkeras.callbacks.square_sums import FOLD_FROM, half_square_sum, half_square_sums


class SquareRows:
    """Turns V tensors into a row of numbers, and rows into V half square sums each.

    Without XLA a row has one number for each tensor. Each sum is an operation, and one on a small tensor
    takes a microsecond or two; no way of collecting small tensors first (a stack, a queue, a function) was
    measured to take less. Under XLA every sum to a single number is a kernel with a serial chain of
    additions, and dozens of them take longer than the additions. So a small tensor is only summed to its
    columns there, which compiles to vector code, and the host adds the columns.

    Args:
        shapes: The tensors' static shapes.
        dtype: What is summed in, float32 or float64.
        xla: Whether XLA compiles the rows.
        max_width: If rows with columns would be longer than this, they have one number for each tensor.
    """

    def __init__(self, shapes: Sequence[Sequence[int]], dtype: tf.DType, *, xla: bool, max_width: int):
        widths = [_num_columns(shape) if xla else 0 for shape in shapes]
        if sum(width or 1 for width in widths) > max_width:
            widths = [0] * len(shapes)
        self._whole = [i for i, width in enumerate(widths) if not width]
        self._by_column = {i: width for i, width in enumerate(widths) if width}
        self._dtype = dtype
        self._xla = xla
        self.shape = (len(self._whole) + sum(self._by_column.values()),)

    def compute(self, tensors: Sequence[tf.Tensor | tf.IndexedSlices | None]) -> tf.Tensor:
        """Returns the row of V tensors; None has the sum 0."""
        parts = [self._columns(tensors[i], width) for i, width in self._by_column.items()]
        if self._whole:
            parts.insert(0, tf.stack([self._half_square_sum(tensors[i]) for i in self._whole]))
        return tf.concat(parts, axis=0) if len(parts) > 1 else parts[0]

    def add_up(self, rows: np.ndarray) -> np.ndarray:
        """Returns the half square sums, (n, V) float64, of n rows."""
        num_whole, widths = len(self._whole), list(self._by_column.values())
        sums = np.empty((len(rows), num_whole + len(widths)))
        sums[:, self._whole] = rows[:, :num_whole]
        if widths:
            starts = num_whole + np.cumsum([0, *widths[:-1]])
            sums[:, list(self._by_column)] = np.add.reduceat(rows, starts, axis=1, dtype=np.float64)
        return sums

    def _half_square_sum(self, tensor: tf.Tensor | tf.IndexedSlices | None) -> tf.Tensor:
        if tensor is None:
            return tf.zeros([], self._dtype)
        return tf.cast(half_square_sum(tensor, xla=self._xla), self._dtype)

    def _columns(self, tensor: tf.Tensor | tf.IndexedSlices | None, width: int) -> tf.Tensor:
        if tensor is None or isinstance(tensor, tf.IndexedSlices):
            return tf.pad(self._half_square_sum(tensor)[None], [[0, width - 1]])
        squares = tf.square(tf.cast(tf.reshape(tensor, [-1, width]), self._dtype))
        return tf.reduce_sum(squares, axis=0) / 2


class ReplicaRows:
    """The same for tensors (R, ...) of R replicas: a row has shape (V, R), and nothing is left to add."""

    def __init__(self, num_tensors: int, num_replicas: int, dtype: tf.DType):
        self._dtype = dtype
        self.shape = (num_tensors, num_replicas)

    def compute(self, tensors: Sequence[tf.Tensor | None]) -> tf.Tensor:
        """Returns the row of V tensors; None has the sum 0."""
        return half_square_sums(tensors, self._dtype)

    def add_up(self, rows: np.ndarray) -> np.ndarray:
        """Returns the rows, (n, V, R)."""
        return rows


def _num_columns(shape: Sequence[int]) -> int:
    """The length of the last axis of a small tensor, otherwise 0."""
    return shape[-1] if len(shape) > 0 and math.prod(shape) < FOLD_FROM else 0
