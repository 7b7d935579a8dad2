"""Lab 8: when a gradient can be trusted."""

import numpy as np


def relative_difference(g, g_hat):
    """Compares a gradient with its estimate.

        difference = ‖g - ĝ‖ / (‖g‖ + ‖ĝ‖)
        and 0 where both are zero

    Args:
        g: Gradient, (n,).
        g_hat: Estimate, (n,).

    Returns:
        The relative difference, from 0 to 1.
    """
    scale = np.linalg.norm(g) + np.linalg.norm(g_hat)
    return np.linalg.norm(g - g_hat) / scale if scale > 0 else 0.0


def two_sided(J, theta, epsilon):
    """Estimates the derivative of a function of one number from both sides.

        J'(θ) ≈ (J(θ + ε) - J(θ - ε)) / (2ε)

    Args:
        J: The function, from a number to a number.
        theta: θ, a number.
        epsilon: ε, a number above 0; large here, so that the error of the estimate can be seen.

    Returns:
        The estimate, a number.
    """
    return (J(theta + epsilon) - J(theta - epsilon)) / (2 * epsilon)


def numerical_gradient(J, theta, epsilon):
    """Estimates a whole gradient, one parameter after the other.

        ĝ_i = (J(θ + ε e_i) - J(θ - ε e_i)) / (2ε)

    e_i is 1 at the place i and 0 elsewhere: all other parameters stay where they are.

    Args:
        J: The cost, from an array (n,) to a number.
        theta: θ, the parameters, (n,), in float64. They are the same afterwards.
        epsilon: ε, a number above 0.

    Returns:
        ĝ, (n,).
    """
    g_hat = np.zeros(len(theta))
    for i in range(len(theta)):
        aside = np.zeros(len(theta))
        aside[i] = epsilon
        g_hat[i] = (J(theta + aside) - J(theta - aside)) / (2 * epsilon)
    return g_hat


def wrong_tensors(gradients, estimates, tolerance):
    """Names the parameters whose gradient is wrong, and no others.

        wrong: ‖g - ĝ‖ / (‖g‖ + ‖ĝ‖) > tolerance, for each array by itself

    Over all parameters at once, a large right gradient hides a small wrong one.

    Args:
        gradients: Arrays of any shape by name, such as {"W1": ..., "b1": ...}.
        estimates: Their estimates, arrays of the same shapes under the same names.
        tolerance: The largest relative difference that is still right.

    Returns:
        The names of the wrong ones, a list in the order of `gradients`.
    """
    wrong = []
    for name, g in gradients.items():
        g_hat = estimates[name]
        scale = np.linalg.norm(g) + np.linalg.norm(g_hat)
        if np.linalg.norm(g - g_hat) > tolerance * scale:
            wrong.append(name)
    return wrong
