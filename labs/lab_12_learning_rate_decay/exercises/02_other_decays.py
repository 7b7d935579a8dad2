"""Lab 12, exercise 2: `make lab-12` shows it in "ways".

The lab is labs/lab_12_learning_rate_decay.
`make learn-12` checks this file each time that it is saved.
"""

import numpy as np


def other_decays(first_rate, epoch):
    """Computes two more of the course's ways to lower a learning rate.

        exponential: first_rate · 0.95^epoch
        root:        first_rate / √(epoch + 1)

    The course has k / √epoch, from epoch 1 on; here epochs begin at 0.

    Args:
        first_rate: α₀ of the first, k of the second.
        epoch: Number of the epoch, from 0.

    Returns:
        The two rates, in this order.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
