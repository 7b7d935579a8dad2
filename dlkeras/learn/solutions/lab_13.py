"""Lab 13: minima, saddles and plateaus."""

import numpy as np


def negative_share(H):
    """Computes in how many of all directions a cost bends down.

        share = the number of negative eigenvalues of H / the number of all

    Args:
        H: The Hessian at a critical point, (n, n), symmetric.

    Returns:
        The share of negative eigenvalues, from 0 to 1: at a minimum it is 0.
    """
    return np.mean(np.linalg.eigvalsh(H) < 0)


def kind_of_point(gradient, H, tolerance):
    """Says what kind of point of a cost this is.

        "slope":   ‖gradient‖ > tolerance
        "saddle":  no slope, and an eigenvalue of H is below -tolerance
        "minimum": no slope, and all eigenvalues are above tolerance
        "plateau": no slope, no saddle, no minimum: some direction is flat

    Args:
        gradient: (n,).
        H: The Hessian, (n, n), symmetric.
        tolerance: What counts as zero, a number above 0.

    Returns:
        One of the four words.
    """
    curvatures = np.linalg.eigvalsh(H)
    if np.linalg.norm(gradient) > tolerance:
        return "slope"
    if curvatures[0] < -tolerance:
        return "saddle"
    return "minimum" if curvatures[0] > tolerance else "plateau"


def hessian(slope, w, epsilon):
    """Computes the second derivatives of a cost by differences of its gradient.

        H_ij = (g_i(w + ε e_j) - g_i(w - ε e_j)) / (2ε)

    Args:
        slope: The gradient g of the cost, from weights (n,) to (n,).
        w: Weights, (n,), in float64. They stay as they are.
        epsilon: ε, a number above 0.

    Returns:
        H, (n, n).
    """
    columns = []
    for j in range(len(w)):
        aside = np.zeros(len(w))
        aside[j] = epsilon
        columns.append((slope(w + aside) - slope(w - aside)) / (2 * epsilon))
    return np.stack(columns, axis=1)


def way_down(H):
    """Finds the direction in which a cost bends down most.

        H d = λ d, with the smallest eigenvalue λ
        ‖d‖ = 1, and the first entry of d that is not zero is above 0

    Args:
        H: The Hessian at a saddle, (n, n), symmetric, with one smallest eigenvalue.

    Returns:
        λ, a number, and d, (n,).
    """
    values, vectors = np.linalg.eigh(H)
    d = vectors[:, 0]
    return values[0], d * np.sign(d[np.argmax(np.abs(d) > 1e-9)])
