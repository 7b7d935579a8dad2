"""Lab 2, exercise 2: `make lab-2` shows it in "graph".

The lab is labs/lab_02_backpropagation.
`make learn-2` checks this file each time that it is saved.
"""

import numpy as np


def forward(X, W1, b1, W2, b2):
    """Propagates samples forward through a network with one hidden layer.

        A1 = tanh(W1 X + b1)
        Z2 = W2 A1 + b2

    Args:
        X: Samples in columns, (n_0, m).
        W1: Weights of the hidden layer, (n_1, n_0).
        b1: Its biases, (n_1, 1).
        W2: Weights of the output, (n_2, n_1).
        b2: Its biases, (n_2, 1).

    Returns:
        A1, (n_1, m), and Z2, (n_2, m).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
