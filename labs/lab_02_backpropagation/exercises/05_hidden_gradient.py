"""Lab 2, exercise 5: `make lab-2` shows it in "curvature".

The lab is labs/lab_02_backpropagation.
`make learn-2` checks this file each time that it is saved.
"""

import numpy as np


def hidden_gradient(X, Y, W1, b1, W2, b2):
    """Computes the gradient of the first weights of a network with one hidden layer.

        A1 = tanh(W1 X + b1),  Z2 = W2 A1 + b2,  J = 1/m · the sum of (Z2 - Y)² over outputs and samples
        dZ2 = 2/m (Z2 - Y)
        dZ1 = W2^T dZ2 * (1 - A1²)
        dW1 = dZ1 X^T

    Args:
        X: Samples in columns, (n_0, m).
        Y: Targets, (n_2, m).
        W1: Weights of the hidden layer, (n_1, n_0).
        b1: Its biases, (n_1, 1).
        W2: Weights of the output, (n_2, n_1).
        b2: Its biases, (n_2, 1).

    Returns:
        dW1, (n_1, n_0).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
