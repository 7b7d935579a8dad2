"""Lab 3, exercise 6: `make lab-3` shows it in "flat".

The lab is labs/lab_03_activation_functions.
`make learn-3` checks this file each time that it is saved.
"""

import numpy as np


def dead_and_saturated(Z):
    """Counts the units of a layer that have gone dead as ReLU, or saturated as sigmoid.

        dead:      z <= 0 for all samples
        saturated: a (1 - a) < 0.05 · 1/4 for all samples, where a = sigmoid(z)

    1/4 is the largest slope of the sigmoid; below a twentieth of it hardly any gradient comes through.

    Args:
        Z: Sums of units, (n, m): units by samples.

    Returns:
        The share of dead units and the share of saturated ones, each from 0 to 1.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
