"""Lab 18, exercise 4: `make lab-18` shows it in "apart".

The lab is labs/lab_18_framework.
`make learn-18` checks this file each time that it is saved.
"""

import tensorflow as tf


def training_step(model, x, y, loss, optimizer):
    """Takes one step of training by hand: what `fit` does for each batch.

        1. under a tape: the loss of model(x, training=True) against y
        2. its gradients by the model's trainable variables
        3. the optimizer applies them

    Args:
        model: A `keras.Model`.
        x: Samples, (m, n).
        y: Labels, (m,).
        loss: From y and the model's outputs to a number; like all losses of Keras it takes y first.
        optimizer: A `keras.optimizers.Optimizer`; `optimizer.apply(gradients, variables)` takes the step.

    Returns:
        The loss before the step, a number.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
