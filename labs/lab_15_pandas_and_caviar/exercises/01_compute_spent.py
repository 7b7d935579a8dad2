"""Lab 15, exercise 1: `make lab-15` shows it in "compute".

The lab is labs/lab_15_pandas_and_caviar.
`make learn-15` checks this file each time that it is saved.
"""

import numpy as np


def compute_spent(epochs, full):
    """Counts the compute of many models, in full trainings.

        compute = the sum of the epochs of all models / the epochs of a full training

    Args:
        epochs: How long each model was trained, (k,), in epochs.
        full: Epochs of a full training.

    Returns:
        The compute, a number.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
