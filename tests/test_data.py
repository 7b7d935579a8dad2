"""load: splits, normalization and shapes against NumPy and scikit-learn."""

import subprocess
import sys

import numpy as np
import pytest
from refusals import refused, refuses
from sklearn import datasets

from dlkeras import data
from dlkeras.data import load, xor_corners

LOCAL = (*data.EMBEDDED, *data.MADE)
RAW = {
    "digits": lambda: datasets.load_digits().data / 16,
    "breast_cancer": lambda: datasets.load_breast_cancer().data,
    "wine": lambda: datasets.load_wine().data,
    "diabetes": lambda: datasets.load_diabetes(scaled=False).data,
}


@pytest.mark.parametrize(
    ("name", "num_train", "num_test", "num_inputs", "num_classes"),
    [
        ("digits", 1347, 450, 64, 10),
        ("breast_cancer", 426, 143, 30, 2),
        ("wine", 133, 45, 13, 3),
        ("diabetes", 331, 111, 10, None),
        ("xor", 600, 200, 2, 2),
        ("moons", 750, 250, 2, 2),
        ("circles", 750, 250, 2, 2),
        ("blobs", 750, 250, 2, 3),
        ("spirals", 675, 225, 2, 3),
    ],
)
def test_shapes_and_types(name, num_train, num_test, num_inputs, num_classes):
    d = load(name)
    assert (d.name, d.num_classes) == (name, num_classes)
    assert (d.x_train.shape, d.x_test.shape) == ((num_train, num_inputs), (num_test, num_inputs))
    assert (d.y_train.shape, d.y_test.shape) == ((num_train,), (num_test,))
    assert d.mean.shape == d.std.shape == (num_inputs,)
    assert {a.dtype for a in (d.x_train, d.x_test, d.mean, d.std)} == {np.dtype("float32")}
    assert {a.dtype for a in (d.y_train, d.y_test)} == {np.dtype("int32" if num_classes else "float32")}
    assert d.feature_names is None if name == "digits" else len(d.feature_names) == num_inputs
    assert d.class_names is None if num_classes is None else len(d.class_names) == num_classes
    if num_classes is not None:
        assert sorted(set(d.y_train)) == list(range(num_classes)) == sorted(set(d.y_test))


@pytest.mark.parametrize("name", data.EMBEDDED)
def test_split_holds_every_sample_once(name):
    d = load(name, normalize=False, test_rate=0.4, seed=3)
    rows = np.concatenate([d.x_train, d.x_test])
    raw = RAW[name]().astype(np.float32)
    np.testing.assert_array_equal(rows[np.lexsort(rows.T)], raw[np.lexsort(raw.T)])
    assert (d.mean, d.std, d.y_mean, d.y_std) == (None, None, None, None)


@pytest.mark.parametrize("name", ["digits", "breast_cancer", "wine", "spirals"])
def test_split_is_stratified(name):
    d = load(name, test_rate=0.3)
    train, test = np.bincount(d.y_train), np.bincount(d.y_test)
    np.testing.assert_allclose(test, 0.3 * (train + test), atol=1)


@pytest.mark.parametrize("name", LOCAL)
def test_normalization_is_that_of_the_train_split(name):
    plain, d = load(name, normalize=False, seed=5), load(name, seed=5)
    train = plain.x_train.astype(np.float64)
    std = np.sqrt(((train - train.mean(0)) ** 2).mean(0))
    if name == "digits":
        std = np.full(64, np.sqrt((std**2).mean()))
    # float32 rounding of inputs up to a thousand times their standard deviation
    np.testing.assert_allclose(d.mean, train.mean(0), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(d.std, std, rtol=1e-6)
    np.testing.assert_allclose(d.x_train, (train - train.mean(0)) / std, atol=1e-4)
    np.testing.assert_allclose(d.x_test, (plain.x_test - train.mean(0)) / std, atol=1e-4)
    assert np.abs(d.x_test.mean(0)).max() > 1e-3  # the test split has not been normalized by itself


def test_normalized_inputs_have_mean_square_one():
    for name in LOCAL:
        np.testing.assert_allclose(np.mean(load(name).x_train.astype(np.float64) ** 2), 1, rtol=1e-4)


def test_constant_columns_become_zero():
    x = np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 6.0]], np.float32)
    mean, std = data._moments(x, pooled=False)
    np.testing.assert_allclose(std, [1, np.std([1.0, 2.0, 6.0])], rtol=1e-6)
    np.testing.assert_array_equal((x - mean)[:, 0], 0)
    assert np.all(load("digits").x_train[:, 0] == 0)  # the corner pixel of digits is never lit


def test_regression_targets_are_normalized_and_can_be_undone():
    plain, d = load("diabetes", normalize=False), load("diabetes")
    np.testing.assert_allclose([d.y_train.mean(), d.y_train.std()], [0, 1], atol=1e-5)
    for scaled, raw in ((d.y_train, plain.y_train), (d.y_test, plain.y_test)):
        np.testing.assert_allclose(scaled * d.y_std + d.y_mean, raw, rtol=1e-5)
    assert plain.y_train.min() >= 25  # as published: from 25 to 346
    assert plain.y_train.max() <= 346


@pytest.mark.parametrize("name", LOCAL)
def test_seed_decides(name):
    first, again, other = (load(name, seed=seed, normalize=False).x_train for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_images_keep_their_shape_when_asked():
    flat, images = load("digits"), load("digits", flatten=False)
    assert flat.image_shape == images.image_shape == (8, 8, 1)
    assert images.x_train.shape == (1347, 8, 8, 1)
    assert images.mean.shape == images.std.shape == (8, 8, 1)
    np.testing.assert_array_equal(images.x_test.reshape(-1, 64), flat.x_test)
    pixels = load("digits", normalize=False).x_train
    assert (pixels.min(), pixels.max()) == (0, 1)
    assert load("wine", flatten=False).x_train.shape == (133, 13)


def test_pixels_stay_with_their_labels():
    raw = datasets.load_digits()
    d = load("digits", normalize=False)
    pixels = raw.data.astype(np.float32) / 16
    labels = {row.tobytes(): label for row, label in zip(pixels, raw.target, strict=True)}
    assert [labels[row.tobytes()] for row in d.x_test] == d.y_test.tolist()


def test_made_data_have_their_shapes():
    x, y = xor_corners()
    assert (x.tolist(), y.tolist()) == ([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    assert (x.dtype, y.dtype) == (np.float32, np.int32)
    d = load("xor", normalize=False)
    nearest = np.argmin(((d.x_train[:, None] - x) ** 2).sum(-1), axis=1)
    assert np.mean(y[nearest] == d.y_train) > 0.99
    d = load("spirals", normalize=False)
    radius, angle = np.hypot(*d.x_train.T), np.arctan2(*d.x_train.T[::-1])
    turn = np.angle(np.exp(1j * (angle - 2 * np.pi * (radius + d.y_train / 3))))
    np.testing.assert_allclose([turn.mean(), turn.std()], [0, 0.2], atol=0.03)


def test_a_data_set_describes_itself():
    assert repr(load("wine")) == "wine: 133 train + 45 test, 13 inputs, 3 classes, normalized"
    assert repr(load("diabetes", normalize=False)) == (
        "diabetes: 331 train + 111 test, 10 inputs, regression, as measured"
    )
    assert repr(load("digits")) == (
        "digits: 1347 train + 450 test, 64 inputs (8 x 8 x 1 image), 10 classes, normalized"
    )


WRONG_VALUES = {
    "`name` must be one of: digits, breast_cancer, wine, diabetes, xor, moons, circles, blobs, spirals, "
    "mnist, fashion_mnist. Received: name='cifar'": {"name": "cifar"},
    "`test_rate` must be above 0 and below 1. Received: test_rate=0": {"test_rate": 0},
    "`test_rate` must be above 0 and below 1. Received: test_rate=1.0": {"test_rate": 1.0},
    "`test_rate` must be above 0 and below 1. Received: test_rate=-0.1": {"test_rate": -0.1},
    "`test_rate` must be above 0 and below 1. Received: test_rate=nan": {"test_rate": float("nan")},
    "`test_rate` must leave at least 3 of the 178 samples in each split. Received: test_rate=0.01": {
        "test_rate": 0.01
    },
    "`seed` must be at least 0 and below 2**32. Received: seed=-1": {"seed": -1},
}
WRONG_TYPES = {
    "`test_rate` must be a number between 0 and 1. Received: test_rate='0.2'": {"test_rate": "0.2"},
    "`seed` must be an integer. Received: seed=0.5": {"seed": 0.5},
}


@refused(WRONG_VALUES, WRONG_TYPES)
def test_bad_arguments(given, message, kind):
    with refuses(message, kind):
        load(**{"name": "wine"} | given)


def test_import_brings_neither_tensorflow_nor_scikit_learn():
    code = (
        "import sys, dlkeras.data; print([m for m in ('tensorflow', 'keras', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_whole_batches_leave_out_the_rest():
    digits = load("digits")
    x, y = digits.whole_batches(64)
    assert (len(x), len(y)) == (1344, 1344)
    np.testing.assert_array_equal(x, digits.x_train[:1344])
    np.testing.assert_array_equal(y, digits.y_train[:1344])
    assert len(digits.whole_batches(5000)[0]) == len(digits.x_train) == 1347  # less than one batch: all of it
    with refuses("`batch_size` must be at least 1. Received: batch_size=0"):
        digits.whole_batches(0)
