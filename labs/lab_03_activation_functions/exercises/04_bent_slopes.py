"""Lab 3, exercise 4: `make lab-3` shows it in "functions".

The lab is labs/lab_03_activation_functions.
`make learn-3` checks this file each time that it is saved.
"""

import numpy as np


def bent_slopes(Z):
    """Computes the slopes of sigmoid and tanh.

        a = sigmoid(z),  sigmoid'(z) = a (1 - a)
        a = tanh(z),     tanh'(z) = 1 - a²

    Args:
        Z: Sums of units, an array of any shape.

    Returns:
        sigmoid'(z) and tanh'(z), each of the shape of Z.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
