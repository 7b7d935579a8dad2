"""Lab 1, exercise 1: `make lab-1` shows it in "error-by-rate".

The lab is labs/lab_01_gradient_descent.
`make learn-1` checks this file each time that it is saved.
"""

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
    raise NotImplementedError  # TODO: your lines in the place of this one
