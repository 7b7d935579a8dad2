"""Lab 4: why the early layers of a deep network learn slowest."""

from itertools import pairwise

import numpy as np

from dlkeras import scratch
from dlkeras.learn.exercise import Exercise
from dlkeras.learn.lazily import keras
from dlkeras.learn.solutions.lab_04 import (
    back_through_sigmoid,
    depth_stack,
    gradient_norm,
    norm_recorder,
    norms_by_layer,
    unevenness,
)


def _layer(draw):
    n, n_before, m = draw.dim(), draw.dim(), draw.dim()
    A = np.round(scratch.ACTIVATIONS["sigmoid"].forward(draw.normal(n, m, scale=2)), 3)
    return draw.normal(n, m), A, draw.normal(n, n_before)


def _back_by_sample(dA, A, W):
    columns = [
        sum(dA[i, k] * (A[i, k] - A[i, k] ** 2) * W[i] for i in range(len(W))) for k in range(A.shape[1])
    ]
    return np.array(columns).T


def _stack(draw):
    sizes = [draw.dim() for _ in range(1 + min(draw.size, 5))]
    weights = [draw.normal(n, before) for before, n in pairwise(sizes)]
    m = draw.dim()
    return draw.normal(sizes[0], m), weights, draw.normal(sizes[-1], m)


def _norms_by_scratch(X, weights, dA):
    parameters = {}
    for layer, W in enumerate(weights, 1):
        parameters |= {f"W{layer}": W, f"b{layer}": np.zeros((len(W), 1))}
    names = ["sigmoid"] * len(weights)
    gradients = scratch.backward(dA, scratch.forward(X, parameters, names), parameters, names)
    return np.array([np.sqrt(np.sum(gradients[f"b{i}"] ** 2)) for i in range(1, len(weights) + 1)])


def _uneven(norms):
    logs = [float(np.log(b / a)) for a, b in pairwise(norms)]
    mean = sum(logs) / len(logs)
    return (sum((log - mean) ** 2 for log in logs) / len(logs)) ** 0.5 / abs(mean)


def _sizes(draw):
    return draw.size, 1 + draw.dim(), ["sigmoid", "tanh", "relu"][draw.size % 3], draw.dim(), 1 + draw.dim()


def _shapes(depth, width, num_inputs, num_classes):
    sizes = [num_inputs, *[width] * depth, num_classes]
    return [shape for i in range(depth + 1) for shape in ((sizes[i], sizes[i + 1]), (sizes[i + 1],))]


def _weights_and_samples(depth, width, num_inputs, num_classes):
    rng = np.random.default_rng(0)
    shapes = _shapes(depth, width, num_inputs, num_classes)
    return [rng.normal(size=shape) for shape in shapes], rng.normal(size=(5, num_inputs))


def _observe_stack(function, depth, width, activation, num_inputs, num_classes):
    """Its weights by their shapes, and what it computes from weights that it is given."""
    model = function(depth, width, activation, num_inputs, num_classes)
    shapes = [tuple(weight.shape) for weight in model.get_weights()]
    if shapes != _shapes(depth, width, num_inputs, num_classes):
        return {"shapes of the weights": shapes, "outputs": np.zeros(0)}
    weights, x = _weights_and_samples(depth, width, num_inputs, num_classes)
    model.set_weights(weights)
    return {"shapes of the weights": shapes, "outputs": model(x).numpy()}


def _stack_expected(depth, width, activation, num_inputs, num_classes):
    weights, x = _weights_and_samples(depth, width, num_inputs, num_classes)
    parameters = {}
    for i in range(depth + 1):
        parameters |= {f"W{i + 1}": weights[2 * i].T, f"b{i + 1}": weights[2 * i + 1][:, None]}
    outputs = scratch.forward(x.T, parameters, [*[activation] * depth, "linear"])[f"A{depth + 1}"].T
    return {"shapes of the weights": _shapes(depth, width, num_inputs, num_classes), "outputs": outputs}


RATE, EPOCHS = 0.05, 3


def _recorded(draw):
    m = draw.size + 1
    x = draw.normal(m, draw.dim())
    return x.astype("float32"), draw.normal(m, 1).astype("float32"), keras.losses.MeanSquaredError()


def _observe_recorder(function, x, y, loss):
    """Norms while a linear model is trained on all samples, with the calls that `fit` makes."""
    model = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Dense(1, kernel_initializer="ones")])
    recorder = function(x, y, loss)
    calls = keras.callbacks.CallbackList([recorder], model=model)
    calls.on_train_begin()
    for epoch in range(EPOCHS):
        calls.on_epoch_begin(epoch)
        calls.on_train_batch_begin(0)
        w, b = (variable.numpy() for variable in model.trainable_variables)
        error = x @ w + b - y
        model.set_weights([w - RATE * 2 / len(x) * x.T @ error, b - RATE * 2 * error.mean(axis=0)])
        calls.on_train_batch_end(0, {})
        calls.on_epoch_end(epoch, {})
    calls.on_train_end()
    return [float(norm) for norm in recorder.norms]


def _norms_by_hand(x, y, loss):
    w, b, norms = np.ones((x.shape[1], 1)), 0.0, []
    for epoch in range(EPOCHS + 1):
        error = x.astype(float) @ w + b - y
        dw, db = 2 / len(x) * x.T.astype(float) @ error, 2 * np.mean(error)
        norms += [np.sqrt(np.sum(dw**2) + db**2)] * (epoch > 0)
        w, b = w - RATE * dw, b - RATE * db
    return norms


EXERCISES = [
    Exercise(
        gradient_norm,
        lambda draw: (draw.normal(*[draw.dim() for _ in range(1 + draw.size % 3)]),),
        lambda gradient: sum(float(entry) ** 2 for entry in gradient.ravel()) ** 0.5,
        "gradient-norms",
        ("`gradient**2` squares every entry.", "np.sqrt(np.sum(gradient**2))"),
        {
            "The root is missing: this is the squared norm.": (
                "np.sqrt(np.sum(gradient**2))",
                "np.sum(gradient**2)",
            ),
            "This is the root of the mean, not of the sum.": ("np.sum(", "np.mean("),
            "This is the L1 norm, the sum of sizes.": (
                "np.sqrt(np.sum(gradient**2))",
                "np.sum(np.abs(gradient))",
            ),
            "This is the largest entry.": ("np.sqrt(np.sum(gradient**2))", "np.max(np.abs(gradient))"),
            "For a matrix this is the spectral norm, its largest singular value.": (
                "np.sqrt(np.sum(gradient**2))",
                "np.linalg.norm(gradient, 2) if gradient.ndim == 2 else np.sqrt(np.sum(gradient**2))",
            ),
        },
    ),
    Exercise(
        back_through_sigmoid,
        _layer,
        _back_by_sample,
        "gradient-norms",
        ("First dZ = dA times the slope, entry by entry.", "Then W^T dZ: `W.T @ dZ`."),
        {
            "The slope is missing: this is W^T dA.": (" * A * (1 - A)", ""),
            "This is the slope of tanh.": ("dA * A * (1 - A)", "dA * (1 - A**2)"),
            "The slope is taken at the other end: it belongs to the outputs, before W^T.": (
                "W.T @ (dA * A * (1 - A))",
                "(W.T @ dA) * np.mean(A * (1 - A))",
            ),
            "The factor 1 - A is missing.": (" * (1 - A)", ""),
            "The factor A is missing.": ("dA * A *", "dA *"),
            "This is the transpose, samples by inputs.": (
                "W.T @ (dA * A * (1 - A))",
                "(dA * A * (1 - A)).T @ W",
            ),
        },
    ),
    Exercise(
        norms_by_layer,
        _stack,
        _norms_by_scratch,
        "gradient-norms",
        (
            "Forward first: keep all A in a list.",
            "Then a loop from the last layer to the first: dZ, its norm, and dA for the layer before.",
            "The norms come out in reverse: turn them round, `norms[::-1]`.",
        ),
        {
            "They run from the last layer to the first.": ("norms[::-1]", "norms"),
            "The slope is missing on the way back.": ("dA * A * (1 - A)", "dA"),
            "This is the norm of dZ; db is its sum over the samples.": ("dZ.sum(axis=1)", "dZ"),
            "db is a mean over the samples, not a sum.": ("dZ.sum(axis=1)", "dZ.mean(axis=1)"),
            "The sum is over the units, not over the samples.": ("dZ.sum(axis=1)", "dZ.sum(axis=0)"),
            "The gradient goes back without the slope: it is W^T dZ, not W^T dA.": ("W.T @ dZ", "W.T @ dA"),
        },
    ),
    Exercise(
        unevenness,
        lambda draw: (np.exp(draw.normal(2 + draw.size) + draw.number(0.5, 2) * np.arange(2 + draw.size)),),
        _uneven,
        "gradient-norms",
        (
            "The log of a quotient is the difference of logs: `np.diff(np.log(norms))`.",
            "`np.std` divides by the number.",
        ),
        {
            "The standard deviation is divided by one factor less.": ("np.std(logs)", "np.std(logs, ddof=1)"),
            "These are the factors, not their logarithms.": (
                "np.diff(np.log(norms))",
                "norms[1:] / norms[:-1]",
            ),
            "These are the logarithms of the norms, not of the factors.": (
                "np.diff(np.log(norms))",
                "np.log(norms)",
            ),
            "It is not divided by the mean.": (" / abs(np.mean(logs))", ""),
            "This is the variance over the mean.": ("np.std(logs)", "np.var(logs)"),
            "It is divided by the mean size of the logarithms, not by the size of their mean.": (
                "abs(np.mean(logs))",
                "np.mean(np.abs(logs))",
            ),
        },
    ),
    Exercise(
        depth_stack,
        _sizes,
        _stack_expected,
        "accuracy-by-depth",
        (
            "`keras.Sequential([keras.Input((num_inputs,)), ..., keras.layers.Dense(num_classes)])`.",
            "A layer that stands twice in the list is one layer: make a new one for each place.",
        ),
        {
            "One layer stands in the list many times: its weights are shared. Make one for each place.": (
                "[keras.layers.Dense(width, activation) for _ in range(depth)]",
                "[keras.layers.Dense(width, activation)] * depth",
            ),
            "The last layer has an activation: logits have none.": (
                "keras.layers.Dense(num_classes)",
                "keras.layers.Dense(num_classes, activation)",
            ),
            "The hidden layers have no activation.": ("Dense(width, activation)", "Dense(width)"),
            "One hidden layer is missing.": ("range(depth)", "range(depth - 1)"),
            "Without `keras.Input` the model has no weights yet.": ("keras.Input((num_inputs,)), ", ""),
            "The last layer has `width` units, not one for each class.": (
                "keras.layers.Dense(num_classes)",
                "keras.layers.Dense(width)",
            ),
        },
        _observe_stack,
        1e-3,
    ),
    Exercise(
        norm_recorder,
        _recorded,
        _norms_by_hand,
        "gradient-norms-by-step",
        (
            "A class inside of the function, `class Recorder(keras.callbacks.Callback)`, with a list.",
            "`def on_epoch_end(self, epoch, logs=None)` is what Keras calls.",
            "The loss under `with tf.GradientTape() as tape:`, then `tape.gradient(value, variables)`.",
            "`tf.linalg.global_norm(gradients)` is the norm of all of them together.",
        ),
        {
            "These are recorded before each epoch, not after it.": ("on_epoch_end", "on_epoch_begin"),
            "The norms of the variables are added; the squares have to be.": (
                "float(tf.linalg.global_norm(gradients))",
                "float(sum(tf.norm(g) for g in gradients))",
            ),
            "This is the norm of the weights, not of the gradient.": (
                "global_norm(gradients)",
                "global_norm(self.model.trainable_variables)",
            ),
            "The bias is left out.": ("global_norm(gradients)", "global_norm(gradients[:1])"),
            "The root is missing.": (
                "float(tf.linalg.global_norm(gradients))",
                "float(tf.linalg.global_norm(gradients)) ** 2",
            ),
            "This is the loss, not its gradient.": (
                "float(tf.linalg.global_norm(gradients))",
                "float(value)",
            ),
            "Only the last epoch is kept.": (
                "self.norms.append(",
                "self.norms[:] = []\n            self.norms.append(",
            ),
        },
        _observe_recorder,
        1e-3,
    ),
]
