"""Lab 13, exercise 2: `make lab-13` shows it in "critical-points".

The lab is labs/lab_13_local_optima.
`make learn-13` checks this file each time that it is saved.
"""

import numpy as np


def kind_of_point(gradient, H, tolerance):
    """Says what kind of point of a cost this is.

        "slope":   ‖gradient‖ > tolerance
        "saddle":  no slope, and an eigenvalue of H is below -tolerance
        "minimum": no slope, and all eigenvalues are above tolerance
        "plateau": no slope, no saddle, no minimum: some direction is flat

    Args:
        gradient: (n,).
        H: The Hessian, (n, n), symmetric.
        tolerance: What counts as zero, a number above 0.

    Returns:
        One of the four words.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
