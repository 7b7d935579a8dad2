"""Lab 3: activation functions and their slopes."""

import numpy as np


def relu(Z):
    """Computes ReLU, which lets positive sums through and silences the others.

        relu(z) = max(0, z)

    Args:
        Z: Sums of units, an array of any shape.

    Returns:
        ReLU of each number, of the same shape.
    """
    return np.maximum(0, Z)


def slopes_of_lines(Z):
    """Computes the slopes of the functions that are made of straight lines.

        binary step: 0 everywhere
        linear:      1 everywhere
        ReLU:        1 where z > 0, else 0
        leaky ReLU:  1 where z > 0, else 0.01

    Args:
        Z: Sums of units, an array of any shape.

    Returns:
        The four slopes in this order, each of the shape of Z.
    """
    positive = Z > 0
    return np.zeros(Z.shape), np.ones(Z.shape), np.where(positive, 1.0, 0.0), np.where(positive, 1.0, 0.01)


def sigmoid(Z):
    """Computes the sigmoid so that no power overflows.

        sigmoid(z) = 1 / (1 + e^-z)
                   = e^z / (1 + e^z), which is the same

    e^-z is infinite in floating point where z is below -710. In the first form that gives 0 and a warning, in
    the second e^z overflows for large z and gives infinity over infinity, NaN. Take for each z the form whose
    power is at most 1.

    Args:
        Z: Sums of units, an array of any shape.

    Returns:
        The sigmoid of each number, of the same shape, without an overflow: NumPy raises an error at one here.
    """
    power = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1.0, power) / (1 + power)


def bent_slopes(Z):
    """Computes the slopes of sigmoid and tanh.

        a = sigmoid(z),  sigmoid'(z) = a (1 - a)
        a = tanh(z),     tanh'(z) = 1 - a²

    Args:
        Z: Sums of units, an array of any shape.

    Returns:
        sigmoid'(z) and tanh'(z), each of the shape of Z.
    """
    a = 1 / (1 + np.exp(-Z))
    return a * (1 - a), 1 - np.tanh(Z) ** 2


def softmax_of_columns(Z):
    """Makes each column of numbers a distribution.

        a_i = e^z_i / the sum of e^z_j over the column

    Args:
        Z: Logits, (n, m): classes by samples. They are small here; lab 17 looks at large ones.

    Returns:
        A, (n, m), whose columns add up to 1.
    """
    power = np.exp(Z)
    return power / power.sum(axis=0, keepdims=True)


def dead_and_saturated(Z):
    """Counts the units of a layer that have gone dead as ReLU, or saturated as sigmoid.

        dead:      z <= 0 for all samples
        saturated: a (1 - a) < 0.05 · 1/4 for all samples, where a = sigmoid(z)

    1/4 is the largest slope of the sigmoid; below a twentieth of it hardly any gradient comes through.

    Args:
        Z: Sums of units, (n, m): units by samples.

    Returns:
        The share of dead units and the share of saturated ones, each from 0 to 1.
    """
    a = 1 / (1 + np.exp(-Z))
    flat = a * (1 - a) < 0.05 / 4
    return np.mean((Z <= 0).all(axis=1)), np.mean(flat.all(axis=1))
