"""Lab 18, exercise 3: `make lab-18` shows it in "apart".

The lab is labs/lab_18_framework.
`make learn-18` checks this file each time that it is saved.
"""

import tensorflow as tf


def forward_propagation(x, parameters):
    """Goes through a network that is written by hand in TensorFlow.

        for each layer but the last:  x = relu(x W + b)
        for the last one:             logits = x W + b

    Args:
        x: Samples in rows, a tensor (m, n_0).
        parameters: W_1, b_1, W_2, b_2, ..., a list of tensors, W_l (n_(l-1), n_l) and b_l (n_l,).

    Returns:
        The logits, a tensor (m, n_L).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
