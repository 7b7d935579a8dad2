"""Lab 1: how large a step of gradient descent may be."""

import numpy as np


def mean_squared_error(predicted, y):
    """Computes how wrong predictions are, in one number.

        E = 1/m · the sum of (predicted - y)² over the m samples

    Args:
        predicted: Predictions, (m,).
        y: Targets, (m,).

    Returns:
        E, a number.
    """
    return np.mean((predicted - y) ** 2)


def linear_gradient(X, y, w, b):
    """Computes the gradient of the mean squared error of linear regression.

        predicted = X w + b
        dE/dw = 2/m · X^T (predicted - y)
        dE/db = 2/m · the sum of (predicted - y)

    Args:
        X: Samples in rows, (m, n).
        y: Targets, (m,).
        w: Weights, (n,).
        b: Bias, a number.

    Returns:
        dE/dw, (n,), and dE/db, a number.
    """
    error = X @ w + b - y
    return 2 / len(y) * X.T @ error, 2 * np.mean(error)


def descent_step(w, gradient, rate):
    """Takes one step of gradient descent.

        w_new = w - rate · gradient

    Args:
        w: Weights, an array of any shape. They stay as they are: the step is a new array.
        gradient: Gradient of the error by the weights, of the same shape.
        rate: Learning rate, a number above 0.

    Returns:
        w_new, of the same shape.
    """
    return w - rate * gradient


def four_steps(X, y, w, rate, epochs, threshold):
    """Trains linear regression by the four steps of the course, until it is good enough.

        1. forward propagation: predicted = X w
        2. error: E = 1/m · the sum of (predicted - y)²
        3. backpropagation: dE/dw = 2/m · X^T (predicted - y)
        4. update: w = w - rate · dE/dw
        then stop if E, as it was before the update, is below the threshold

    Args:
        X: Samples in rows, (m, n).
        y: Targets, (m,).
        w: First weights, (n,). They stay as they are.
        rate: Learning rate.
        epochs: How often the four steps are taken at most, at least 1.
        threshold: Error below which training ends.

    Returns:
        The last weights, (n,), and how many epochs were used.
    """
    for used in range(1, epochs + 1):
        predicted = X @ w
        error = np.mean((predicted - y) ** 2)
        gradient = 2 / len(y) * X.T @ (predicted - y)
        w = w - rate * gradient
        if error < threshold:
            return w, used
    return w, epochs


def largest_rate(X):
    """Computes the learning rate from which on gradient descent diverges in linear regression.

        H = 2/m · X^T X
        largest rate = 2 / L, where L is the largest eigenvalue of H

    H is the Hessian of the mean squared error, the same for all weights: along its eigenvector a step
    multiplies the distance from the minimum by 1 - rate · L.

    Args:
        X: Samples in rows, (m, n).

    Returns:
        2 / L, a number.
    """
    hessian = 2 / len(X) * X.T @ X
    return 2 / np.linalg.eigvalsh(hessian)[-1]
