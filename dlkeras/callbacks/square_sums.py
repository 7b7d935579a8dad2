"""Half the sum of squares of a tensor, in the form that costs a training step least."""

from __future__ import annotations

import tensorflow as tf

# Below this size any reduction is cheap; above, XLA's one-lane loop over all elements is not.
FOLD_FROM = 16_384
FOLDS = 16


def half_square_sum(tensor: tf.Tensor | tf.IndexedSlices, *, xla: bool) -> tf.Tensor:
    """Computes ½ Σ x², a scalar.

    Without XLA this is one fused TensorFlow kernel. XLA on the CPU reduces a large tensor to a scalar in
    a single chain of additions; there, 16 blocks of rows are squared and added element by element first,
    which compiles to vector code on all cores.

    Args:
        tensor: Any shape; float16 and bfloat16 are summed in float32. Rows that appear twice in
            `IndexedSlices` (the gradient of an embedding) are added first, as an optimizer does.
        xla: Whether the result is compiled by XLA.

    Returns:
        A scalar, float64 for float64 input and float32 otherwise.
    """
    if tensor.dtype not in (tf.float32, tf.float64):
        tensor = tf.cast(tensor, tf.float32)
    if isinstance(tensor, tf.IndexedSlices):
        tensor = _sum_repeated(tensor, xla)
    size = tensor.shape.num_elements()
    if not xla or size is None or size < FOLD_FROM:
        return tf.nn.l2_loss(tensor)
    width = tensor.shape[-1] if size // tensor.shape[-1] >= FOLDS else 1
    rows = tf.reshape(tensor, [-1, width])
    height = rows.shape[0] // FOLDS
    blocks = [rows[i * height : (i + 1) * height] for i in range(FOLDS)]
    folded = tf.reshape(tf.add_n([block * block for block in blocks]), [1, -1])
    rest = tf.nn.l2_loss(rows[FOLDS * height :])
    # The product with ones keeps XLA from merging both reductions into one.
    return tf.matmul(folded, tf.ones_like(folded), transpose_b=True)[0, 0] / 2 + rest


def half_square_sums(tensor: tf.Tensor) -> tf.Tensor:
    """Computes ½ Σ x² for each slice along the first axis.

    Args:
        tensor: Shape (R, ...); float16 and bfloat16 are summed in float32.

    Returns:
        Tensor (R,), float64 for float64 input and float32 otherwise.
    """
    if tensor.dtype not in (tf.float32, tf.float64):
        tensor = tf.cast(tensor, tf.float32)
    return tf.reduce_sum(tf.square(tensor), list(range(1, len(tensor.shape)))) / 2


def _sum_repeated(slices: tf.IndexedSlices, xla: bool) -> tf.Tensor:
    if xla:  # which knows no shape that depends on data
        return tf.math.unsorted_segment_sum(slices.values, slices.indices, slices.dense_shape[0])
    rows, positions = tf.unique(slices.indices)
    return tf.math.unsorted_segment_sum(slices.values, positions, tf.size(rows))
