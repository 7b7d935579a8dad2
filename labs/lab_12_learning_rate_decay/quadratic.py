"""A noisy quadratic: linear regression by mini-batches, its inputs turned so that all curvatures are 2."""

import numpy as np
from ways import schedules_from

from dlkeras import data

RUNS = {f"{rate:g}": ("constant", rate) for rate in (0.1, 0.03, 0.01)}  # name -> way and α₀
RUNS |= {way: (way, 0.1) for way in ("inverse time", "0.95^epoch", "k / √epoch")}


def descend(seeds, epochs, batch_size):
    """Takes the steps with NumPy; yields the height above the least error after each epoch, and the floor."""
    table = data.load("diabetes")
    inputs, y = np.column_stack([table.x_train, np.ones(len(table.x_train))]), table.y_train
    x = np.linalg.svd(inputs, full_matrices=False)[0] * len(y) ** 0.5  # (n, 11), the mean of x xᵀ is 1
    best, rng = x.T @ y / len(y), np.random.default_rng(0)
    noise = 4 * np.mean((x @ best - y) ** 2 * np.sum(x**2, axis=1))  # mean square of a sample's gradient
    own = [schedules_from(rate, epochs, 1)[way] for way, rate in RUNS.values()]
    rates = np.array([[float(schedule(epoch)) for epoch in range(epochs)] for schedule in own])
    w, heights = np.zeros((len(RUNS), seeds.stop, len(best))), []
    for rate in rates.T[..., None, None]:  # (runs, 1, 1)
        for _ in range(len(y) // batch_size):
            rows = rng.integers(len(y), size=(seeds.stop, batch_size))  # the same for all runs
            errors = np.einsum("sbi,wsi->wsb", x[rows], w) - y[rows]
            w = w - rate * 2 / batch_size * np.einsum("sbi,wsb->wsi", x[rows], errors)
        heights.append(np.sum((w - best) ** 2, axis=2))  # (runs, seeds)
    floors = rates * noise / (4 * batch_size)  # where w comes to rest, if the rate is small
    for way, floor, by_seed in zip(RUNS, floors, np.moveaxis(heights, 0, 2), strict=True):
        for seed in seeds:
            about = {"setting": "quadratic", "way": way, "seed": seed, "end": float(by_seed[seed, -1])}
            yield {**about, "height": by_seed[seed], "floor": floor}
