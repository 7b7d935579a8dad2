"""load: data that are fetched, from small files and without a network."""

import gzip
import os
import urllib.error

import keras
import numpy as np
import pytest
from refusals import refuses

from dlkeras.data import load

ALTERNATIVES = "digits, breast_cancer, wine, diabetes, xor, moons, circles, blobs, spirals"
ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty Keras cache without a network behind it."""

    def unreachable(origin, target, reporthook):
        raise urllib.error.URLError("no network in tests")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))  # read once, at import
    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", unreachable)
    return tmp_path / "datasets"


def small_images(num, seed):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (num, 28, 28), np.uint8), np.arange(num, dtype=np.uint8) % 10


def write_fashion(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for split, num in (("train", 30), ("t10k", 20)):
        x, y = small_images(num, seed=num)
        for part, array in (("images-idx3", x), ("labels-idx1", y)):
            header = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
            with gzip.open(folder / f"{split}-{part}-ubyte.gz", "wb") as file:
                file.write(header + array.tobytes())


def failure(folder, name, url, files, removed=""):
    return (
        "`name` must be a data set that can be fetched, and fetching failed: URL fetch failure on "
        f"{ORIGIN}{url}: None -- no network in tests.{removed} Received: name={name!r}. "
        f"Put {files} from {ORIGIN} into {folder}, or load data that need no network: {ALTERNATIVES}"
    )


FASHION = (
    "train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, "
    "t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz"
)


def test_fashion_mnist_from_the_cache(cache):
    write_fashion(cache / "fashion-mnist")
    d = load("fashion_mnist", normalize=False, test_rate=0.9)
    x, y = small_images(30, seed=30)
    np.testing.assert_array_equal(d.x_train, x.reshape(30, 784) / np.float32(255))
    np.testing.assert_array_equal(d.y_train, y)
    assert (d.x_train.dtype, d.y_train.dtype) == (np.float32, np.int32)
    assert (len(d.x_test), d.num_classes, d.image_shape) == (20, 10, (28, 28, 1))
    assert d.class_names[9] == "Ankle boot"
    assert load("fashion_mnist", flatten=False).x_train.shape == (30, 28, 28, 1)


def test_mnist_from_the_cache(cache, monkeypatch):
    monkeypatch.setattr("keras.src.utils.file_utils.validate_file", lambda *_, **__: True)  # not the 60,000
    cache.mkdir()
    (x_train, y_train), (x_test, y_test) = small_images(30, 0), small_images(20, 1)
    np.savez(cache / "mnist.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    d = load("mnist")
    pixels = x_train.reshape(30, 784) / 255
    np.testing.assert_allclose(
        d.x_train, (pixels - pixels.mean(0)) / np.sqrt(pixels.var(0).mean()), atol=1e-5
    )
    np.testing.assert_array_equal(d.y_test, y_test)


@pytest.mark.parametrize(
    ("name", "folder", "url", "files"),
    [
        ("mnist", "", "mnist.npz", "mnist.npz"),
        ("fashion_mnist", "fashion-mnist", "train-labels-idx1-ubyte.gz", FASHION),
    ],
)
def test_no_network_names_folder_files_and_alternatives(cache, name, folder, url, files, capsys):
    for _ in range(2):  # nothing is left behind that a second call would take for the data
        with refuses(failure(cache / folder, name, url, files), ConnectionError):
            load(name)
    assert capsys.readouterr().out == f"Downloading data from {ORIGIN}{url}\n" * 2


@pytest.mark.parametrize("damage", ["cut short", "empty", "another file", "fewer bytes than announced"])
def test_damaged_fashion_file_is_removed_and_not_used(cache, damage, capsys):
    folder = cache / "fashion-mnist"
    write_fashion(folder)
    path = folder / "train-images-idx3-ubyte.gz"
    whole = path.read_bytes()
    path.write_bytes(
        {
            "cut short": whole[: len(whole) // 2],
            "empty": b"",
            "another file": b"<html>Please log in to the network</html>",
            "fewer bytes than announced": gzip.compress(gzip.decompress(whole)[:-1]),
        }[damage]
    )
    removed = f" Removed as damaged: {path.name}."
    with refuses(failure(folder, "fashion_mnist", path.name, FASHION, removed), ConnectionError):
        load("fashion_mnist")
    assert len(os.listdir(folder)) == 3
    path.write_bytes(whole)
    assert load("fashion_mnist").x_train.shape == (30, 784)


def test_download_cut_short_is_not_kept(cache, monkeypatch, capsys):
    def half_a_file(origin, target, reporthook):
        with open(target, "wb") as file:
            file.write(gzip.compress(b"\0\0\x08\x01")[:-6])

    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", half_a_file)
    with pytest.raises(ConnectionError) as raised:
        load("fashion_mnist")
    assert f"Removed as damaged: {FASHION}." in str(raised.value)
    assert os.listdir(cache / "fashion-mnist") == []


def test_damaged_mnist_file_is_not_used(cache, capsys):
    cache.mkdir()
    (cache / "mnist.npz").write_bytes(b"PK\x03\x04 half an archive")
    with refuses(failure(cache, "mnist", "mnist.npz", "mnist.npz"), ConnectionError):
        load("mnist")
    assert os.listdir(cache) == []


def test_without_the_check_keras_takes_a_damaged_file(cache):
    # What load guards against: Keras itself reads the half file and fails again on each later call.
    folder = cache / "fashion-mnist"
    write_fashion(folder)
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:500])
    for _ in range(2):
        with pytest.raises(EOFError):
            keras.datasets.fashion_mnist.load_data()
