"""The course's optimizer exercise with our optimizers: costs on two moons.

Layers 2-5-2-1 with ReLU, ReLU and sigmoid on 300 points, mini-batches of 64 in a new order each epoch.
Cost is the sum of the cross-entropies over the batches of an epoch, each before its update, over 300.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import make_moons

from dlkeras import schedules
from dlkeras.optimizers import Adam, GradientDescent, Momentum

NUM_EPOCHS, BATCH, INTERVAL = 5000, 64, 1000
# Costs of the first epoch as printed by the course.
PUBLISHED = {"gradient descent": 0.702405, "momentum": 0.702413, "Adam": 0.702166}
ADAM = {"epsilon": 1e-8, "epsilon_placement": "after_correction"}
CONSTANT = {
    "gradient descent": lambda: GradientDescent(0.0007),
    "momentum": lambda: Momentum(0.0007),
    "Adam": lambda: Adam(0.0007, **ADAM),
}
DECAYED = {
    "gradient descent": lambda late: GradientDescent(decayed(0.1, late)),
    "momentum": lambda late: Momentum(decayed(0.1, late)),
    "Adam": lambda late: Adam(decayed(0.01, late), **ADAM),
}
STEPS = -(-300 // BATCH)  # in an epoch


class OneEpochLate(keras.optimizers.schedules.LearningRateSchedule):
    """Another schedule with the rate of the epoch before: the course sets the rate at the end of an epoch."""

    def __init__(self, schedule):
        self.schedule = schedule

    def __call__(self, step):
        """Returns the rate of a step."""
        return self.schedule(tf.maximum(tf.cast(step, tf.int64) - STEPS, 0))


def decayed(rate: float, late: bool = False) -> keras.optimizers.schedules.LearningRateSchedule:
    """Returns α₀ / (1 + floor(epoch / 1000)), `late` as the course's program has it."""
    schedule = schedules.inverse_time_decay(rate, 1.0, steps_per_epoch=STEPS, every_epochs=INTERVAL)
    return OneEpochLate(schedule) if late else schedule


def make_data() -> tuple[np.ndarray, np.ndarray]:
    """Returns the points, (300, 2), and labels, (300, 1)."""
    np.random.seed(3)
    x, y = make_moons(n_samples=300, noise=0.2)
    return x, y[:, None].astype(np.float64)


def make_model() -> keras.Sequential:
    """Returns the network with the exercise's initial weights."""
    sizes, activations = (2, 5, 2, 1), ("relu", "relu", "sigmoid")
    layers = [keras.layers.Dense(n, a, dtype="float64") for n, a in zip(sizes[1:], activations, strict=True)]
    model = keras.Sequential([keras.Input((2,), dtype="float64"), *layers])
    np.random.seed(3)
    for layer, n_in, n in zip(layers, sizes, sizes[1:], strict=False):
        W = np.random.randn(n, n_in) * np.sqrt(2 / n_in)
        layer.set_weights([W.T, np.zeros(n)])
    return model


def make_orders(num_epochs: int, n: int = 300) -> np.ndarray:
    """Returns the order of the samples in each epoch, (num_epochs, n)."""
    return np.array([np.random.RandomState(11 + e).permutation(n) for e in range(num_epochs)], np.int32)


def train(optimizer: keras.Optimizer, num_epochs: int = NUM_EPOCHS, jit: bool = True) -> np.ndarray:
    """Trains the network of the exercise.

    Args:
        optimizer: A fresh one.
        num_epochs: Epochs of five steps.
        jit: Whether XLA compiles them, which takes some seconds.

    Returns:
        The cost of each epoch, (num_epochs,).
    """
    (x, y), model = (tf.constant(array) for array in make_data()), make_model()
    weights = model.trainable_variables
    optimizer.build(weights)

    def step(rows):
        y_batch = tf.gather(y, rows)
        with tf.GradientTape() as tape:
            a = model(tf.gather(x, rows), training=True)
            cost = -tf.reduce_sum(tf.math.log(a) * y_batch + tf.math.log(1 - a) * (1 - y_batch))
            mean = cost / tf.cast(tf.size(rows), cost.dtype)
        optimizer.apply(tape.gradient(mean, weights), weights)
        return cost

    def epoch(order):
        return tf.add_n([step(order[i : i + BATCH]) for i in range(0, len(x), BATCH)]) / len(x)

    run = tf.function(
        lambda orders: tf.map_fn(epoch, orders, fn_output_signature=tf.float64), jit_compile=jit
    )
    return run(tf.constant(make_orders(num_epochs))).numpy()


def main() -> str:
    """Trains all and returns the section."""
    epochs = range(0, NUM_EPOCHS, INTERVAL)
    lines = [
        "| optimizer | rate | " + " | ".join(f"epoch {epoch}" for epoch in epochs) + " |",
        "|---|---|" + "---|" * len(epochs),
    ]
    kinds = [("0.0007", make, name) for name, make in CONSTANT.items()]
    orders = ((True, "decayed after the epoch, as in the course"), (False, "decayed before the epoch"))
    for late, rates in orders:
        kinds += [(rates, lambda make=make, late=late: make(late), name) for name, make in DECAYED.items()]
    for rates, make, name in kinds:
        costs = train(make())
        lines.append(f"| {name} | {rates} | {' | '.join(f'{costs[e]:.6f}' for e in epochs)} |")
    return "\n".join(lines)
