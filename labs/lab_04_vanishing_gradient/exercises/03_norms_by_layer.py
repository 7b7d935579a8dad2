"""Lab 4, exercise 3: `make lab-4` shows it in "gradient-norms".

The lab is labs/lab_04_vanishing_gradient.
`make learn-4` checks this file each time that it is saved.
"""

import numpy as np


def norms_by_layer(X, weights, dA):
    """Follows the gradient of the biases back through a stack of sigmoid layers.

        forward:  A_0 = X,  A_l = sigmoid(W_l A_(l-1)),   l = 1, ..., L
        backward: dZ_l = dA_l * A_l (1 - A_l),  dA_(l-1) = W_l^T dZ_l,   l = L, ..., 1
        db_l = the sum of dZ_l over the samples,  norm_l = ‖db_l‖

    Args:
        X: Samples in columns, (n_0, m).
        weights: W_1, ..., W_L, a list of arrays, (n_l, n_(l-1)); biases are zero.
        dA: Derivative of the cost by the last outputs, (n_L, m).

    Returns:
        norm_1, ..., norm_L, from the first layer to the last, (L,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
