"""Lab 8, exercise 4: `make lab-8` shows it in "blame".

The lab is labs/lab_08_gradient_checking.
`make learn-8` checks this file each time that it is saved.
"""

import numpy as np


def wrong_tensors(gradients, estimates, tolerance):
    """Names the parameters whose gradient is wrong, and no others.

        wrong: ‖g - ĝ‖ / (‖g‖ + ‖ĝ‖) > tolerance, for each array by itself

    Over all parameters at once, a large right gradient hides a small wrong one.

    Args:
        gradients: Arrays of any shape by name, such as {"W1": ..., "b1": ...}.
        estimates: Their estimates, arrays of the same shapes under the same names.
        tolerance: The largest relative difference that is still right.

    Returns:
        The names of the wrong ones, a list in the order of `gradients`.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
