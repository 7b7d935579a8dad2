"""Lab 14, exercise 3: `make lab-14` shows it in "searches".

The lab is labs/lab_14_hyperparameter_search.
`make learn-14` checks this file each time that it is saved.
"""

import numpy as np


def random_search(score, low, high, trials, rng):
    """Tries values at random on a logarithmic scale and keeps the best.

        value = low · (high / low)^u,   u drawn evenly from 0 to 1, anew for each trial
        the best is the value with the least score

    Args:
        score: From a value, a number, to its error. It costs a training: call it once for each trial.
        low: Least value, above 0.
        high: Greatest value.
        trials: How many values are tried, at least 1.
        rng: A `numpy.random.Generator`.

    Returns:
        The best value, and its score.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
