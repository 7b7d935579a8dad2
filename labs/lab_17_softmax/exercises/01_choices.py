"""Lab 17, exercise 1: `make lab-17` shows it in "regions".

The lab is labs/lab_17_softmax.
`make learn-17` checks this file each time that it is saved.
"""

import numpy as np


def choices(Z, labels):
    """Reads off which classes a network chooses, and how often it is right.

        choice of a sample = the class with the largest logit
        accuracy = the share of samples whose choice is their label

    Args:
        Z: Logits, (m, classes): samples in rows, as in Keras.
        labels: The right classes, (m,), whole numbers from 0.

    Returns:
        The choices, (m,), and the accuracy, a number.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
