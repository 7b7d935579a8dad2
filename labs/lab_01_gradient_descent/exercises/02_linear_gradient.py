"""Lab 1, exercise 2: `make lab-1` shows it in "error-by-rate".

The lab is labs/lab_01_gradient_descent.
`make learn-1` checks this file each time that it is saved.
"""

import numpy as np


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
    raise NotImplementedError  # TODO: your lines in the place of this one
