"""Lab 2, exercise 3: `make lab-2` shows it in "chain".

The lab is labs/lab_02_backpropagation.
`make learn-2` checks this file each time that it is saved.
"""

import numpy as np


def chain_rule(w1, b1, w2, b2, x, y):
    """Goes back through two neurons in a chain, by hand.

        z1 = w1 x + b1,  a1 = sigmoid(z1),  z2 = w2 a1 + b2,  a2 = sigmoid(z2),  E = (a2 - y)²
        dE/dw2 = 2 (a2 - y) · a2 (1 - a2) · a1
        dE/dw1 = 2 (a2 - y) · a2 (1 - a2) · w2 · a1 (1 - a1) · x

    Args:
        w1: Weight of the first neuron, a number, as all of them.
        b1: Its bias.
        w2: Weight of the second neuron.
        b2: Its bias.
        x: Input.
        y: Target.

    Returns:
        dE/dw1, dE/db1, dE/dw2, dE/db2. The two for the biases are yours to find: what is dz/db?
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
