"""Lab 17, exercise 6: `make lab-17` shows it in "calibration".

The lab is labs/lab_17_softmax.
`make learn-17` checks this file each time that it is saved.
"""

import numpy as np


def overconfidence(Z, labels, temperature):
    """Measures by how much a network is surer of itself than it is right.

        a = softmax(z / temperature), by row
        confidence of a sample = its largest probability
        overconfidence = the mean confidence - the accuracy

    Args:
        Z: Logits, (m, classes), also large ones.
        labels: The right classes, (m,), whole numbers from 0.
        temperature: Above 0; above 1 it makes the network less sure.

    Returns:
        The overconfidence, from -1 to 1.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
