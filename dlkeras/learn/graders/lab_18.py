"""Lab 18: what the framework does."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np

from dlkeras import scratch
from dlkeras.learn.exercise import Exercise
from dlkeras.learn.lazily import keras, tf
from dlkeras.learn.solutions.lab_18 import (
    forward_propagation,
    one_hot,
    slope_by_tape,
    training_loop,
    training_step,
)


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
    told = SimpleNamespace(training=[])

    class Told(keras.layers.Layer):
        def call(self, inputs, training=None):
            told.training.append(training)
            return inputs

    model = keras.Sequential([keras.Input((n,)), Told(), keras.layers.Dense(classes)])
    model.told = told
    told.training.clear()
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
    kernel, bias = model.get_weights()
    told = all(training is True for training in model.told.training)
    return {"returned": cost, "kernel": kernel, "bias": bias, "each call says training=True": str(told)}


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
    left["each call says training=True"] = "True"
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
            "The model is not told that it is trained: dropout would be off, as in a test.": (
                "model(x, training=True)",
                "model(x)",
            ),
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
            "The model is not told that it is trained: dropout would be off, as in a test.": (
                "model(x[batch], training=True)",
                "model(x[batch])",
            ),
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
