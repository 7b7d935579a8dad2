"""Lab 3, exercise 1: `make lab-3` shows it in "functions".

The lab is labs/lab_03_activation_functions.
`make learn-3` checks this file each time that it is saved.
"""

import numpy as np


def relu(Z):
    """Computes ReLU, which lets positive sums through and silences the others.

        relu(z) = max(0, z)

    Args:
        Z: Sums of units, an array of any shape.

    Returns:
        ReLU of each number, of the same shape.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
