"""The costs of the course, each with its gradient.

A cost takes the output of the last layer, (n_L, m), and targets of the same shape; columns are samples. It
returns J, a mean over the m samples, and its derivative with respect to that output. So the 1/m of the
course is in the derivative already, and nothing behind it divides by m again.
"""

from __future__ import annotations

import numpy as np

from dlkeras.scratch.activations import log_sum_exp, sigmoid, softmax


def squared_error(A: np.ndarray, Y: np.ndarray) -> tuple[float, np.ndarray]:
    """Returns J = 1/(n m) sum (a - y)^2, the mean over outputs and samples as in Keras, and dA.

    Args:
        A: Output of the last layer, (n_L, m).
        Y: Targets, (n_L, m).

    Returns:
        J, and dA = 2/(n m) (A - Y), (n_L, m).

    Raises:
        ValueError: If A and Y have different shapes.

    Example:
        >>> J, dA = squared_error(np.array([[1.0, 3.0]]), np.array([[1.0, 1.0]]))
        >>> J, dA.tolist()
        (2.0, [[0.0, 2.0]])
    """
    _check_shapes(A, Y)
    return float(np.mean((A - Y) ** 2)), 2 / A.size * (A - Y)


def cross_entropy(Z: np.ndarray, Y: np.ndarray) -> tuple[float, np.ndarray]:
    """Returns J = -1/m sum y log softmax(z) and dZ, from logits: softmax is in here, the last layer linear.

    Args:
        Z: Logits, the output of the linear last layer, (n_L, m).
        Y: Probabilities of the classes, a column for each sample, one-hot for plain labels, (n_L, m).

    Returns:
        J, and dZ = 1/m (softmax(Z) - Y), (n_L, m).

    Raises:
        ValueError: If Z and Y have different shapes, or a column of Y does not sum to 1.

    Example:
        >>> J, dZ = cross_entropy(np.zeros((2, 1)), np.array([[1.0], [0.0]]))
        >>> round(J, 4), dZ.tolist()  # log 2
        (0.6931, [[-0.5], [0.5]])
    """
    _check_shapes(Z, Y)
    totals = np.sum(Y, axis=0)
    if not np.allclose(totals, 1):
        raise ValueError(f"`Y` must have columns that sum to 1. Received: columns with the sums {totals}")
    m = Z.shape[1]
    return float(np.sum(Y * (log_sum_exp(Z) - Z)) / m), (softmax(Z) - Y) / m


def binary_cross_entropy(Z: np.ndarray, Y: np.ndarray) -> tuple[float, np.ndarray]:
    """Returns J = -1/(n m) sum (y log a + (1 - y) log(1 - a)) for a = sigmoid(z), and dZ, from logits.

    With log a = -log(1 + e^-z) and log(1 - a) = log a - z the sum is that of log(1 + e^z) - y z, which has no
    logarithm of zero.

    Args:
        Z: Logits, the output of the linear last layer, (n_L, m).
        Y: Probabilities, 0 and 1 for plain labels, (n_L, m).

    Returns:
        J, and dZ = 1/(n m) (sigmoid(Z) - Y), (n_L, m).

    Raises:
        ValueError: If Z and Y have different shapes.

    Example:
        >>> J, dZ = binary_cross_entropy(np.array([[0.0]]), np.array([[1.0]]))
        >>> round(J, 4), dZ.tolist()  # log 2
        (0.6931, [[-0.5]])
    """
    _check_shapes(Z, Y)
    return float(np.mean(np.logaddexp(0, Z) - Y * Z)), (sigmoid(Z) - Y) / Z.size


def frobenius(parameters: dict[str, np.ndarray], lambd: float, m: int) -> tuple[float, dict[str, np.ndarray]]:
    """Returns the L2 penalty lambd/(2m) sum ||W||_F^2 over all layers, and its gradient.

    Args:
        parameters: W1, b1, W2, ...; biases are not penalized.
        lambd: Strength, at least 0. Keras' `L2(l2)` is the same for l2 = lambd / (2 m).
        m: Number of samples.

    Returns:
        The penalty, and lambd/m W for every W under its name.

    Example:
        >>> parameters = {"W1": np.array([[3.0, 4.0]]), "b1": np.ones((1, 1))}
        >>> penalty, gradients = frobenius(parameters, lambd=2, m=5)
        >>> penalty, gradients["W1"].round(3).tolist()
        (5.0, [[1.2, 1.6]])
    """
    weights = {name: W for name, W in parameters.items() if name.startswith("W")}
    penalty = lambd / (2 * m) * sum(np.sum(W**2) for W in weights.values())
    return float(penalty), {name: lambd / m * W for name, W in weights.items()}


def _check_shapes(output: np.ndarray, Y: np.ndarray) -> None:
    if np.shape(output) != np.shape(Y):
        raise ValueError(
            "`Y` must have the shape of the network's output, (n_L, m). "
            f"Received: Y of shape {np.shape(Y)}, output of shape {np.shape(output)}"
        )
