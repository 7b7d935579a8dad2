"""Lab 8, exercise 1: `make lab-8` shows it in "error-by-step".

The lab is labs/lab_08_gradient_checking.
`make learn-8` checks this file each time that it is saved.
"""

import numpy as np


def relative_difference(g, g_hat):
    """Compares a gradient with its estimate.

        difference = ‖g - ĝ‖ / (‖g‖ + ‖ĝ‖)
        and 0 where both are zero

    Args:
        g: Gradient, (n,).
        g_hat: Estimate, (n,).

    Returns:
        The relative difference, from 0 to 1.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
