"""Lab 8, exercise 3: `make lab-8` shows it in "cost".

The lab is labs/lab_08_gradient_checking.
`make learn-8` checks this file each time that it is saved.
"""

import numpy as np


def numerical_gradient(J, theta, epsilon):
    """Estimates a whole gradient, one parameter after the other.

        ĝ_i = (J(θ + ε e_i) - J(θ - ε e_i)) / (2ε)

    e_i is 1 at the place i and 0 elsewhere: all other parameters stay where they are.

    Args:
        J: The cost, from an array (n,) to a number.
        theta: θ, the parameters, (n,), in float64. They are the same afterwards.
        epsilon: ε, a number above 0.

    Returns:
        ĝ, (n,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
