"""What moves under a layer from step to step, and noise that moves it more."""

import keras
import numpy as np
import tensorflow as tf

from dlkeras.population import Population
from dlkeras.runs import by_replica, product

RATE, STEPS, EVERY = 0.1, 100, 10  # of the networks that are followed; a step in `EVERY` is looked at
SEEN_EVERY = 2  # steps, of which the moments are kept for the view
LOOKED_AT = 3  # hidden layer, from 1
SHIFT, STRETCH = 0.5, 0.5  # of noise, in spreads


@keras.saving.register_keras_serializable("dlkeras.lab_16")
class ShiftingNoise(keras.layers.Layer):
    """Moves and stretches each unit at random, anew in every step of the training (Santurkar et al., 2.1).

    Args:
        seed: Of the draws.
    """

    def __init__(self, seed, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.draws = keras.random.SeedGenerator(seed)

    def call(self, x, training=False):
        if not training:
            return x
        shift = keras.random.uniform(x.shape[-1:], -SHIFT, SHIFT, seed=self.draws)
        stretch = keras.random.uniform(x.shape[-1:], 1 - STRETCH, 1 + STRETCH, seed=self.draws)
        return x * stretch + shift

    def get_config(self):
        return super().get_config() | {"seed": self.seed}


def follow(build, place, settings, x, y):
    """Follows ReLU stacks of five layers: how far a layer's inputs move in a step, and its gradient changes.

    The gradient of a layer is taken before and after all earlier layers have taken their step, as Santurkar
    et al. (2018) do it, definition 2.1; how far they are apart, over the first.
    """
    population = Population(lambda seed: build(seed, "relu", 5, place), settings.seeds)
    population.compile(
        keras.optimizers.SGD(RATE), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    kernels = [v for v in population.trainable_variables if v.name == "kernel"]
    looked_at = kernels[LOOKED_AT - 1]
    earlier = population.trainable_variables[: _place_of(population.trainable_variables, looked_at)]
    moments, gradients = _moments_of(population, looked_at), _gradients_of(population)
    moved, changed, seen = [], [], []
    for step, start in enumerate(np.arange(STEPS) * 64 % (len(x) // 64 * 64)):
        batch = x[start : start + 64], y[start : start + 64]
        if step % SEEN_EVERY == 0:
            seen.append(np.stack(moments(batch[0])))  # (2, replicas, units)
        if step % EVERY == 0:
            kept = population.get_weights()
            before, (mean, spread) = gradients(*batch), moments(batch[0])
            for variable, gradient in zip(population.trainable_variables, before, strict=True):
                if any(variable is own for own in earlier):
                    variable.assign_sub(RATE * gradient)
            own = _place_of(population.trainable_variables, looked_at)
            after, (new_mean, _) = gradients(*batch)[own], moments(batch[0])
            changed.append(_norm(after - before[own]) / _norm(before[own]))
            moved.append(np.mean(np.abs(new_mean - mean) / (spread + 1e-6), axis=-1))
            population.set_weights(kept)
        population.train_on_batch(*batch)
    found = {"moved": np.mean(moved, axis=0), "changed": np.mean(changed, axis=0)}
    found["moments"] = np.moveaxis(seen, 2, -1)  # (times, mean and spread, units, replicas)
    yield from by_replica(product(seed=settings.seeds), {"part": "follow", "place": place}, **found)


def _place_of(variables, wanted):
    return next(i for i, variable in enumerate(variables) if variable is wanted)


def _norm(stacked):
    """The norm of each replica's part, (replicas,)."""
    return np.sqrt(np.sum(np.square(stacked), axis=(1, 2)))


def _gradients_of(population):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")

    @tf.function
    def gradients(x, y):
        with tf.GradientTape() as tape:
            logits = population(x, training=True)  # (replicas, samples, classes)
            labels = tf.broadcast_to(y, tf.shape(logits)[:2])
            total = loss(labels, logits) / x.shape[0]
        return tape.gradient(total, [variable.value for variable in population.trainable_variables])

    return lambda x, y: [gradient.numpy() for gradient in gradients(x, y)]


def _moments_of(population, kernel):
    """Mean and spread over a batch of what comes into the layer of a kernel, (replicas, units) each."""
    layers = population.stacked_layers
    before = layers[: next(i for i, own in enumerate(layers) if any(v is kernel for v in own.variables))]

    @tf.function
    def moments(x):
        x = tf.broadcast_to(x, (population.num_replicas, *x.shape))
        for layer in before:
            x = layer(x, training=True)
        return tf.reduce_mean(x, axis=1), tf.math.reduce_std(x, axis=1)

    return lambda x: [moment.numpy() for moment in moments(x)]
