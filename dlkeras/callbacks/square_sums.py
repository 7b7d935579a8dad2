"""Half the sum of squares of a tensor, in the form that costs a training step least."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from tensorflow.compiler.tf2xla.python.xla import optimization_barrier

# Below this size XLA's chain of additions costs less than more kernels.
FOLD_FROM = 4096
FOLDS = 16


def half_square_sum(tensor: tf.Tensor | tf.IndexedSlices, *, xla: bool) -> tf.Tensor:
    """Computes ½ Σ x², a scalar.

    Without XLA this is one fused TensorFlow kernel. XLA on the CPU reduces a tensor to a scalar in a single
    chain of additions; there, 16 blocks are squared and added element by element first, which compiles to
    vector code on all cores.

    Args:
        tensor: Any shape; float16 and bfloat16 are summed in float32. Rows that appear twice in
            `IndexedSlices` (the gradient of an embedding) are added first, as an optimizer does.
        xla: Whether XLA compiles the result, unless TensorFlow was told to run functions eagerly.

    Returns:
        A scalar, float64 for float64 input and float32 otherwise.
    """
    if tensor.dtype not in (tf.float32, tf.float64):
        tensor = tf.cast(tensor, tf.float32)
    if isinstance(tensor, tf.IndexedSlices):
        tensor = _sum_repeated(tensor, xla)
    size = tensor.shape.num_elements()
    if not xla or size is None or size < FOLD_FROM or tf.executing_eagerly():
        return tf.nn.l2_loss(tensor)
    blocks, rest = _blocks(tf.reshape(tensor, [-1]))
    # Squared after slicing: XLA would write out squares that many slices read. Without the barrier it would
    # merge both foldings into one pass through 256 places of memory at once.
    (folded,) = optimization_barrier(tf.add_n([block * block for block in blocks]))
    blocks, rest_of_folded = _blocks(folded)
    return (tf.reduce_sum(tf.add_n(blocks)) + tf.reduce_sum(rest_of_folded)) / 2 + tf.nn.l2_loss(rest)


def half_square_sums(tensors: Sequence[tf.Tensor | None], dtype: tf.DType) -> tf.Tensor:
    """Computes ½ Σ x² of each tensor, for each slice along the first axis.

    Args:
        tensors: V tensors of shape (R, ...), R the same in all; None has the sum 0.
        dtype: What is summed in, float32 or float64.

    Returns:
        Tensor (V, R).
    """
    columns = [_column_sums(tf.cast(t, dtype)) for t in tensors if t is not None]  # (R, width) each
    owners = [i for i, t in enumerate(tensors) if t is not None]
    widths = [column.shape[-1] for column in columns]
    halves = np.repeat(np.eye(len(tensors))[owners] / 2, widths, axis=0)  # (all widths, V)
    # One product for all: XLA would make a serial chain of each sum to a number.
    return tf.matmul(
        tf.constant(halves, dtype), tf.concat(columns, axis=1), transpose_a=True, transpose_b=True
    )


def _column_sums(stacked: tf.Tensor) -> tf.Tensor:
    squares = tf.square(stacked if len(stacked.shape) > 1 else stacked[:, None])
    return tf.reduce_sum(squares, list(range(1, len(squares.shape) - 1)))


def _sum_repeated(slices: tf.IndexedSlices, xla: bool) -> tf.Tensor:
    if xla:  # which knows no shape that depends on data
        return tf.math.unsorted_segment_sum(slices.values, slices.indices, slices.dense_shape[0])
    rows, positions = tf.unique(slices.indices)
    return tf.math.unsorted_segment_sum(slices.values, positions, tf.size(rows))


def _blocks(values: tf.Tensor) -> tuple[list[tf.Tensor], tf.Tensor]:
    """Cuts a vector into 16 blocks and the few elements that are left over."""
    whole = values.shape[0] // FOLDS * FOLDS
    return tf.split(values[:whole], FOLDS), values[whole:]
