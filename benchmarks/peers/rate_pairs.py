"""Pairs of a data set and a small network, on which ways to find a learning rate are compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import keras
import numpy as np

from dlkeras.data import Dataset, load


@dataclass(frozen=True)
class Pair:
    """A data set and what is trained on it.

    Args:
        data: Name of the data set.
        activation: Of the hidden layers.
        widths: Units of the hidden layers, or filters.
        optimizer: A name in `OPTIMIZERS`.
        normalized: Whether batch normalization stands before each activation.
        convolves: Whether the first layer is a convolution, 3 × 3 at every second pixel.
    """

    data: str
    activation: str
    widths: tuple[int, ...]
    optimizer: str
    normalized: bool = False
    convolves: bool = False

    def __str__(self) -> str:
        kind = "convolution " if self.convolves else ""
        widths = "-".join(map(str, self.widths))
        normalized = ", batch norm" if self.normalized else ""
        return f"{self.data}: {kind}{widths} {self.activation}{normalized}; {self.optimizer}"


PAIRS = (
    Pair("digits", "relu", (32, 32), "Adam"),
    Pair("digits", "tanh", (32, 32, 32), "SGD"),
    Pair("digits", "relu", (8,), "momentum", normalized=True, convolves=True),
    Pair("wine", "sigmoid", (16,), "SGD"),
    Pair("breast_cancer", "relu", (32, 32), "Adam"),
    Pair("diabetes", "tanh", (32,), "Adam"),
    Pair("moons", "relu", (16, 16), "SGD"),
    Pair("circles", "sigmoid", (16, 16), "Adam"),
    Pair("spirals", "tanh", (32, 32), "Adam"),
    Pair("spirals", "relu", (32, 32), "momentum", normalized=True),
)
OPTIMIZERS = {
    "Adam": keras.optimizers.Adam,
    "SGD": keras.optimizers.SGD,
    "momentum": lambda *rate: keras.optimizers.SGD(*rate, momentum=0.9),
}


def data_of(pair: Pair) -> Dataset:
    """Loads the data of a pair."""
    data = load(pair.data, flatten=not pair.convolves)
    if not pair.convolves:
        return data
    return replace(data, x_train=patches(data.x_train), x_test=patches(data.x_test))


def patches(images: np.ndarray) -> np.ndarray:
    """Returns the 3 × 3 patches at every second pixel of images with a border of zeros.

    A Dense layer over them is a convolution, which a population compiles in seconds instead of minutes.

    Args:
        images: (n, height, width, 1).

    Returns:
        (n, ⌈height / 2⌉, ⌈width / 2⌉, 9).
    """
    padded = np.pad(images[..., 0], ((0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))[:, ::2, ::2]
    return windows.reshape(*windows.shape[:3], 9)


def builder(pair: Pair, data: Dataset, first_seed: int = 0) -> Callable[[int], keras.Sequential]:
    """Returns the function from a seed, counted from `first_seed`, to a network."""

    def build(seed: int) -> keras.Sequential:
        keras.utils.set_random_seed(first_seed + seed)
        layers = [keras.Input(data.x_train.shape[1:])]
        for width in pair.widths:
            layers.append(keras.layers.Dense(width))
            if pair.normalized:
                layers.append(keras.layers.BatchNormalization())
            layers.append(keras.layers.Activation(pair.activation))
        if pair.convolves:
            layers.append(keras.layers.Flatten())
        return keras.Sequential([*layers, keras.layers.Dense(data.num_classes or 1)])

    return build


def loss_for(data: Dataset):
    """Returns what is minimized."""
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True) if data.num_classes else "mse"
