"""Lab 7: why inputs are normalized, and by whose mean and spread."""

import numpy as np


def column_statistics(X):
    """Computes the mean and the spread of each column of a table.

        mean_j = 1/m · the sum of x_ij over the samples i
        std_j = √(1/m · the sum of (x_ij - mean_j)² over the samples i)

    Args:
        X: Samples in rows, (m, n).

    Returns:
        The means, (n,), and the standard deviations, (n,).
    """
    return X.mean(axis=0), X.std(axis=0)


def normalize(X_train, X_test):
    """Normalizes the columns of training and test data by the statistics of the training data.

        x_new = (x - mean of the training column) / standard deviation of the training column

    A column that is constant in the training data has the spread 0: it is centred and not divided.

    Args:
        X_train: Samples in rows, (m, n). They stay as they are.
        X_test: Other samples, (k, n). They stay as they are.

    Returns:
        Both, normalized: (m, n) and (k, n).
    """
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    std = np.where(std == 0, 1.0, std)
    return (X_train - mean) / std, (X_test - mean) / std


def weights_for_raw(w, b, mean, std):
    """Turns weights for normalized inputs into weights for raw ones, so that both predict the same.

        w · (x - mean) / std + b = w_raw · x + b_raw   for every x

    Args:
        w: Weights for normalized inputs, (n,).
        b: Bias, a number.
        mean: Means of the training's columns, (n,).
        std: Their standard deviations, (n,), all above 0.

    Returns:
        w_raw, (n,), and b_raw, a number: yours to find.
    """
    w_raw = w / std
    return w_raw, b - w_raw @ mean


def condition_number(X):
    """Computes how differently curved the error of linear regression is along its directions.

        H = 1/m · X^T X
        condition number = the largest eigenvalue of H / the smallest

    Gradient descent needs in proportion as many steps: its rate has to suit the largest.

    Args:
        X: Samples in rows, (m, n), with m at least n.

    Returns:
        The condition number, at least 1.
    """
    curvatures = np.linalg.eigvalsh(X.T @ X / len(X))
    return curvatures[-1] / curvatures[0]
