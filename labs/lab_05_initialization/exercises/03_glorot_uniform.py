"""Lab 5, exercise 3: `make lab-5` shows it in "factor-by-scale".

The lab is labs/lab_05_initialization.
`make learn-5` checks this file each time that it is saved.
"""

import numpy as np


def glorot_uniform(n_in, n_out, rng):
    """Draws the first weights of a layer from a uniform distribution, as Glorot and Bengio do.

        limit = √(6 / (n_in + n_out))
        each weight is drawn between -limit and limit, all values equally likely

    That has the variance limit² / 3 = 2 / (n_in + n_out).

    Args:
        n_in: Number of inputs.
        n_out: Number of units.
        rng: A `numpy.random.Generator`; draw with `rng.uniform` or `rng.random`.

    Returns:
        W, (n_out, n_in).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
