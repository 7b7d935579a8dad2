"""Lab 18: what the framework does."""

import numpy as np

from dlkeras.learn.lazily import tf


def slope_by_tape(cost, w):
    """Lets TensorFlow compute a gradient by a tape.

        with tf.GradientTape() as tape: the cost is computed, and the tape writes down how
        tape.gradient(cost, w) goes back through what was written

    Args:
        cost: A function from a tensor (n,) to a tensor that is a number.
        w: Where the gradient is asked for, a NumPy array (n,). A tape follows a `tf.Variable` by itself, and
            a tensor only after `tape.watch(tensor)`.

    Returns:
        The gradient, a NumPy array (n,).
    """
    variable = tf.Variable(w)
    with tf.GradientTape() as tape:
        value = cost(variable)
    return tape.gradient(value, variable).numpy()


def one_hot(labels, num_classes):
    """Turns labels into rows with a single 1.

        y_ik = 1 if sample i has the label k, else 0

    Args:
        labels: Whole numbers from 0, a tensor (m,).
        num_classes: Number of classes.

    Returns:
        A tensor of float32, (m, num_classes).
    """
    return tf.cast(labels[:, None] == tf.range(num_classes), tf.float32)


def forward_propagation(x, parameters):
    """Goes through a network that is written by hand in TensorFlow.

        for each layer but the last:  x = relu(x W + b)
        for the last one:             logits = x W + b

    Args:
        x: Samples in rows, a tensor (m, n_0).
        parameters: W_1, b_1, W_2, b_2, ..., a list of tensors, W_l (n_(l-1), n_l) and b_l (n_l,).

    Returns:
        The logits, a tensor (m, n_L).
    """
    *before, W, b = parameters
    for hidden_W, hidden_b in zip(before[::2], before[1::2], strict=True):
        x = tf.nn.relu(x @ hidden_W + hidden_b)
    return x @ W + b


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
    with tf.GradientTape() as tape:
        value = loss(y, model(x, training=True))
    gradients = tape.gradient(value, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    return float(value)


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
    costs = []
    for _ in range(epochs):
        total = 0.0
        for start in range(0, len(x), batch_size):
            batch = slice(start, start + batch_size)
            with tf.GradientTape() as tape:
                value = loss(y[batch], model(x[batch], training=True))
            gradients = tape.gradient(value, model.trainable_variables)
            optimizer.apply(gradients, model.trainable_variables)
            total += float(value) * len(x[batch])
        costs.append(total / len(x))
    return np.array(costs)
