"""Which class a network gives to each point of a plane, and whether its regions are convex."""

import keras
import numpy as np

from dlkeras import data
from dlkeras.population import Population
from dlkeras.runs import by_replica

GRID = np.linspace(-2.3, 2.3, 93)  # in standard deviations; both inputs
PAIRS, STEPS = 500, 21  # segments, and points on each


def train_on_spirals(build, hidden, settings):
    """Trains on three spirals, and asks for the classes of points on a grid and along segments."""
    spirals = data.load("spirals")
    population = Population(lambda seed: build(seed, hidden=hidden, like=spirals), settings.seeds)
    population.compile(
        keras.optimizers.Adam(0.01),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        ["accuracy"],
    )
    fitted = population.fit(spirals.x_train, spirals.y_train, 32, settings.epochs, verbose=0)
    plane = np.stack(np.meshgrid(GRID, GRID), axis=-1).reshape(-1, 2)
    points = np.concatenate([plane, on_segments().reshape(-1, 2)]).astype("float32")
    classes = population.predict(points, len(points)).argmax(axis=-1)  # (networks, points)
    own, along = classes[:, : len(plane)], classes[:, len(plane) :].reshape(-1, PAIRS, STEPS)
    yield from by_replica(
        [{"seed": seed} for seed in settings.seeds],
        {"part": "regions", "hidden": hidden},
        accuracy=fitted.history["accuracy"][-1],
        classes=own.T,
        crossed=np.array([crossings(found) for found in along]),
    )


def on_segments():
    """Draws segments in the grid's square, with points on each, (pairs, steps, 2)."""
    starts, ends = np.random.default_rng(0).uniform(GRID[0], GRID[-1], (2, PAIRS, 1, 2))
    t = np.linspace(0, 1, STEPS)[:, None]
    return (1 - t) * starts + t * ends


def crossings(classes):
    """The share of segments with ends of one class that leave it on the way.

    A class between straight borders has a convex region, which no such segment leaves.

    Args:
        classes: Along the segments, (pairs, steps).
    """
    alike = classes[:, 0] == classes[:, -1]
    leaves = (classes != classes[:, :1]).any(axis=1)
    return leaves[alike].mean()
