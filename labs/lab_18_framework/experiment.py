"""What does the framework do for me?

Varies who does the work: a cost and its gradient by a tape, a whole network written by hand, six lines of
Keras. Fixed: handwritten digits, two hidden layers. Look at how far the weights of the two are apart, and at
what a step costs when nothing is compiled.
"""

# %% Settings
from dlkeras import data, lab

settings, flags = lab.read_settings(
    __file__,
    datasets=data.CLASSIFICATION,
    dataset="digits",
    batch_size=64,  # samples
    sizes=(25, 12),  # units of the two hidden layers, as in the course's exercise
    optimizers=("SGD", "Adam"),
    widths=(32, 128, 512),  # units of both hidden layers, where a step is timed
    epochs=5,
    seeds=range(20),
    quick={"optimizers": ("Adam",), "widths": (32,), "epochs": 2, "seeds": range(2)},
)

# %% A cost with its lowest point found by a tape; then a network in six lines of Keras
import keras
import tensorflow as tf

w, optimizer = tf.Variable(0.0), keras.optimizers.Adam(0.1)
for _ in range(300):
    with tf.GradientTape() as tape:
        cost = w**2 - 10 * w + 25
    optimizer.apply([tape.gradient(cost, w)], [w])
print(f"w² − 10w + 25 is lowest at w = {w.numpy():.3f}")

table = data.load(settings.dataset)
hidden = [keras.layers.Dense(units, "relu") for units in settings.sizes]
model = keras.Sequential(
    [keras.Input(table.x_train.shape[1:]), *hidden, keras.layers.Dense(table.num_classes)]
)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.Adam(0.003), loss, metrics=["accuracy"])
model.fit(table.x_train, table.y_train, batch_size=settings.batch_size, epochs=10, verbose=0)
print(f"test accuracy of six lines of Keras: {model.evaluate(table.x_test, table.y_test, verbose=0)[1]:.2f}")


# %% The same network written by hand, as in the course's exercise
import functools
import itertools

import numpy as np


def linear_function(a, w, b):
    """Computes z = a w + b: samples in rows, (samples, inputs) to (samples, units)."""
    return a @ w + b


def one_hot(labels, num_classes):
    """Puts a 1 in the column of each label, (samples, classes)."""
    return tf.cast(labels[:, None] == tf.range(num_classes), tf.float32)


def initialize_parameters(sizes, seed):
    """Draws weights by Glorot and Bengio, a uniform distribution up to √(6 / (inputs + outputs))."""
    parameters = []
    for i, (inputs, units) in enumerate(itertools.pairwise(sizes)):
        limit = (6 / (inputs + units)) ** 0.5
        drawn = tf.random.stateless_uniform((inputs, units), (seed, i), -limit, limit)
        parameters += [tf.Variable(drawn), tf.Variable(tf.zeros(units))]
    return parameters


def forward_propagation(x, parameters):
    """Goes through the layers, ReLU after each but the last; gives logits, (samples, classes)."""
    *before, w, b = parameters
    for hidden_w, hidden_b in zip(before[::2], before[1::2], strict=True):
        x = tf.maximum(linear_function(x, hidden_w, hidden_b), 0)
    return linear_function(x, w, b)


def total_cost(logits, targets):
    """Adds up the cross-entropies of a batch: −log softmax of the right class."""
    return -tf.reduce_sum(targets * (logits - tf.reduce_logsumexp(logits, axis=1, keepdims=True)))


def take_step(parameters, optimizer, x, y):
    """Moves the parameters by a batch; returns the batch's mean cost."""
    with tf.GradientTape() as tape:
        total = total_cost(forward_propagation(x, parameters), one_hot(y, table.num_classes))
        cost = total / tf.cast(tf.shape(x)[0], tf.float32)
    optimizer.apply(tape.gradient(cost, parameters), parameters)
    return cost


def train_by_hand(parameters, optimizer, batches):
    """Trains on a data set of batches; returns the costs of all, (epochs, batches)."""
    step = tf.function(functools.partial(take_step, parameters, keras.optimizers.get(optimizer)))
    return np.array([[step(x, y) for x, y in batches] for _ in range(settings.epochs)])


# %% By hand and by fit from the same weights, for many seeds; what a tape cannot see; the time of a step
from tape import against_scratch, num_traces, where_none
from times import time_of_steps
from twins import compare

sizes = [table.x_train.shape[1], *settings.sizes, table.num_classes]
given = train_by_hand, table, settings
cases = [(o, s, initialize_parameters(sizes, s)) for o in settings.optimizers for s in settings.seeds]
runs = lab.train_all(compare, [(model, *case, *given) for case in cases])
runs += [*against_scratch(settings.seeds), *where_none(), *num_traces()]
runs += time_of_steps(take_step, initialize_parameters, table, settings)

# %% Findings, figures and the page
from figures import figures
from findings import findings

lab.write_page(flags, runs, findings(runs), figures(runs))
