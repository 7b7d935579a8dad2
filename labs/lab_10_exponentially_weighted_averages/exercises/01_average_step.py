"""Lab 10, exercise 1: `make lab-10` shows it in "averages".

The lab is labs/lab_10_exponentially_weighted_averages.
`make learn-10` checks this file each time that it is saved.
"""


def average_step(v, value, beta):
    """Takes a new value into an exponentially weighted average.

        v_new = β v + (1 - β) · value

    Args:
        v: The average so far, a number.
        value: The new value, a number.
        beta: β, from 0 up to 1.

    Returns:
        v_new, a number.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
