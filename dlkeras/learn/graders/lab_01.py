"""Lab 1: how large a step of gradient descent may be."""

import numpy as np

from dlkeras.learn.exercise import Exercise
from dlkeras.learn.solutions.lab_01 import (
    descent_step,
    four_steps,
    largest_rate,
    linear_gradient,
    mean_squared_error,
)


def _two_vectors(draw):
    m = draw.dim()
    return draw.normal(m), draw.normal(m)


def _regression(draw):
    m, n = draw.dim(), draw.dim()
    return draw.normal(m, n), draw.normal(m, scale=3), draw.normal(n)


def _loops(X, y, w, b):
    m, n = X.shape
    errors = [sum(X[i, j] * w[j] for j in range(n)) + b - y[i] for i in range(m)]
    dw = [2 / m * sum(errors[i] * X[i, j] for i in range(m)) for j in range(n)]
    return np.array(dw), 2 / m * sum(errors)


def _step_inputs(draw):
    shape = [draw.dim() for _ in range(1 + draw.size % 2)]
    return draw.normal(*shape), draw.normal(*shape), draw.number(0.01, 1)


def _training(draw):
    X, y, w = _regression(draw)
    rate = 1 / (1 + np.linalg.norm(X) ** 2)
    if draw.size == 9:  # no error at all, which is not below a threshold of 0
        X, y, w = np.eye(4), 1.0 * np.arange(4), 1.0 * np.arange(4)
    return X, y, w, rate, draw.size, [0.0, 2.0, 9.0][draw.size % 3]


def _trained(X, y, w, rate, epochs, threshold):
    for used in range(1, epochs + 1):
        before = sum((row @ w - target) ** 2 for row, target in zip(X, y, strict=True)) / len(y)
        w = w - rate * _loops(X, y, w, 0.0)[0]
        if before < threshold:
            return w, used
    return w, epochs


EXERCISES = [
    Exercise(
        mean_squared_error,
        _two_vectors,
        lambda p, y: sum((a - b) ** 2 for a, b in zip(p, y, strict=True)) / len(y),
        "error-by-rate",
        (
            "`a - b` of two arrays subtracts entry by entry, and `** 2` squares them.",
            "`np.mean` is sum over m.",
        ),
        {
            "This is the sum over the samples, not its mean.": ("np.mean(", "np.sum("),
            "This is the root of it.": (
                "np.mean((predicted - y) ** 2)",
                "np.sqrt(np.mean((predicted - y) ** 2))",
            ),
            "These are distances, not their squares.": ("(predicted - y) ** 2", "np.abs(predicted - y)"),
            "The square is of the mean, not the mean of the squares.": (
                "np.mean((predicted - y) ** 2)",
                "np.mean(predicted - y) ** 2",
            ),
            "Half of it: the course's 1/2 is not in this equation.": ("np.mean(", "0.5 * np.mean("),
        },
    ),
    Exercise(
        linear_gradient,
        lambda draw: (*_regression(draw), draw.number(-1, 1)),
        _loops,
        "error-by-rate",
        (
            "error = X @ w + b - y, (m,).",
            "X.T is (n, m): `X.T @ error` sums over the samples.",
            "m is `len(y)`.",
        ),
        {
            "This is of the sum over the samples, not of its mean.": (
                "2 / len(y) * X.T @ error, 2 * np.mean(error)",
                "2 * X.T @ error, 2 * np.sum(error)",
            ),
            "dE/db is a sum, not a mean.": ("np.mean(error)", "np.sum(error)"),
            "dE/dw is a sum, not a mean.": ("2 / len(y) *", "2 *"),
            "The 2 of the square is lost in dE/dw.": ("2 / len(y)", "1 / len(y)"),
            "The bias is missing in the predictions.": ("+ b - y", "- y"),
            "dE/dw is divided by the number of inputs, not of samples.": ("2 / len(y)", "2 / len(w)"),
        },
    ),
    Exercise(
        descent_step,
        _step_inputs,
        lambda w, g, rate: np.array(
            [a - rate * b for a, b in zip(w.ravel(), g.ravel(), strict=True)]
        ).reshape(w.shape),
        "ravine",
        ("One line.", "`w -= ...` would change the caller's array; `w - ...` makes a new one."),
        {
            "This goes up: the step is subtracted.": ("w - rate", "w + rate"),
            "The learning rate is missing.": ("rate * gradient", "gradient"),
            "This is the step, without the weights.": ("w - rate * gradient", "rate * gradient"),
            "The gradient's size is lost: only its sign is used.": ("gradient", "np.sign(gradient)"),
            "The gradient is divided by the rate.": ("rate * gradient", "gradient / rate"),
        },
    ),
    Exercise(
        four_steps,
        _training,
        _trained,
        "epochs-by-rate",
        (
            "A loop, `for used in range(1, epochs + 1)`, with the four steps in it.",
            "`w = w - ...` leaves the caller's array as it was.",
            "Compare the error, which you computed before the update, at the end of the loop, and return.",
        ),
        {
            "Epochs are counted from 0.": ("return w, used", "return w, used - 1"),
            "The last of the epochs is missing.": ("range(1, epochs + 1)", "range(1, max(epochs, 2))"),
            "Training ends before the update of the last epoch.": (
                "        w = w - rate * gradient\n",
                "        if error < threshold:\n            return w, used\n"
                "        w = w - rate * gradient\n",
            ),
            "The gradient is a sum over the samples, not a mean.": ("2 / len(y) *", "2 *"),
            "The 2 of the square is lost.": ("2 / len(y)", "1 / len(y)"),
            "The threshold is never looked at.": ("error < threshold", "False"),
        },
    ),
    Exercise(
        largest_rate,
        lambda draw: (draw.normal(draw.dim() + 1, draw.dim(), scale=draw.number(0.2, 3)),),
        lambda X: len(X) / np.linalg.norm(X, 2) ** 2,
        "curvature",
        (
            "`X.T @ X` is (n, n) and symmetric.",
            "`np.linalg.eigvalsh` gives the eigenvalues of a symmetric matrix, the largest last.",
        ),
        {
            "This is L itself.": ("2 / np.linalg.eigvalsh(hessian)[-1]", "np.linalg.eigvalsh(hessian)[-1]"),
            "This is 1 / L: the quickest rate along that direction, and half of the largest.": (
                "return 2 /",
                "return 1 /",
            ),
            "This is by the smallest eigenvalue.": ("[-1]", "[0]"),
            "The 1/m of the mean is missing in H.": ("2 / len(X)", "2"),
            "The 2 of the square is missing in H.": ("2 / len(X)", "1 / len(X)"),
            "m is the number of samples, not of inputs.": ("2 / len(X)", "2 / X.shape[1]"),
        },
    ),
]
