"""Lab 18, exercise 5: `make lab-18` shows it in "cost".

The lab is labs/lab_18_framework.
`make learn-18` checks this file each time that it is saved.
"""

import numpy as np
import tensorflow as tf


def training_loop(model, x, y, loss, optimizer, batch_size, epochs):
    """Trains a model by hand: a loop over epochs, and in it one over mini-batches.

        for each epoch, for each batch of the samples in their order, with a partial last one:
            a step: tape (with training=True), gradients, optimizer
        cost of an epoch = the sum of a batch's loss · its samples / the number of all samples

    Args:
        model: A `keras.Model`.
        x: Samples, (m, n).
        y: Labels, (m,).
        loss: From y and the model's outputs to the mean over a batch.
        optimizer: A `keras.optimizers.Optimizer`.
        batch_size: Samples of a batch.
        epochs: How often all samples are seen.

    Returns:
        The cost of each epoch, as its batches saw it before their steps, (epochs,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
