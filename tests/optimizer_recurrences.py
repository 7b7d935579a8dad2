"""The same equations in NumPy and float64: what the optimizers are checked against.

Each function takes the weights, all gradients in order and a rate (or one for each step), and returns the
weights after each step, (n, ...). Nothing is shared with the optimizers.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np


def gradient_descent(w, gradients: Iterable, alpha) -> np.ndarray:
    """Returns the way of w = w - αg."""
    w, way = np.asarray(w, np.float64), []
    for g, a in _steps(gradients, alpha):
        w = w - a * g
        way.append(w)
    return np.array(way)


def momentum(w, gradients: Iterable, alpha, beta=0.9, nesterov=False, averaged=True) -> np.ndarray:
    """Returns the way of the course's momentum, or with `averaged=False` of Keras'."""
    w, way, v = np.asarray(w, np.float64), [], 0.0
    for g, a in _steps(gradients, alpha):
        new = (1 - beta) * g if averaged else -a * g
        v = beta * v + new
        direction = beta * v + new if nesterov else v
        w = w - a * direction if averaged else w + direction
        way.append(w)
    return np.array(way)


def rmsprop(
    w, gradients: Iterable, alpha, rho=0.9, beta=0.0, epsilon=1e-7, centered=False, inside=True
) -> np.ndarray:
    """Returns the way of RMSprop with momentum `beta`, epsilon inside the root or outside."""
    w, way, s, mean, v = np.asarray(w, np.float64), [], 0.0, 0.0, 0.0
    for g, a in _steps(gradients, alpha):
        s = rho * s + (1 - rho) * g**2
        mean = rho * mean + (1 - rho) * g
        spread = s - mean**2 if centered else s
        root = np.sqrt(spread + epsilon) if inside else np.sqrt(np.maximum(spread, 0)) + epsilon
        v = beta * v + a * g / root
        w = w - v
        way.append(w)
    return np.array(way)


def adam(
    w, gradients: Iterable, alpha, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, after=False
) -> np.ndarray:
    """Returns the way of Adam, epsilon before the bias correction (Keras) or after it (the course)."""
    w, way, m, v, largest = np.asarray(w, np.float64), [], 0.0, 0.0, 0.0
    for t, (g, a) in enumerate(_steps(gradients, alpha), start=1):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        largest = np.maximum(largest, v)
        m_hat = m / (1 - beta_1**t)
        v_hat = (largest if amsgrad else v) / (1 - beta_2**t)
        hat = epsilon if after else epsilon / np.sqrt(1 - beta_2**t)
        w = w - a * m_hat / (np.sqrt(v_hat) + hat)
        way.append(w)
    return np.array(way)


def _steps(gradients: Iterable, alpha):
    gradients = [np.asarray(g, np.float64) for g in gradients]
    return zip(gradients, np.broadcast_to(alpha, len(gradients)).astype(np.float64), strict=True)
