"""Lab 9, exercise 5: `make lab-9` shows it in "noise".

The lab is labs/lab_09_mini_batches.
`make learn-9` checks this file each time that it is saved.
"""

import numpy as np


def gradient_noise(gradients, batch_size):
    """Measures how far the gradients of mini-batches are from that of all samples.

        g = the mean of the gradients of all samples
        g_t = the mean of the gradients of batch t
        noise = √(the mean of ‖g_t - g‖² over the batches) / ‖g‖

    Args:
        gradients: Gradient of each sample, (m, n).
        batch_size: A divisor of m: batch t is the rows from t · batch_size on.

    Returns:
        The noise, a number: at 1 it is as large as the gradient.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
