"""Lab 1, exercise 5: `make lab-1` shows it in "curvature".

The lab is labs/lab_01_gradient_descent.
`make learn-1` checks this file each time that it is saved.
"""

import numpy as np


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
    raise NotImplementedError  # TODO: your lines in the place of this one
