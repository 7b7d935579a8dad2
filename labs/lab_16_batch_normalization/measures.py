"""A number for each seed, from the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import best_by_others


def stack_name(activation, depth):
    """Names a stack as figures do."""
    return f"{activation}, depth {depth}".replace("relu", "ReLU")


def by_rate(runs, stack, place):
    """Epochs to the target, infinite where it is not reached, (rates, seeds)."""
    return runs.stack("epochs", "rate", "seed", part="speed", stack=stack, place=place)


def quickest_rate(runs, stack, place):
    """The rate at which half of the seeds get to the target in the fewest epochs."""
    runs = runs.where(part="speed", stack=stack_name(*stack), place=place)
    return runs.values("rate")[np.median(runs.stack("epochs", "rate", "seed"), axis=1).argmin()]


def largest_rate(runs, stack, place):
    """The largest rate at which a seed gets to the target; NaN if there is none, (seeds,)."""
    rates = np.array(runs.values("rate", part="speed", stack=stack))[:, None]
    found = np.where(np.isfinite(by_rate(runs, stack, place)), rates, 0).max(axis=0)
    return np.where(found > 0, found, np.nan)


def small(runs, batch_size, place):
    """Test accuracy after training on few images, at the rate that other seeds choose, (seeds,)."""
    right = runs.stack("test_accuracy", "rate", "seed", part="small", batch_size=batch_size, place=place)
    return 1 - best_by_others(1 - right)[1]


def accuracy_by(runs, after, field):
    """Test accuracy by the averages or by batches, (seeds,)."""
    return runs.stack(field, "seed", part="test", after=after)


def followed(runs, field, place):
    """What was measured of a layer from step to step, (seeds,)."""
    return runs.stack(field, "seed", part="follow", place=place)
