"""Lab 11, exercise 1: `make lab-11` shows it in "ravine".

The lab is labs/lab_11_optimizers.
`make learn-11` checks this file each time that it is saved.
"""


def descent(w, gradients, rate):
    """Takes many steps of plain gradient descent, each with a gradient of its own.

        w_t = w_(t-1) - rate · g_t,   t = 1, ..., T

    Args:
        w: First weights, (n,). They stay as they are.
        gradients: g_1, ..., g_T, (T, n).
        rate: Learning rate.

    Returns:
        w_T, (n,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
