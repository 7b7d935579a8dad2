"""Lab 4, exercise 6: `make lab-4` shows it in "gradient-norms-by-step".

The lab is labs/lab_04_vanishing_gradient.
`make learn-4` checks this file each time that it is saved.
"""

import keras
import tensorflow as tf


def norm_recorder(x, y, loss):
    """Writes a Keras callback that records how large the gradient is after each epoch.

        at the end of each epoch: g = the gradient of loss(y, model(x)) by all trainable variables
        norms gets √(the sum of all squared entries of all of them)

    Args:
        x: Samples, (m, n).
        y: Targets, (m, 1).
        loss: From targets and predictions to a number, such as `keras.losses.MeanSquaredError()`.

    Returns:
        A `keras.callbacks.Callback` with a list `norms`, a number for each epoch. Keras sets `self.model`.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
