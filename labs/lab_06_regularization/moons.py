"""Two moons, of which few samples are learned: where a network draws the border, by strength of L2."""

import keras
import numpy as np

from dlkeras import data
from dlkeras.population import Population
from dlkeras.runs import by_replica, product

GRID = np.linspace(-2.6, 2.6, 79)  # in standard deviations; both inputs
SAMPLES = 60


def train_on_moons(build, penalty, settings):
    """Learns some samples of two moons; asks for the classes of points on a grid, and of new samples."""
    moons = data.load("moons")
    own = {"shape": (2,), "num_classes": 2, "penalty": penalty}
    population = Population(lambda seed: build(seed, **own), settings.seeds)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    population.compile(keras.optimizers.Adam(0.01), loss)
    x, y = moons.x_train[:SAMPLES], moons.y_train[:SAMPLES]
    population.fit(x, y, SAMPLES, 10 * settings.epochs, verbose=0)
    plane = np.stack(np.meshgrid(GRID, GRID), axis=-1).reshape(-1, 2).astype("float32")
    classes, seen, new = (
        population.predict(points, len(points)).argmax(axis=-1) for points in (plane, x, moons.x_test)
    )
    wrong = {"train_error": (seen != y).mean(axis=1), "test_error": (new != moons.y_test).mean(axis=1)}
    about = {"part": "moons", "penalty": penalty}
    yield from by_replica(product(seed=settings.seeds), about, classes=classes.T, **wrong)
