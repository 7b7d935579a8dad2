"""Lab 5, exercise 1: `make lab-5` shows it in "factor-by-scale".

The lab is labs/lab_05_initialization.
`make learn-5` checks this file each time that it is saved.
"""

import numpy as np


def start_spreads(n_in, n_out):
    """Computes how wide the first weights of a layer are spread, by Glorot and by He.

        Glorot: variance 2 / (n_in + n_out)
        He:     variance 2 / n_in

    Args:
        n_in: Number of inputs of the layer.
        n_out: Number of its units.

    Returns:
        The standard deviation by Glorot, and that by He: two numbers.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
