"""Lab 5, exercise 4: `make lab-5` shows it in "by-layer".

The lab is labs/lab_05_initialization.
`make learn-5` checks this file each time that it is saved.
"""

import numpy as np


def initialize(sizes, rng):
    """Draws the first weights of all layers of a ReLU network, each with the scale of its own inputs.

        W_l: normal, mean 0, variance 2 / n_(l-1), for l = 1, ..., L
        b_l: 0

    Args:
        sizes: Units by layer, the input first: n_0, n_1, ..., n_L.
        rng: A `numpy.random.Generator`.

    Returns:
        A dict of W1, (n_1, n_0), b1, (n_1, 1), W2, (n_2, n_1), b2, and so on.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
