"""Lab 3: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import numpy as np
from scipy import special


def relu_in_place_of_a_copy(Z):
    A = np.array(Z, copy=True)
    A[A < 0] = 0
    return A


def slopes_by_loop(Z):
    relu, leaky = np.zeros_like(Z), np.full_like(Z, 0.01)
    for at in np.ndindex(Z.shape):
        if Z[at] > 0:
            relu[at] = leaky[at] = 1
    return 0 * Z, relu * 0 + 1, relu, leaky


def slopes_by_arithmetic(Z):
    up = (Z > 0).astype(np.float32)
    return [np.zeros_like(up), np.ones_like(up), up, 0.01 + 0.99 * up]


def slopes_by_masks(Z):
    return np.zeros(Z.shape), np.ones(Z.shape), (Z > 0) * 1, np.maximum(np.sign(Z), 0.01)


def sigmoid_by_masks(Z):
    A = np.zeros(Z.shape)
    A[Z >= 0] = 1 / (1 + np.exp(-Z[Z >= 0]))
    A[Z < 0] = np.exp(Z[Z < 0]) / (1 + np.exp(Z[Z < 0]))
    return A


def dead_by_loop(Z):
    dead = flat = 0
    for row in Z:
        dead += max(row) <= 0
        flat += np.min(np.abs(row)) > np.log((1 + np.sqrt(0.95)) / (1 - np.sqrt(0.95)))
    return dead / len(Z), flat / len(Z)


def dead_by_largest(Z):
    slope = special.expit(Z) * special.expit(-Z)
    return (Z.max(axis=1) <= 0).mean(), (slope.max(axis=1) < 0.0125).mean()


def dead_by_counts(Z):
    slope = 1 / (4 * np.cosh(np.float32(Z) / 2) ** 2)
    return 1 - np.mean(np.any(Z > 0, axis=1)), np.mean(np.sum(slope >= 0.0125, axis=1) == 0)


ANSWERS = {
    "relu": (
        [
            ("np.maximum(0, Z)", "np.maximum(1, Z)"),
            ("return np.maximum(0, Z)", "Z[Z < 0] = 0\n    return Z"),
            ("return ", "return -"),
        ],
        [relu_in_place_of_a_copy, lambda Z: np.where(Z > 0, Z, 0), lambda Z: (Z + np.abs(Z)) / 2],
    ),
    "slopes_of_lines": (
        [
            ("positive = Z > 0", "positive = Z < 0"),
            ("np.where(positive, 1.0, 0.0)", "np.where(positive, Z, 0.0)"),
        ],
        [slopes_by_loop, slopes_by_arithmetic, slopes_by_masks],
    ),
    "sigmoid": (
        [
            ("np.where(Z >= 0, 1.0, power) / (1 + power)", "1 / (1 + np.exp(-Z))"),
            ("np.where(Z >= 0, 1.0, power) / (1 + power)", "np.exp(Z) / (1 + np.exp(Z))"),
            ("np.exp(-np.abs(Z))", "np.exp(-np.abs(np.clip(Z, -1, 1)))"),
            (
                "np.where(Z >= 0, 1.0, power) / (1 + power)",
                "np.where(Z >= 0, 1 / (1 + np.exp(-Z)), np.exp(Z) / (1 + np.exp(Z)))",
            ),
        ],
        [special.expit, sigmoid_by_masks, lambda Z: (1 + np.tanh(Z / 2)) / 2],
    ),
    "bent_slopes": (
        [("exp(-Z)", "exp(Z) * 2"), ("1 - np.tanh", "1 + np.tanh")],
        [
            lambda Z: (special.expit(Z) * special.expit(-Z), 1 / np.cosh(Z) ** 2),
            lambda Z: (np.exp(-Z) / (1 + np.exp(-Z)) ** 2, (1 - np.tanh(Z)) * (1 + np.tanh(Z))),
            lambda Z: [(1 - np.tanh(np.float32(Z) / 2) ** 2) / 4, 1 - np.tanh(np.float32(Z)) ** 2],
        ],
    ),
    "softmax_of_columns": (
        [("np.exp(Z)", "2.0**Z"), ("return power", "return 2 * power")],
        [
            lambda Z: special.softmax(Z, axis=0),
            lambda Z: (np.exp(Z.T) / np.exp(Z).sum(axis=0)[:, None]).T,
            lambda Z: np.stack([np.exp(z) / np.exp(z).sum() for z in np.float32(Z).T], axis=1),
        ],
    ),
    "dead_and_saturated": (
        [("a * (1 - a) <", "a * (1 - a) >"), ("Z <= 0", "Z > 0")],
        [dead_by_loop, dead_by_largest, dead_by_counts],
    ),
}
