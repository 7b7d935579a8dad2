"""Lab 1: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import numpy as np


def step_by_loop(w, gradient, rate):
    new = np.zeros(w.shape)
    for at in np.ndindex(w.shape):
        new[at] = w[at] - gradient[at] * rate
    return new


def step_on_a_copy(w, gradient, rate):
    new = w.copy()
    new -= rate * gradient
    return new


def gradient_by_sample(X, y, w, b):
    dw, db = np.zeros(len(w)), 0.0
    for row, target in zip(X, y, strict=True):
        off = row @ w + b - target
        dw += 2 * off * row / len(y)
        db += 2 * off / len(y)
    return [dw, db]


def gradient_with_a_column(X, y, w, b):
    ones = np.column_stack([X, np.ones(len(y))])
    both = -2 * ones.T @ (y - ones @ np.append(w, b)) / len(y)
    return both[:-1], both[-1]


def gradient_in_float32(X, y, w, b):
    X, y, w = (a.astype(np.float32) for a in (X, y, w))
    error = np.einsum("ij,j->i", X, w) + np.float32(b) - y
    return (error @ X) * 2 / len(y), error.sum() * 2 / len(y)


def train_by_while(X, y, w, rate, epochs, threshold):
    used, error = 0, np.inf
    w = w.copy()
    while used < epochs and error >= threshold:
        off = X @ w - y
        error = off @ off / len(y)
        w -= 2 * rate * (off @ X) / len(y)
        used += 1
    return w, used


def train_and_return(X, y, w, rate, epochs, threshold):
    for i in range(epochs):
        off = X.dot(w) - y
        w = w - rate * np.mean(2 * off[:, None] * X, axis=0)
        if np.mean(np.square(off)) < threshold:
            return w, i + 1
    return w, epochs


def train_in_float32(X, y, w, rate, epochs, threshold):
    X, y, w = (a.astype(np.float32) for a in (X, y, w))
    for used in range(1, epochs + 1):
        off = X @ w - y
        w = w - np.float32(rate) * np.float32(2 / len(y)) * (X.T @ off)
        if (off**2).mean() < threshold:
            return w, used
    return w, epochs


def rate_by_power(X):
    H = 2 / len(X) * X.T @ X
    return 2 / max(np.linalg.eig(H)[0].real)


ANSWERS = {
    "mean_squared_error": (
        [("predicted - y", "predicted + y"), (") ** 2", ") ** 3"), ("return ", "return -")],
        [
            lambda p, y: ((y - p) ** 2).sum() / len(y),
            lambda p, y: np.dot(p - y, p - y) / p.size,
            lambda p, y: float(np.square(np.float32(p) - np.float32(y)).mean()),
        ],
    ),
    "linear_gradient": (
        [("+ b - y", "+ b + y"), ("X @ w", "X @ np.abs(w)"), ("2 * np.mean(error)", "np.mean(error)")],
        [gradient_by_sample, gradient_with_a_column, gradient_in_float32],
    ),
    "descent_step": (
        [
            ("return w - rate * gradient", "w -= rate * gradient\n    return w"),
            ("w - rate", "w * rate"),
            ("rate * gradient", "rate * gradient / gradient.size"),
        ],
        [step_by_loop, step_on_a_copy, lambda w, g, rate: np.add(w, -rate * g)],
    ),
    "four_steps": (
        [
            ("w = w - rate", "w = w + rate"),
            ("error < threshold", "error > threshold"),
            ("w = w - rate * gradient", "w -= rate * gradient"),
        ],
        [train_by_while, train_and_return, train_in_float32],
    ),
    "largest_rate": (
        [("X.T @ X", "X.T @ np.abs(X)"), ("return 2 /", "return -2 /")],
        [
            rate_by_power,
            lambda X: len(X) / np.linalg.svd(X, compute_uv=False)[0] ** 2,
            lambda X: 2 / np.linalg.eigvalsh(np.float32(2 * X.T @ X / len(X))).max(),
        ],
    ),
}
