"""Lab 6, exercise 5: `make lab-6` shows it in "strength".

The lab is labs/lab_06_regularization.
`make learn-6` checks this file each time that it is saved.
"""


def dropout_backward(dA, D, keep_prob):
    """Goes back through inverted dropout.

        forward:  A_new = A * D / keep_prob
        backward: dA_old = dA * D / keep_prob

    Args:
        dA: Gradient of the cost by A_new, (n, m). It stays as it is.
        D: The mask of the way forward, (n, m), 0 and 1.
        keep_prob: Probability that a unit was kept.

    Returns:
        dA_old, the gradient by A, (n, m).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
