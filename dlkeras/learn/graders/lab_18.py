"""Lab 18: what the framework does."""

from itertools import pairwise

import numpy as np

from dlkeras import scratch
from dlkeras.learn.exercise import Exercise
from dlkeras.learn.lazily import keras, tf


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

        1. under a tape: the loss of model(x) against y
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
            a step: tape, gradients, optimizer
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


def _cost(draw):
    n = draw.dim()
    a = draw.normal(n)

    def cost(w):
        return tf.reduce_sum(a * w**3) + tf.reduce_prod(tf.sin(w))

    cost.slope = lambda w: 3 * a * w**2 + [np.cos(w[i]) * np.prod(np.sin(np.delete(w, i))) for i in range(n)]
    cost.__name__ = f"cost(w) = sum of a w³ + product of sin(w), a = {a.tolist()}"
    return cost, draw.normal(n)


def _labels(draw):
    classes = 1 + draw.dim()
    return tf.constant(draw.rng.integers(0, classes, 2 * draw.size), "int32"), classes


def _by_hand(draw):
    sizes = [draw.dim() for _ in range(1 + draw.size)]
    parameters = []
    for before, units in pairwise(sizes):
        parameters += [tf.constant(draw.normal(before, units)), tf.constant(draw.normal(units))]
    return tf.constant(draw.normal(draw.dim(), sizes[0])), parameters


def _by_scratch(x, parameters):
    layers = len(parameters) // 2
    named = {}
    for i in range(layers):
        named |= {
            f"W{i + 1}": parameters[2 * i].numpy().T,
            f"b{i + 1}": parameters[2 * i + 1].numpy()[:, None],
        }
    names = [*["relu"] * (layers - 1), "linear"]
    return scratch.forward(x.numpy().T, named, names)[f"A{layers}"].T


RATE = 0.5


def _training(draw):
    """A softmax regression, whose training is easily written in NumPy too."""
    classes, n, m = 1 + draw.dim(), draw.dim(), 2 * draw.size + 1
    model = keras.Sequential([keras.Input((n,)), keras.layers.Dense(classes, kernel_initializer="zeros")])
    model.set_weights([draw.normal(n, classes), draw.normal(classes)])
    x, y = draw.normal(m, n).astype("float32"), draw.rng.integers(0, classes, m)
    return (
        model,
        x,
        y,
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        keras.optimizers.SGD(RATE),
    )


def _observe_training(function, model, x, y, loss, *others):
    """What it returns, and the weights that it leaves."""
    cost = function(model, x, y, loss, *others)
    return {"returned": cost, "kernel": model.get_weights()[0], "bias": model.get_weights()[1]}


def _trained(model, x, y, loss, optimizer, batch_size=None, epochs=1):
    W, b = (own.astype(float) for own in model.get_weights())
    parameters, costs, size = {"W1": W.T, "b1": b[:, None]}, [], batch_size or len(x)
    for _ in range(epochs):
        own = []
        for start in range(0, len(x), size):
            X, Y = x[start : start + size].T, np.eye(len(b))[:, y[start : start + size]]
            parameters, J = scratch.train_step(X, Y, parameters, ["linear"], scratch.cross_entropy, RATE)
            own += [J] * X.shape[1]
        costs.append(sum(own) / len(x))
    left = {"kernel": parameters["W1"].T, "bias": parameters["b1"].ravel()}
    return {"returned": costs[0] if batch_size is None else np.array(costs), **left}


EXERCISES = [
    Exercise(
        slope_by_tape,
        _cost,
        lambda cost, w: cost.slope(w),
        "cost",
        (
            "`variable = tf.Variable(w)` first; then compute the cost under the tape.",
            "`tape.gradient(value, variable)` comes behind the `with` block; `.numpy()` makes it an array.",
        ),
        {
            "The tape has not followed: a `tf.Variable` it follows, and what is computed under it.": (
                "tf.Variable(w)",
                "tf.constant(w)",
            ),
            "This is the cost, not its gradient.": (
                "tape.gradient(value, variable).numpy()",
                "value.numpy()",
            ),
            "This is the gradient of the cost's square.": ("cost(variable)", "cost(variable) ** 2"),
        },
        tolerance=1e-3,
    ),
    Exercise(
        one_hot,
        _labels,
        lambda labels, num_classes: (
            np.array([[k == own for k in range(num_classes)] for own in labels.numpy()]) * 1.0
        ),
        "time",
        (
            "Compare each label with 0, 1, ..., num_classes - 1: `labels[:, None] == tf.range(num_classes)`.",
            "`tf.cast(..., tf.float32)` makes 1 and 0 of True and False. `tf.one_hot` does it all.",
        ),
        {
            "Classes are counted from 1.": ("tf.range(num_classes)", "tf.range(1, num_classes + 1)"),
            "Samples are columns, not rows.": (
                "labels[:, None] == tf.range(num_classes)",
                "labels == tf.range(num_classes)[:, None]",
            ),
            "0 and 1 are the other way round.": ("==", "!="),
            "One class is missing.": ("tf.range(num_classes)", "tf.range(num_classes - 1)"),
            "All classes up to the label are 1.": ("==", ">="),
            "The label's number stands where the 1 belongs.": (
                "tf.cast(labels[:, None] == tf.range(num_classes), tf.float32)",
                "tf.where(labels[:, None] == tf.range(num_classes), tf.cast(labels[:, None], tf.float32), 0.0)",
            ),
        },
    ),
    Exercise(
        forward_propagation,
        _by_hand,
        _by_scratch,
        "apart",
        (
            "`parameters[::2]` are the W, `parameters[1::2]` the b.",
            "The last pair is without ReLU: `*before, W, b = parameters` splits it off.",
        ),
        {
            "The logits are put through ReLU as well.": ("return x @ W + b", "return tf.nn.relu(x @ W + b)"),
            "ReLU is missing in the hidden layers.": (
                "tf.nn.relu(x @ hidden_W + hidden_b)",
                "x @ hidden_W + hidden_b",
            ),
            "The last bias is missing.": ("x @ W + b", "x @ W"),
            "The hidden biases are missing.": (" + hidden_b", ""),
            "The bias is added behind ReLU.": (
                "tf.nn.relu(x @ hidden_W + hidden_b)",
                "tf.nn.relu(x @ hidden_W) + hidden_b",
            ),
            "The last layer comes out as probabilities; logits are before the softmax.": (
                "return x @ W + b",
                "return tf.nn.softmax(x @ W + b)",
            ),
            "This is sigmoid, not ReLU.": ("tf.nn.relu", "tf.sigmoid"),
        },
    ),
    Exercise(
        training_step,
        _training,
        _trained,
        "apart",
        (
            "Compute the loss under `with tf.GradientTape() as tape:`, `loss(y, model(x, training=True))`.",
            "`tape.gradient(value, model.trainable_variables)` gives a list.",
            "`optimizer.apply(gradients, model.trainable_variables)`.",
        ),
        {
            "The step goes up: the optimizer subtracts by itself.": (
                "apply(gradients,",
                "apply([-g for g in gradients],",
            ),
            "The gradients are never applied.": (
                "    optimizer.apply(gradients, model.trainable_variables)\n",
                "",
            ),
            "Two steps are taken.": (
                "    return float(value)",
                "    optimizer.apply(gradients, model.trainable_variables)\n    return float(value)",
            ),
            "This is the loss after the step.": ("float(value)", "float(loss(y, model(x)))"),
            "The gradient is of the sum over the batch, not of its mean.": (
                "loss(y, model(x, training=True))",
                "loss(y, model(x, training=True)) * len(x)",
            ),
            "The bias is not trained.": (
                "optimizer.apply(gradients, model.trainable_variables)",
                "optimizer.apply(gradients[:1], model.trainable_variables[:1])",
            ),
            "Nothing is returned: is `return` missing?": ("return float(value)", "float(value)"),
        },
        _observe_training,
        1e-3,
    ),
    Exercise(
        training_loop,
        lambda draw: (*_training(draw), 1 + draw.size // 2, 1 + draw.size // 2),
        _trained,
        "cost",
        (
            "`for start in range(0, len(x), batch_size):` and `x[start : start + batch_size]`.",
            "The step is that of the exercise before.",
            "Weight the losses by the samples of the batch: the last one may have fewer.",
        ),
        {
            "The partial last batch is left out.": (
                "range(0, len(x), batch_size)",
                "range(0, len(x) - batch_size + 1, batch_size)",
            ),
            "The partial batch counts as much as the others.": (
                "total += float(value) * len(x[batch])\n        costs.append(total / len(x))",
                "total += float(value)\n        costs.append(total / -(-len(x) // batch_size))",
            ),
            "This is a sum over the samples, not a mean.": ("total / len(x)", "total"),
            "Only one epoch is trained.": ("range(epochs)", "range(1)"),
            "Every step sees all samples.": (
                "batch = slice(start, start + batch_size)",
                "batch = slice(0, len(x))",
            ),
            "The gradients are never applied.": (
                "            optimizer.apply(gradients, model.trainable_variables)\n",
                "",
            ),
            "The sum goes on from epoch to epoch: begin anew.": (
                "        total = 0.0\n        for start",
                "        total = costs[-1] * len(x) if costs else 0.0\n        for start",
            ),
        },
        _observe_training,
        1e-3,
    ),
]
