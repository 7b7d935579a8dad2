"""Lab 10, exercise 3: `make lab-10` shows it in "bias".

The lab is labs/lab_10_exponentially_weighted_averages.
`make learn-10` checks this file each time that it is saved.
"""

import numpy as np


def corrected_average(values, beta):
    """Computes the exponentially weighted average with its start corrected.

        v_t = β v_(t-1) + (1 - β) · value_t,   v_0 = 0,   t = 1, ..., T
        corrected_t = v_t / (1 - β^t)

    The weights of t values add up to 1 - β^t: divided by that, the first average is the first value.

    Args:
        values: (T,). They stay as they are.
        beta: β, from 0 up to 1.

    Returns:
        corrected_1, ..., corrected_T, (T,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
