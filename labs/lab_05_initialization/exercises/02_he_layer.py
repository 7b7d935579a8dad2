"""Lab 5, exercise 2: `make lab-5` shows it in "by-layer".

The lab is labs/lab_05_initialization.
`make learn-5` checks this file each time that it is saved.
"""

import numpy as np


def he_layer(n_in, n_out, rng):
    """Draws the first weights and biases of a ReLU layer as He does.

        W: drawn from a normal distribution with the mean 0 and the variance 2 / n_in
        b: 0

    Args:
        n_in: Number of inputs.
        n_out: Number of units.
        rng: A `numpy.random.Generator`; draw with `rng.normal` or `rng.standard_normal`.

    Returns:
        W, (n_out, n_in), and b, (n_out, 1).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
