"""Lab 11, exercise 2: `make lab-11` shows it in "ravine".

The lab is labs/lab_11_optimizers.
`make learn-11` checks this file each time that it is saved.
"""

import numpy as np


def momentum(w, gradients, rate, beta):
    """Takes many steps of momentum, in the course's form.

        v_0 = 0
        v_t = β v_(t-1) + (1 - β) g_t
        w_t = w_(t-1) - rate · v_t,   t = 1, ..., T

    Args:
        w: First weights, (n,). They stay as they are.
        gradients: g_1, ..., g_T, (T, n).
        rate: Learning rate.
        beta: β, from 0 up to 1.

    Returns:
        w_T, (n,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
