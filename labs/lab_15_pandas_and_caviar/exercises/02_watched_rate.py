"""Lab 15, exercise 2: `make lab-15` shows it in "bad-starts".

The lab is labs/lab_15_pandas_and_caviar.
`make learn-15` checks this file each time that it is saved.
"""

import numpy as np


def watched_rate(losses, rate):
    """Adjusts the learning rate of a watched model by what its looks show.

        a look is better if its loss is below the least so far; the first look always is
        better:     after two or more better looks in a row, rate = 2 · rate
        not better: rate = rate / 2, and the row begins anew

    Args:
        losses: Validation loss at each look, (k,).
        rate: Learning rate before the first look.

    Returns:
        The learning rate after each look, (k,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
