"""Lab 15, exercise 3: `make lab-15` shows it in "compute".

The lab is labs/lab_15_pandas_and_caviar.
`make learn-15` checks this file each time that it is saved.
"""

import numpy as np


def best_of_many(losses, errors):
    """Follows which of many models is taken, as more and more of them are trained.

        after n models the one with the least validation loss of the first n is taken
        its test error is what counts; it has no part in the choice

    Args:
        losses: Validation loss of each model, in the order in which they are trained, (k,).
        errors: Test error of each, (k,).

    Returns:
        The test error of the model that is taken after 1, 2, ..., k models, (k,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
