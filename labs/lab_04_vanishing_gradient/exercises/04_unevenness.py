"""Lab 4, exercise 4: `make lab-4` shows it in "gradient-norms".

The lab is labs/lab_04_vanishing_gradient.
`make learn-4` checks this file each time that it is saved.
"""

import numpy as np


def unevenness(norms):
    """Measures whether gradients shrink exponentially: by the same factor in every layer.

        factor_l = norm_(l+1) / norm_l,   l = 1, ..., L - 1
        unevenness = the standard deviation of log(factor_l) / |the mean of log(factor_l)|

    It is 0 where all factors are the same. The standard deviation is divided by the number of factors.

    Args:
        norms: Gradient norm of each layer, (L,), above 0, L at least 3.

    Returns:
        The unevenness, at least 0.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
