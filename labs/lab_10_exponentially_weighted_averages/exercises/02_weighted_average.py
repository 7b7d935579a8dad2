"""Lab 10, exercise 2: `make lab-10` shows it in "averages".

The lab is labs/lab_10_exponentially_weighted_averages.
`make learn-10` checks this file each time that it is saved.
"""

import numpy as np


def weighted_average(values, beta):
    """Computes the exponentially weighted average after each value, from zero on.

        v_0 = 0
        v_t = β v_(t-1) + (1 - β) · value_t,   t = 1, ..., T

    Args:
        values: (T,). They stay as they are.
        beta: β, from 0 up to 1.

    Returns:
        v_1, ..., v_T, (T,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
