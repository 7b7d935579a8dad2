"""half_square_sum against NumPy float64, compiled by XLA and not."""

import numpy as np
import pytest
import tensorflow as tf

from dlkeras.callbacks.square_sums import FOLD_FROM, half_square_sum, half_square_sums

SHAPES = [
    (),
    (0,),
    (1,),
    (7,),
    (FOLD_FROM - 1,),
    (0, 5),
    (3, 4, 5),
    (FOLD_FROM,),
    (70_001,),
    (2, 20_000),  # fewer rows than folds
    (16, 1024),
    (17, 1000),
    (333, 77),
    (5, 5, 32, 48),
    (20_000, 1, 1),
]
# A sum of n squares in float32, added in blocks: a few units of 6e-8 for these n.
FLOAT32 = 3e-6
FLOAT64 = 1e-12


def compiled(x, xla):
    return tf.function(lambda t: half_square_sum(t, xla=xla), jit_compile=xla)(tf.constant(x))


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", FLOAT32), ("float64", FLOAT64)])
@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_any_shape(shape, xla, dtype, tolerance):
    x = np.random.default_rng(0).normal(0.3, 2, shape).astype(dtype)
    result = compiled(x, xla)
    assert result.dtype == dtype
    np.testing.assert_allclose(result, (x.astype("float64") ** 2).sum() / 2, rtol=tolerance)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_summed_in_float32(dtype):
    x = tf.fill([300, 100], tf.constant(300, dtype))  # its square is no float16
    exact = (x.numpy().astype("float64") ** 2).sum() / 2
    for xla in (False, True):
        result = compiled(x, xla)
        assert result.dtype == tf.float32
        np.testing.assert_allclose(result, exact, rtol=FLOAT32)


@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_repeated_rows_are_added_before_squaring(xla, dtype):
    rows = np.arange(12, dtype=dtype).reshape(4, 3)

    @tf.function(jit_compile=xla)
    def compute(values, indices):
        return half_square_sum(tf.IndexedSlices(values, indices, tf.constant([9, 3])), xla=xla)

    dense = np.zeros((9, 3))
    np.add.at(dense, [5, 2, 5, 8], rows)
    np.testing.assert_allclose(compute(rows, tf.constant([5, 2, 5, 8])), (dense**2).sum() / 2, rtol=FLOAT32)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e30])
def test_what_is_not_finite_stays_so(bad):
    for shape in ((5,), (400, 70)):
        x = np.ones(shape, np.float32)
        x[-1] = bad
        assert not np.isfinite(compiled(x, xla=True))
        assert not np.isfinite(compiled(x, xla=False))


def test_functions_run_eagerly_for_debugging():
    tf.config.run_functions_eagerly(True)
    try:
        np.testing.assert_allclose(compiled(np.full(70_001, 2, np.float32), xla=True), 140_002)
    finally:
        tf.config.run_functions_eagerly(False)


@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", FLOAT32), ("float64", FLOAT64)])
def test_slices_of_tensors_of_any_shape(dtype, tolerance, xla):
    rng = np.random.default_rng(0)
    shapes = [(), (1,), None, (7,), (33, 5), (3, 3, 4, 5)]
    arrays = [None if shape is None else rng.normal(0.3, 2, (4, *shape)).astype(dtype) for shape in shapes]
    result = tf.function(
        lambda *given: half_square_sums(arrays_with(given), tf.as_dtype(dtype)), jit_compile=xla
    )(*(tf.constant(array) for array in arrays if array is not None))

    expected = [
        [0] * 4 if array is None else [(part.astype("float64") ** 2).sum() / 2 for part in array]
        for array in arrays
    ]
    assert result.dtype == dtype
    np.testing.assert_allclose(result, expected, rtol=tolerance)


def arrays_with(given):
    """Puts a None where the samples above have one."""
    return [*given[:2], None, *given[2:]]


def test_slices_of_half_precision_are_summed_in_float32():
    result = half_square_sums([tf.fill([2, 300, 300], tf.constant(1, tf.bfloat16))], tf.float32)
    np.testing.assert_array_equal(result, [[45_000, 45_000]])
