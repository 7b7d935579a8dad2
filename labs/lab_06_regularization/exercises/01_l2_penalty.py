"""Lab 6, exercise 1: `make lab-6` shows it in "norm".

The lab is labs/lab_06_regularization.
`make learn-6` checks this file each time that it is saved.
"""

import numpy as np


def l2_penalty(weights, lambd, m):
    """Computes what L2 regularization adds to the cost.

        penalty = λ / (2m) · the sum of all squared weights of all layers

    Args:
        weights: W_1, ..., W_L, a list of arrays; biases are not among them.
        lambd: λ, the strength, at least 0.
        m: Number of samples.

    Returns:
        The penalty, a number.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
