"""Lab 4, exercise 1: `make lab-4` shows it in "gradient-norms".

The lab is labs/lab_04_vanishing_gradient.
`make learn-4` checks this file each time that it is saved.
"""

import numpy as np


def gradient_norm(gradient):
    """Computes how large a gradient is, in one number.

        norm = √(the sum of all squared entries)

    Args:
        gradient: An array of any shape.

    Returns:
        The L2 norm, a number.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
