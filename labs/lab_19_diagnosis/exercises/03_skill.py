"""Lab 19, exercise 3: `make lab-19` shows it in "gains".

The lab is labs/lab_19_diagnosis.
`make learn-19` checks this file each time that it is saved.
"""

import numpy as np


def skill(labels, predictions):
    """Rates the answers of a classifier: 0 for the same answer to every sample, 1 for right ones.

        recall of a class = the share of its samples that are predicted to be of it
        r = the mean of the recalls of the K classes
        skill = (r - 1/K) / (1 - 1/K)

    A rare class counts as much as a frequent one. So always naming the frequent one gains nothing.

    Args:
        labels: The right classes, (m,), whole numbers; K of them are different, at least 2.
        predictions: The predicted ones, (m,), whole numbers.

    Returns:
        The skill, a number; below 0 where the answers are worse than one and the same.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
