"""Whose statistics a test takes: the averages from training, or those of its own batches."""

import itertools

import keras
import numpy as np
import tensorflow as tf

from dlkeras.population import Population
from dlkeras.runs import by_replica, product

BRIGHTER = 1.0  # spreads that every pixel of a shifted test is brighter


def train_and_test(build, settings, table):
    """Trains ReLU stacks of two layers and tests them in both ways, also on images that are all brighter."""
    x, y = table.whole_batches(64)
    population = Population(lambda seed: build(seed, "relu", 2, "before"), settings.seeds)
    population.compile(
        keras.optimizers.SGD(0.1), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    for start, end in itertools.pairwise((0, *settings.after)):
        population.fit(x, y, 64, end, initial_epoch=start, verbose=0)
        tests = {"": table.x_test, "brighter_": table.x_test + BRIGHTER}
        found = {}
        for name, images in tests.items():
            right = population.predict(images).argmax(axis=-1) == table.y_test
            found[f"{name}averages"] = right.mean(axis=1)
            for size in (2, 16, 64):
                found[f"{name}batches_of_{size}"] = by_own_statistics(population, images, table.y_test, size)
        yield from by_replica(product(seed=settings.seeds), {"part": "test", "after": end}, **found)


def by_own_statistics(population, x, y, size):
    """Test accuracy by the statistics of the test's own batches, (networks,)."""
    kept = population.get_weights()
    by_own = tf.function(lambda batch: population(batch, training=True))
    right = [
        by_own(x[i * size : (i + 1) * size]).numpy().argmax(axis=-1) == y[i * size : (i + 1) * size]
        for i in range(min(len(x) // size, 60))
    ]
    population.set_weights(kept)  # the averages have moved
    return np.concatenate(right, axis=1).mean(axis=1)
