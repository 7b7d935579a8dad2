"""Lab 7, exercise 2: `make lab-7` shows it in "statistics".

The lab is labs/lab_07_input_normalization.
`make learn-7` checks this file each time that it is saved.
"""

import numpy as np


def normalize(X_train, X_test):
    """Normalizes the columns of training and test data by the statistics of the training data.

        x_new = (x - mean of the training column) / standard deviation of the training column

    A column that is constant in the training data has the spread 0: it is centred and not divided.

    Args:
        X_train: Samples in rows, (m, n). They stay as they are.
        X_test: Other samples, (k, n). They stay as they are.

    Returns:
        Both, normalized: (m, n) and (k, n).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
