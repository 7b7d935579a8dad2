"""Data sets for the labs: ``load(name)`` gives arrays, split and normalized, and the numbers that did it."""

import gzip
import math
import os
import struct
import zlib
from dataclasses import dataclass

import numpy as np

from dlkeras.base.checks import checked_integer, is_number

EMBEDDED = ("digits", "breast_cancer", "wine", "diabetes")
MADE = ("xor", "moons", "circles", "blobs", "spirals")
DOWNLOADED = ("mnist", "fashion_mnist")
NAMES = EMBEDDED + MADE + DOWNLOADED
CLASSIFICATION = tuple(name for name in NAMES if name != "diabetes")

_ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_FASHION_FILES = tuple(
    f"{split}-{part}-ubyte.gz" for split in ("train", "t10k") for part in ("images-idx3", "labels-idx1")
)
_FASHION_CLASSES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Train and test arrays of one data set, with the numbers that normalized them.

    Attributes:
        name: The name it was loaded by.
        x_train: Inputs, float32 of shape (n, d), or (n, height, width, channels) for unflattened images.
        y_train: int32 labels of shape (n,), counted from 0; for regression float32 targets of shape (n,).
        x_test: Inputs as in ``x_train``.
        y_test: Labels or targets as in ``y_train``.
        num_classes: How many classes there are; None for regression.
        image_shape: (height, width, channels) of an input, also when it is flattened; None without images.
        mean: What was subtracted, float32 in the shape of one input; None when nothing was normalized.
        std: What it was divided by, float32 in the shape of one input; None when nothing was normalized.
        y_mean: What was subtracted from the targets; None for classes, or when nothing was normalized.
        y_std: What they were divided by; None for classes, or when nothing was normalized.
        feature_names: One name per input column; None for images.
        class_names: One name per class; None for regression.

    Example:
        >>> load("wine")
        wine: 133 train + 45 test, 13 inputs, 3 classes, normalized
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    num_classes: int | None
    image_shape: tuple[int, int, int] | None = None
    mean: np.ndarray | None = None
    std: np.ndarray | None = None
    y_mean: float | None = None
    y_std: float | None = None
    feature_names: tuple[str, ...] | None = None
    class_names: tuple[str, ...] | None = None

    def whole_batches(self, batch_size: int) -> tuple[np.ndarray, np.ndarray]:
        """Gives the train split without the samples that fill no whole batch: one shape, compiled once.

        Args:
            batch_size: Samples in a batch, at least 1.

        Returns:
            Inputs and labels of n samples, n a multiple of `batch_size`; all where they are fewer.

        Raises:
            ValueError: If `batch_size` is below 1.
        """
        checked_integer("batch_size", batch_size)
        n = len(self.x_train) // batch_size * batch_size or len(self.x_train)
        return self.x_train[:n], self.y_train[:n]

    def __repr__(self) -> str:
        inputs = f"{math.prod(self.x_train.shape[1:])} inputs"
        if self.image_shape is not None:
            inputs += " ({} x {} x {} image)".format(*self.image_shape)
        goal = "regression" if self.num_classes is None else f"{self.num_classes} classes"
        scale = "as measured" if self.mean is None else "normalized"
        return f"{self.name}: {len(self.x_train)} train + {len(self.x_test)} test, {inputs}, {goal}, {scale}"


def load(
    name: str, *, flatten: bool = True, normalize: bool = True, test_rate: float = 0.25, seed: int = 0
) -> Dataset:
    """Load a data set by name, split into train and test and normalized.

    Embedded and real: ``digits``, ``breast_cancer``, ``wine``, ``diabetes`` (regression). Made from the seed,
    with two inputs: ``xor`` (200 noisy points round each corner of the unit square; the exact corners are
    `xor_corners`), ``moons``, ``circles``, ``blobs`` (3 clouds), ``spirals`` (3 arms). Downloaded once and
    kept in ``$KERAS_HOME/datasets`` (by default ``~/.keras/datasets``): ``mnist``, ``fashion_mnist``, which
    come with a test split of their own.

    Pixels are scaled to [0, 1] first. Normalizing then subtracts the mean and divides by the standard
    deviation, both from the train split alone. Columns of a table each have their own standard deviation; a
    constant column gets 1, so that it becomes 0. Pixels, which share a unit, share one, the root of their
    mean variance: with its own, a pixel lit in one image of a thousand would count most. Regression targets
    are normalized like a column.

    Args:
        name: One of `NAMES`.
        flatten: Give images as vectors (n, d), as a Dense layer takes them; otherwise (n, height, width, 1).
            Without effect on data that are no images.
        normalize: Whether to normalize; on, since networks train badly on inputs of unequal scale.
        test_rate: Share of samples held out for the test, in (0, 1), in equal shares of every class. Not used
            for ``mnist`` and ``fashion_mnist``.
        seed: Seed of the split and of made data, in [0, 2**32).

    Returns:
        The `Dataset`.

    Raises:
        TypeError: If ``test_rate`` is not a number or ``seed`` not an integer.
        ValueError: If the name is unknown, ``test_rate`` or ``seed`` is out of range, or a split would be
            smaller than the number of classes.
        ConnectionError: If a download fails; the message names the folder, the files and the alternatives.

    Example:
        >>> load("digits").x_train.shape
        (1347, 64)
    """
    _check(name, test_rate, seed)
    if name in DOWNLOADED:
        x_train, y_train, x_test, y_test, facts = _downloaded(name)
    else:
        x, y, facts = _embedded(name) if name in EMBEDDED else _made(name, seed)
        x_train, x_test, y_train, y_test = _split(x, y, facts["num_classes"], test_rate, seed)

    if normalize:
        mean, std = _moments(x_train, pooled="image_shape" in facts)
        x_train, x_test = (x_train - mean) / std, (x_test - mean) / std
        facts |= {"mean": mean, "std": std}
        if facts["num_classes"] is None:
            y_mean, y_std = y_train.mean(dtype=np.float64), y_train.std(dtype=np.float64)
            y_train, y_test = ((y - y_mean) / y_std for y in (y_train, y_test))
            facts |= {"y_mean": float(y_mean), "y_std": float(y_std)}

    if "image_shape" in facts and not flatten:
        shape = facts["image_shape"]
        x_train, x_test = x_train.reshape(-1, *shape), x_test.reshape(-1, *shape)
        facts |= {key: facts[key].reshape(shape) for key in ("mean", "std") if key in facts}
    label = np.float32 if facts["num_classes"] is None else np.int32
    return Dataset(name, x_train, y_train.astype(label), x_test, y_test.astype(label), **facts)


def xor_corners() -> tuple[np.ndarray, np.ndarray]:
    """Give the four points of exclusive or.

    Returns:
        Inputs, float32 of shape (4, 2), and labels, int32 of shape (4,): 1 where the two inputs differ.

    Example:
        >>> xor_corners()[1]
        array([0, 1, 1, 0], dtype=int32)
    """
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    return x, (x[:, 0] != x[:, 1]).astype(np.int32)


def _check(name: str, test_rate: float, seed: int) -> None:
    if name not in NAMES:
        raise ValueError(f"`name` must be one of: {', '.join(NAMES)}. Received: name={name!r}")
    if not is_number(test_rate):
        raise TypeError(f"`test_rate` must be a number between 0 and 1. Received: test_rate={test_rate!r}")
    if not 0 < test_rate < 1:
        raise ValueError(f"`test_rate` must be above 0 and below 1. Received: test_rate={test_rate}")
    if not 0 <= checked_integer("seed", seed, least=-(2**64)) < 2**32:
        raise ValueError(f"`seed` must be at least 0 and below 2**32. Received: seed={seed}")


def _split(x, y, num_classes, test_rate, seed):
    from sklearn.model_selection import train_test_split

    num_test, least = math.ceil(len(x) * test_rate), num_classes or 1
    if min(num_test, len(x) - num_test) < least:
        raise ValueError(
            f"`test_rate` must leave at least {least} of the {len(x)} samples in each split. "
            f"Received: test_rate={test_rate}"
        )
    stratify = None if num_classes is None else y
    return train_test_split(x, y, test_size=num_test, random_state=seed, stratify=stratify)


def _moments(x: np.ndarray, pooled: bool) -> tuple[np.ndarray, np.ndarray]:
    mean = x.mean(axis=0, dtype=np.float64)  # (d,)
    std = x.std(axis=0, dtype=np.float64)  # (d,)
    if pooled:
        std[:] = np.sqrt(np.mean(std**2))
    else:
        std[x.min(axis=0) == x.max(axis=0)] = 1  # not std == 0: rounding leaves a little
    return mean.astype(np.float32), std.astype(np.float32)


def _embedded(name: str) -> tuple[np.ndarray, np.ndarray, dict]:
    from sklearn import datasets

    if name == "diabetes":
        bunch = datasets.load_diabetes(scaled=False)
        facts = {"num_classes": None, "feature_names": tuple(bunch.feature_names)}
        return bunch.data.astype(np.float32), bunch.target, facts
    bunch = getattr(datasets, f"load_{name}")()
    x = bunch.data.astype(np.float32)
    facts = {"num_classes": len(bunch.target_names), "class_names": tuple(map(str, bunch.target_names))}
    if name == "digits":
        return x / 16, bunch.target, facts | {"image_shape": (8, 8, 1)}
    return x, bunch.target, facts | {"feature_names": tuple(map(str, bunch.feature_names))}


def _made(name: str, seed: int) -> tuple[np.ndarray, np.ndarray, dict]:
    from sklearn import datasets

    clouds = [(-3, -2), (3, -2), (0, 3)]
    make = {
        "xor": lambda: _xor(seed),
        "moons": lambda: datasets.make_moons(1000, noise=0.2, random_state=seed),
        "circles": lambda: datasets.make_circles(1000, noise=0.1, factor=0.5, random_state=seed),
        "blobs": lambda: datasets.make_blobs(1000, centers=clouds, random_state=seed),
        "spirals": lambda: _spirals(seed),
    }
    x, y = make[name]()
    num_classes = int(y.max()) + 1
    names = {"feature_names": ("x1", "x2"), "class_names": tuple(map(str, range(num_classes)))}
    return x.astype(np.float32), y, {"num_classes": num_classes, **names}


def _xor(seed: int) -> tuple[np.ndarray, np.ndarray]:
    corners, labels = xor_corners()
    x = np.repeat(corners, 200, axis=0)  # (800, 2)
    return x + np.random.default_rng(seed).normal(0, 0.15, x.shape), np.repeat(labels, 200)


def _spirals(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    arm = np.repeat(np.arange(3), 300)  # (900,)
    radius = rng.uniform(0.1, 1, arm.shape)
    angle = 2 * np.pi * (radius + arm / 3) + rng.normal(0, 0.2, arm.shape)  # one turn from centre to rim
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), arm


def _downloaded(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict]:
    import keras

    files = {"mnist": ("mnist.npz",), "fashion_mnist": _FASHION_FILES}[name]
    folder = _cache_folder(name)
    damaged = _remove_damaged(folder, files)
    try:
        (x_train, y_train), (x_test, y_test) = getattr(keras.datasets, name).load_data()
    except Exception as error:  # get_file raises a plain Exception when the network fails
        damaged += _remove_damaged(folder, files)
        removed = f" Removed as damaged: {', '.join(damaged)}." if damaged else ""
        raise ConnectionError(
            f"`name` must be a data set that can be fetched, and fetching failed: {error}.{removed} "
            f"Received: name={name!r}. Put {', '.join(files)} from {_ORIGIN} into {folder}, "
            f"or load data that need no network: {', '.join(EMBEDDED + MADE)}"
        ) from error
    x_train, x_test = (x.reshape(len(x), -1) / np.float32(255) for x in (x_train, x_test))
    classes = _FASHION_CLASSES if name == "fashion_mnist" else tuple(map(str, range(10)))
    facts = {"num_classes": 10, "image_shape": (28, 28, 1), "class_names": classes}
    return x_train, y_train, x_test, y_test, facts


def _cache_folder(name: str) -> str:
    home = os.path.expanduser(os.environ.get("KERAS_HOME") or os.path.join("~", ".keras"))
    if not os.access(home, os.W_OK):
        home = os.path.join("/tmp", ".keras")  # where keras.utils.get_file turns to
    return os.path.join(home, "datasets", *(["fashion-mnist"] if name == "fashion_mnist" else []))


def _remove_damaged(folder: str, files: tuple[str, ...]) -> list[str]:
    # keras.utils.get_file checks the hash of mnist.npz, but takes .gz files as they are, whole or cut short
    damaged = []
    for name in files:
        path = os.path.join(folder, name)
        if name.endswith(".gz") and os.path.exists(path) and not _is_whole(path):
            os.remove(path)
            damaged.append(name)
    return damaged


def _is_whole(path: str) -> bool:
    try:
        with gzip.open(path) as file:
            content = file.read()
        num_axes = content[3]  # IDX: two zeros, the type, the number of axes, the length of each, the bytes
        lengths = struct.unpack_from(f">{num_axes}I", content, 4)
    except (gzip.BadGzipFile, EOFError, zlib.error, struct.error, IndexError):
        return False
    return len(content) == 4 + 4 * num_axes + math.prod(lengths)
