"""Lab 6, exercise 6: `make lab-6` shows it in "plane".

The lab is labs/lab_06_regularization.
`make learn-6` checks this file each time that it is saved.
"""

import numpy as np


def bias_and_variance(answers, truth):
    """Takes the error of many networks apart.

        mean answer = the mean of the answers over the networks
        squared bias = the mean over samples of (mean answer - truth)²
        variance = the mean over networks and samples of (answer - mean answer)²

    Their sum is the mean squared error, if the variance is divided by the number of networks.

    Args:
        answers: Of each network to each sample, (networks, samples).
        truth: Right answers, (samples,).

    Returns:
        The squared bias and the variance, two numbers.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
