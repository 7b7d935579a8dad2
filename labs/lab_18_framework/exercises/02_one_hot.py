"""Lab 18, exercise 2: `make lab-18` shows it in "time".

The lab is labs/lab_18_framework.
`make learn-18` checks this file each time that it is saved.
"""

import tensorflow as tf


def one_hot(labels, num_classes):
    """Turns labels into rows with a single 1.

        y_ik = 1 if sample i has the label k, else 0

    Args:
        labels: Whole numbers from 0, a tensor (m,).
        num_classes: Number of classes.

    Returns:
        A tensor of float32, (m, num_classes).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
