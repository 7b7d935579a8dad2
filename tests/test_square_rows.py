"""SquareRows against NumPy float64: sums by column in the step, the rest on the host."""

import numpy as np
import pytest
import tensorflow as tf

from dlkeras.callbacks.square_rows import ReplicaRows, SquareRows

SHAPES = [(), (1,), (7,), (33, 5), (70, 300), (3, 3, 4, 5), (0, 5), (5, 0)]
WIDTH_BY_COLUMN = 1 + 1 + 7 + 5 + 1 + 5 + 5 + 1


def samples(dtype="float32"):
    rng = np.random.default_rng(0)
    return [rng.normal(0.3, 2, shape).astype(dtype) for shape in SHAPES]


def half_squares(arrays):
    return [(array.astype("float64") ** 2).sum() / 2 for array in arrays]


def row_of(rows, tensors, xla):
    return tf.function(lambda *given: rows.compute(given), jit_compile=xla)(*tensors).numpy()


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 3e-6), ("float64", 1e-12)])
@pytest.mark.parametrize(("xla", "max_width"), [(False, 10**6), (True, 10**6), (True, WIDTH_BY_COLUMN - 1)])
def test_any_shape(xla, max_width, dtype, tolerance):
    rows = SquareRows(SHAPES, tf.as_dtype(dtype), xla=xla, max_width=max_width)
    arrays = samples(dtype)
    row = row_of(rows, arrays, xla)
    assert row.shape == rows.shape == (WIDTH_BY_COLUMN if max_width == 10**6 and xla else len(SHAPES),)
    assert row.dtype == dtype
    twice = rows.add_up(np.stack([row, 3 * row]))
    np.testing.assert_allclose(twice, np.outer([1, 3], half_squares(arrays)), rtol=tolerance)


@pytest.mark.parametrize("xla", [False, True])
def test_all_tensors_small_or_none(xla):
    for shapes in ([(2, 3), (3,)], [(70, 300), (5000,)]):
        rows = SquareRows(shapes, tf.float32, xla=xla, max_width=100)
        ones = [np.ones(shape, np.float32) for shape in shapes]
        np.testing.assert_allclose(rows.add_up(row_of(rows, ones, xla)[None]), [half_squares(ones)])


@pytest.mark.parametrize("xla", [False, True])
def test_what_is_not_finite_stays_in_its_own_sum(xla):
    rows = SquareRows(SHAPES, tf.float32, xla=xla, max_width=10**6)
    for bad in (np.nan, np.inf, 1e30):
        arrays = samples()
        arrays[3][2, 1] = bad
        sums = rows.add_up(row_of(rows, arrays, xla)[None])[0]
        np.testing.assert_array_equal(np.isfinite(sums), [i != 3 for i in range(len(SHAPES))])


@pytest.mark.parametrize("xla", [False, True])
def test_missing_and_sparse_tensors(xla):
    rows = SquareRows([(3, 2), (9, 3), (2, 2)], tf.float32, xla=xla, max_width=100)

    @tf.function(jit_compile=xla)
    def compute(values, indices):
        return rows.compute([None, tf.IndexedSlices(values, indices, tf.constant([9, 3])), tf.ones([2, 2])])

    row = compute(tf.reshape(tf.range(12.0), [4, 3]), tf.constant([5, 2, 5, 8]))
    dense = np.zeros((9, 3))
    np.add.at(dense, [5, 2, 5, 8], np.arange(12.0).reshape(4, 3))
    np.testing.assert_allclose(rows.add_up(row.numpy()[None]), [[0, (dense**2).sum() / 2, 2]])


@pytest.mark.parametrize("xla", [False, True])
def test_half_precision_is_summed_in_float32(xla):
    rows = SquareRows([(30, 100), (300, 100)], tf.float32, xla=xla, max_width=200)
    halves = [tf.fill(shape, tf.constant(300, tf.float16)) for shape in [(30, 100), (300, 100)]]
    sums = rows.add_up(row_of(rows, halves, xla)[None])
    np.testing.assert_allclose(sums, [half_squares([half.numpy() for half in halves])], rtol=3e-6)


def test_replicas_keep_their_axis():
    rows = ReplicaRows(2, 3, tf.float32)
    row = rows.compute([tf.ones([3, 5]), None]).numpy()
    assert row.shape == rows.shape
    np.testing.assert_array_equal(rows.add_up(row[None]), [[[2.5] * 3, [0] * 3]])
