"""Lab 13, exercise 1: `make lab-13` shows it in "critical-points".

The lab is labs/lab_13_local_optima.
`make learn-13` checks this file each time that it is saved.
"""

import numpy as np


def negative_share(H):
    """Computes in how many of all directions a cost bends down.

        share = the number of negative eigenvalues of H / the number of all

    Args:
        H: The Hessian at a critical point, (n, n), symmetric.

    Returns:
        The share of negative eigenvalues, from 0 to 1: at a minimum it is 0.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
