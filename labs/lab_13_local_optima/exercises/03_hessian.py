"""Lab 13, exercise 3: `make lab-13` shows it in "steps-by-rate".

The lab is labs/lab_13_local_optima.
`make learn-13` checks this file each time that it is saved.
"""

import numpy as np


def hessian(slope, w, epsilon):
    """Computes the second derivatives of a cost by differences of its gradient.

        H_ij = (g_i(w + ε e_j) - g_i(w - ε e_j)) / (2ε)

    Args:
        slope: The gradient g of the cost, from weights (n,) to (n,).
        w: Weights, (n,), in float64. They stay as they are.
        epsilon: ε, a number above 0.

    Returns:
        H, (n, n).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
