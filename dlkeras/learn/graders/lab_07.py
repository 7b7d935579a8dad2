"""Lab 7: why inputs are normalized, and by whose mean and spread."""

import numpy as np

from dlkeras.learn.exercise import Exercise
from dlkeras.learn.solutions.lab_07 import column_statistics, condition_number, normalize, weights_for_raw


def _table(draw):
    m, n = draw.dim(), draw.dim()
    scales = 10.0 ** draw.rng.integers(-2, 3, n)
    X = (draw.normal(m, n) + 2) * scales
    if draw.size % 2 == 0:
        X[:, -1] = 4.0  # a constant column
    return X


def _split(draw):
    X = _table(draw)
    return X, (draw.normal(draw.dim(), X.shape[1]) + 3) * (1 + np.abs(X[0]))


def _statistics(X):
    means = [sum(column) / len(column) for column in X.T]
    spreads = [
        (sum((x - mean) ** 2 for x in column) / len(column)) ** 0.5
        for column, mean in zip(X.T, means, strict=True)
    ]
    return np.array(means), np.array(spreads)


def _normalized(X_train, X_test):
    means, spreads = _statistics(X_train)
    return tuple(
        np.array([[(x - c) / (s or 1) for x, c, s in zip(row, means, spreads, strict=True)] for row in X])
        for X in (X_train, X_test)
    )


def _fold_inputs(draw):
    n = draw.dim()
    return draw.normal(n), draw.number(-1, 1), draw.normal(n, scale=3), np.abs(draw.normal(n)) + 0.5


def _probed(w, b, mean, std):
    """What predicts the same: the weights are found by asking for predictions of raw samples."""

    def predict(x):
        return w @ ((x - mean) / std) + b

    at_zero = predict(np.zeros(len(w)))
    return np.array([predict(row) - at_zero for row in np.eye(len(w))]), at_zero


def _tall(draw):
    n = draw.dim()
    return (draw.normal(n + 1 + draw.size, n) * np.linspace(1, 3, n),)


EXERCISES = [
    Exercise(
        column_statistics,
        lambda draw: (_table(draw),),
        _statistics,
        "statistics",
        ("`axis=0` goes down the columns.", "`X.mean(axis=0)` and `X.std(axis=0)`."),
        {
            "These are of the rows, not of the columns.": (
                "X.mean(axis=0), X.std(axis=0)",
                "X.mean(axis=1), X.std(axis=1)",
            ),
            "The second is the variance: its root is missing.": ("X.std(", "X.var("),
            "The spread is divided by m - 1; here it is by m.": (
                "X.std(axis=0)",
                "X.std(axis=0) * np.sqrt(len(X) / max(len(X) - 1, 1))",
            ),
            "These are of the whole table, one number each.": (
                "X.mean(axis=0), X.std(axis=0)",
                "X.mean(), X.std()",
            ),
            "This is the median, not the mean.": ("X.mean(axis=0)", "np.median(X, axis=0)"),
            "The second is the range, not the standard deviation.": ("X.std(axis=0)", "np.ptp(X, axis=0)"),
        },
    ),
    Exercise(
        normalize,
        _split,
        _normalized,
        "statistics",
        (
            "Take mean and spread of X_train once, and use them for both.",
            "`np.where(std == 0, 1, std)` divides constant columns by 1.",
        ),
        {
            "The test is normalized by its own statistics.": (
                "(X_test - mean) / std",
                "(X_test - X_test.mean(axis=0)) / np.where(X_test.std(axis=0) == 0, 1.0, X_test.std(axis=0))",
            ),
            "The statistics are of training and test together: the test leaks into the training.": (
                "mean, std = X_train.mean(axis=0), X_train.std(axis=0)",
                "mean, std = (f(np.concatenate([X_train, X_test]), axis=0) for f in (np.mean, np.std))",
            ),
            "Columns are divided by variances, not by standard deviations.": ("X_train.std(", "X_train.var("),
            "The test stays as it was.": ("(X_test - mean) / std", "X_test"),
            "The columns are centred and not divided.": (
                "(X_train - mean) / std, (X_test - mean) / std",
                "X_train - mean, X_test - mean",
            ),
            "The columns are divided and not centred.": (
                "(X_train - mean) / std, (X_test - mean) / std",
                "X_train / std, X_test / std",
            ),
            "A constant column is divided by 0.": ("np.where(std == 0, 1.0, std)", "std * 1.0"),
        },
    ),
    Exercise(
        weights_for_raw,
        _fold_inputs,
        _probed,
        "condition",
        (
            "Multiply out: w · x / std is (w / std) · x.",
            "What is left of w · (x - mean) / std when x is zero? It belongs to the bias.",
        ),
        {
            "The mean's part is subtracted from the bias, not added.": ("b - w_raw", "b + w_raw"),
            "The bias forgets that the mean was divided by the spread.": ("b - w_raw @ mean", "b - w @ mean"),
            "The weights are multiplied by the spread, not divided.": ("w / std", "w * std"),
            "The bias stays as it was: the mean is forgotten.": ("b - w_raw @ mean", "b"),
            "The weights stay as they were.": ("w / std", "w"),
            "The bias is divided by the spread too.": ("b - w_raw @ mean", "b / std.mean() - w_raw @ mean"),
        },
    ),
    Exercise(
        condition_number,
        _tall,
        lambda X: np.linalg.cond(X) ** 2,
        "condition",
        (
            "`np.linalg.eigvalsh(H)` gives the eigenvalues, from the smallest to the largest.",
            "The 1/m cancels.",
        ),
        {
            "This is the smallest over the largest.": (
                "curvatures[-1] / curvatures[0]",
                "curvatures[0] / curvatures[-1]",
            ),
            "This is the largest eigenvalue alone.": ("curvatures[-1] / curvatures[0]", "curvatures[-1]"),
            "This is the condition of X; that of H is its square.": (
                "curvatures[-1] / curvatures[0]",
                "np.sqrt(curvatures[-1] / curvatures[0])",
            ),
            "The difference is taken, not the quotient.": (
                "curvatures[-1] / curvatures[0]",
                "curvatures[-1] - curvatures[0]",
            ),
            "The columns are centred first; H is not a covariance.": (
                "X.T @ X / len(X)",
                "(X - X.mean(0)).T @ (X - X.mean(0)) / len(X)",
            ),
        },
    ),
]
