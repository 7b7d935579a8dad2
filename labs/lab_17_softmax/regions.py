"""Which class a network gives to each point of a plane, and a map of it."""

from collections.abc import Mapping

import keras
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from dlkeras import data
from dlkeras.plots import style
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


@style.look()
def region_maps(panels: Mapping[str, ArrayLike], points: ArrayLike, labels: ArrayLike) -> Figure:
    """Draws which class each point of the plane gets, with the samples on it.

    Args:
        panels: Title -> classes (rows, columns) on the grid.
        points: Samples, (n, 2).
        labels: Their classes, (n,), at most three.

    Returns:
        The figure, 9 inches wide.
    """
    colors = style.CATEGORY_COLORS[:3]
    figure, axes = style.grid(len(panels))
    figure.set_figheight(4.6)
    for ax, (title, classes) in zip(axes, panels.items(), strict=True):
        ax.imshow(
            classes,
            extent=(GRID[0], GRID[-1], GRID[0], GRID[-1]),
            origin="lower",
            cmap=ListedColormap(colors),
            vmin=0,
            vmax=2,
            alpha=0.35,
            interpolation="nearest",
        )
        for kind, (color, marker) in enumerate(zip(colors, "osD", strict=True)):
            own = points[labels == kind]
            ax.scatter(own[:, 0], own[:, 1], 14, color, marker, edgecolor="white", linewidth=0.4)
        ax.set(title=title, xlabel="first input (standard deviations)", aspect="equal")
        ax.grid(False)
    axes[0].set_ylabel("second input")
    return figure
