"""Two networks whose gradients a fixed threshold is to judge: one that stands still, one that has learned."""

import keras
import numpy as np
from trainings import classifier

from dlkeras import data
from dlkeras.callbacks import GradientNorms
from dlkeras.population import Population  # a keras.Model: many networks that train as one
from dlkeras.runs import by_replica, product

THRESHOLD = 1e-6  # of a gradient's norm
PARTS = 20  # of a training, each with its median
STILL, ARRIVED = "five sigmoid layers", "a network that has learned"


def follow(kind, settings):
    """Trains from all seeds, and records the gradient's norm of the first layer and of the last."""
    is_still = kind == STILL
    name, hidden = ("digits", 5 * [(32, "sigmoid")]) if is_still else ("wine", [(16, "relu")])
    optimizer = keras.optimizers.SGD(0.1) if is_still else keras.optimizers.Adam(0.5)
    epochs = settings.epochs if is_still else settings.arrived
    x, y = data.load(name).whole_batches(32)
    population = Population(lambda seed: classifier(name, seed, hidden, optimizer), settings.seeds)
    population.compile(optimizer, "sparse_categorical_crossentropy", ["accuracy"])
    norms = GradientNorms()
    history = population.fit(x, y, 32, epochs, verbose=0, callbacks=[norms]).history
    parts = np.array_split(norms.norms, PARTS)  # each (steps, layers, networks)
    medians = np.stack([np.median(part, axis=0) for part in parts])
    measured = {"first": medians[:, 0], "last": medians[:, -1], "accuracy": history["accuracy"][-1]}
    yield from by_replica(product(seed=settings.seeds), {"part": "gradients", "kind": kind}, **measured)
