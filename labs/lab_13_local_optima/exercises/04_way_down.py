"""Lab 13, exercise 4: `make lab-13` shows it in "costs".

The lab is labs/lab_13_local_optima.
`make learn-13` checks this file each time that it is saved.
"""

import numpy as np


def way_down(H):
    """Finds the direction in which a cost bends down most.

        H d = λ d, with the smallest eigenvalue λ
        ‖d‖ = 1, and the first entry of d that is not zero is above 0

    Args:
        H: The Hessian at a saddle, (n, n), symmetric, with one smallest eigenvalue.

    Returns:
        λ, a number, and d, (n,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
