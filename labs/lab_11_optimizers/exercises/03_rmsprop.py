"""Lab 11, exercise 3: `make lab-11` shows it in "loss-by-rate".

The lab is labs/lab_11_optimizers.
`make learn-11` checks this file each time that it is saved.
"""

import numpy as np


def rmsprop(w, gradients, rate, beta, epsilon):
    """Takes many steps of RMSprop.

        s_0 = 0
        s_t = β s_(t-1) + (1 - β) g_t²
        w_t = w_(t-1) - rate · g_t / (√s_t + ε),   t = 1, ..., T

    Args:
        w: First weights, (n,). They stay as they are.
        gradients: g_1, ..., g_T, (T, n).
        rate: Learning rate.
        beta: β of the average of squares, from 0 up to 1.
        epsilon: ε, outside of the root; large here, so that its place can be seen.

    Returns:
        w_T, (n,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
