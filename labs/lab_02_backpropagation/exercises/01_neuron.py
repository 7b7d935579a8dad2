"""Lab 2, exercise 1: `make lab-2` shows it in "graph".

The lab is labs/lab_02_backpropagation.
`make learn-2` checks this file each time that it is saved.
"""

import numpy as np


def neuron(w, x, b):
    """Computes what one sigmoid neuron puts out.

        z = w · x + b
        a = 1 / (1 + e^-z)

    Args:
        w: Weights, (n,).
        x: Inputs, (n,).
        b: Bias, a number.

    Returns:
        a, a number.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
