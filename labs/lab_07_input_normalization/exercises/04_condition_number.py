"""Lab 7, exercise 4: `make lab-7` shows it in "condition".

The lab is labs/lab_07_input_normalization.
`make learn-7` checks this file each time that it is saved.
"""

import numpy as np


def condition_number(X):
    """Computes how differently curved the error of linear regression is along its directions.

        H = 1/m · X^T X
        condition number = the largest eigenvalue of H / the smallest

    Gradient descent needs in proportion as many steps: its rate has to suit the largest.

    Args:
        X: Samples in rows, (m, n), with m at least n.

    Returns:
        The condition number, at least 1.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
