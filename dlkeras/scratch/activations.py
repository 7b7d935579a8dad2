"""The seven activation functions of the course, each with its derivative.

`Z` is an array of any shape; for softmax its columns are samples. A derivative is taken with respect to Z and
written so that it keeps its digits where the function saturates.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

LEAKY_SLOPE = 0.01  # slope of leaky ReLU below zero, as in the course


def step(Z: np.ndarray) -> np.ndarray:
    """Binary step: 1 from zero on, else 0."""
    return np.where(Z >= 0, 1.0, 0.0)


def step_derivative(Z: np.ndarray) -> np.ndarray:
    """Zero everywhere; at the jump there is none, and 0 stands for it."""
    return np.zeros_like(Z, dtype=np.float64)


def linear(Z: np.ndarray) -> np.ndarray:
    """Z itself."""
    return Z


def linear_derivative(Z: np.ndarray) -> np.ndarray:
    """One everywhere."""
    return np.ones_like(Z, dtype=np.float64)


def sigmoid(Z: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-z), by e^z / (1 + e^z) where z is negative, so that no power overflows."""
    power = np.exp(-np.abs(Z))  # at most 1
    return np.where(Z >= 0, 1.0, power) / (1 + power)


def sigmoid_derivative(Z: np.ndarray) -> np.ndarray:
    """a (1 - a), where 1 - a is sigmoid(-z); at most 1/4."""
    return sigmoid(Z) * sigmoid(-Z)


def tanh(Z: np.ndarray) -> np.ndarray:
    """(e^z - e^-z) / (e^z + e^-z), which is 2 sigmoid(2z) - 1."""
    return np.tanh(Z)


def tanh_derivative(Z: np.ndarray) -> np.ndarray:
    """1 - a^2, which is four times the derivative of sigmoid at 2z; at most 1."""
    return 4 * sigmoid_derivative(2 * Z)


def relu(Z: np.ndarray) -> np.ndarray:
    """max(0, z)."""
    return np.maximum(0.0, Z)


def relu_derivative(Z: np.ndarray) -> np.ndarray:
    """1 above zero, else 0; at zero itself 0, as in TensorFlow."""
    return np.where(Z > 0, 1.0, 0.0)


def leaky_relu(Z: np.ndarray) -> np.ndarray:
    """z above zero, else LEAKY_SLOPE z."""
    return np.where(Z > 0, Z, LEAKY_SLOPE * Z)


def leaky_relu_derivative(Z: np.ndarray) -> np.ndarray:
    """1 above zero, else LEAKY_SLOPE."""
    return np.where(Z > 0, 1.0, LEAKY_SLOPE)


def log_sum_exp(Z: np.ndarray) -> np.ndarray:
    """log of the sum of e^z over every column, (1, m); with the largest z taken out, no power overflows."""
    top = Z.max(axis=0, keepdims=True)
    return top + np.log(np.exp(Z - top).sum(axis=0, keepdims=True))


def softmax(Z: np.ndarray) -> np.ndarray:
    """e^z over the sum of its column: every column becomes a distribution, (n, m)."""
    power = np.exp(Z - Z.max(axis=0, keepdims=True))
    return power / power.sum(axis=0, keepdims=True)


def softmax_backward(dA: np.ndarray, Z: np.ndarray) -> np.ndarray:
    """dZ = A * (dA - sum of A * dA over the column): the Jacobian diag(a) - a a^T times dA."""
    A = softmax(Z)
    return A * (dA - (A * dA).sum(axis=0, keepdims=True))


class Activation(NamedTuple):
    """A function `A = forward(Z)` and its backward side `dZ = backward(dA, Z)`."""

    forward: Callable[[np.ndarray], np.ndarray]
    backward: Callable[[np.ndarray, np.ndarray], np.ndarray]


def _elementwise(forward: Callable, derivative: Callable) -> Activation:
    return Activation(forward, lambda dA, Z: dA * derivative(Z))


ACTIVATIONS = {
    "step": _elementwise(step, step_derivative),
    "linear": _elementwise(linear, linear_derivative),
    "sigmoid": _elementwise(sigmoid, sigmoid_derivative),
    "tanh": _elementwise(tanh, tanh_derivative),
    "relu": _elementwise(relu, relu_derivative),
    "leaky_relu": _elementwise(leaky_relu, leaky_relu_derivative),
    "softmax": Activation(softmax, softmax_backward),
}
