"""Lab 3, exercise 2: `make lab-3` shows it in "functions".

The lab is labs/lab_03_activation_functions.
`make learn-3` checks this file each time that it is saved.
"""

import numpy as np


def slopes_of_lines(Z):
    """Computes the slopes of the functions that are made of straight lines.

        binary step: 0 everywhere
        linear:      1 everywhere
        ReLU:        1 where z > 0, else 0
        leaky ReLU:  1 where z > 0, else 0.01

    Args:
        Z: Sums of units, an array of any shape.

    Returns:
        The four slopes in this order, each of the shape of Z.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
