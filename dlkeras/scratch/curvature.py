"""The Hessian of a cost, by differences of the gradient by hand, and what it says of a point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlkeras.scratch.network import Arrays
from dlkeras.scratch.training import Cost, cost_and_gradients

FLAT = 1e-9  # a lower eigenvalue leads down; the error of the differences is a tenth of this
FAR = 0.1  # a longer step of Newton's does not end at a bottom nearby; weights are of size 1 to 20
STEP = 1e-5  # near the cube root of float64's precision, where rounding and curvature disturb about equally


def hessian(
    X: np.ndarray, Y: np.ndarray, parameters: Arrays, activations: Sequence[str], cost: Cost
) -> tuple[np.ndarray, np.ndarray]:
    """Computes the second derivatives of the cost by central differences of `cost_and_gradients`.

    With parameters, gradients and their changes of about 1, the entries are right to about 1e-10.

    Args:
        X: Inputs, (n_0, m).
        Y: Targets, (n_L, m).
        parameters: W1, b1, ..., W_L, b_L; together they have P entries.
        activations: As for `cost_and_gradients`.
        cost: As for `cost_and_gradients`.

    Returns:
        The Hessian, (P, P) and symmetric, and the gradient, (P,); in the order of `parameters`, each by row.

    Raises:
        ValueError: If `forward` or the cost refuses its arguments.

    Example:
        >>> from dlkeras.scratch import initialize, squared_error
        >>> X, Y = np.array([[0.0, 1.0]]), np.array([[1.0, 1.0]])
        >>> H, gradient = hessian(X, Y, initialize([1, 1], seed=0), ["linear"], squared_error)
        >>> H.round(6).tolist()  # 2/m times the sums of x x, x and 1
        [[1.0, 1.0], [1.0, 2.0]]
    """
    flat = np.concatenate([np.ravel(p) for p in parameters.values()]).astype(np.float64)
    ends = np.cumsum([np.size(p) for p in parameters.values()])[:-1]

    def gradient_at(point: np.ndarray) -> np.ndarray:
        parts = zip(parameters.items(), np.split(point, ends), strict=True)
        moved = {name: part.reshape(np.shape(p)) for (name, p), part in parts}
        gradients = cost_and_gradients(X, Y, moved, activations, cost)[1]
        return np.concatenate([gradients[name].ravel() for name in parameters])

    steps = STEP * np.eye(flat.size)
    H = np.array([gradient_at(flat + step) - gradient_at(flat - step) for step in steps]) / (2 * STEP)
    return (H + H.T) / 2, gradient_at(flat)


def kind_of_point(H: np.ndarray, gradient: np.ndarray) -> tuple[str, np.ndarray, float]:
    """Names the point where training got stuck, for parameters of about 1 and a cost below 1.

    A saddle has a direction that leads down: an eigenvalue below -1e-9. Otherwise Newton's step leads to the
    bottom of the valley. The point is a local minimum if that is near, within 0.1, and else a plateau.

    Args:
        H: Hessian, (P, P), symmetric.
        gradient: Gradient, (P,).

    Returns:
        "saddle", "local minimum" or "plateau"; the eigenvalues, from the lowest, (P,); the step's length.

    Example:
        >>> kind_of_point(np.diag([2.0, 1.0]), np.array([0.02, 0.0]))[0]
        'local minimum'
        >>> kind_of_point(np.diag([-0.1, 1.0]), np.zeros(2))[0]
        'saddle'
        >>> kind_of_point(np.diag([1e-6, 1.0]), np.array([2e-6, 0.0]))[0]
        'plateau'
    """
    eigenvalues = np.linalg.eigvalsh(H)
    step = float(np.linalg.norm(np.linalg.lstsq(H, gradient, rcond=1e-14)[0]))
    if eigenvalues[0] < -FLAT:
        return "saddle", eigenvalues, step
    return ("plateau" if step > FAR else "local minimum"), eigenvalues, step
