"""Lab 14, exercise 4: `make lab-14` shows it in "grid".

The lab is labs/lab_14_hyperparameter_search.
`make learn-14` checks this file each time that it is saved.
"""

import numpy as np


def finer_box(points, scores, low, high, width):
    """Takes one step from coarse to fine: a box around the best point so far.

        centre = the point with the least score
        box = from centre - width · (high - low) to centre + width · (high - low), on each axis
        what lies outside of the ranges is cut off

    Args:
        points: What was tried, (trials, axes), on even scales: logarithms, where values span decades.
        scores: Their errors, (trials,).
        low: Least value of each axis, (axes,).
        high: Greatest value of each axis, (axes,).
        width: Half of the box, as a share of the range.

    Returns:
        The box: its least and its greatest values, (axes,) each.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
