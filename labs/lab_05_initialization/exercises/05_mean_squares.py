"""Lab 5, exercise 5: `make lab-5` shows it in "by-layer".

The lab is labs/lab_05_initialization.
`make learn-5` checks this file each time that it is saved.
"""

import numpy as np


def mean_squares(X, weights):
    """Follows how large activations are, layer by layer, in a network of ReLU layers without biases.

        A_0 = X
        A_l = relu(W_l A_(l-1))
        q_l = the mean of A_l² over units and samples

    Args:
        X: Samples in columns, (n_0, m).
        weights: W_1, ..., W_L, a list of arrays, (n_l, n_(l-1)).

    Returns:
        q_1, ..., q_L, an array (L,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
