"""Lab 19, exercise 2: `make lab-19` shows it in "found".

The lab is labs/lab_19_diagnosis.
`make learn-19` checks this file each time that it is saved.
"""

import numpy as np


def dead_share(A):
    """Counts the units of a ReLU layer that are dead, as a share of all.

        a unit is dead where its activation is 0 for every sample
        share = dead units / all units

    Args:
        A: Activations behind ReLU, (m, units): samples in rows, as in Keras. None is below 0.

    Returns:
        The share, a number from 0 to 1.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
