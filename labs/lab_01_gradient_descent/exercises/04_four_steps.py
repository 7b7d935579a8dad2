"""Lab 1, exercise 4: `make lab-1` shows it in "epochs-by-rate".

The lab is labs/lab_01_gradient_descent.
`make learn-1` checks this file each time that it is saved.
"""

import numpy as np


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
    raise NotImplementedError  # TODO: your lines in the place of this one
