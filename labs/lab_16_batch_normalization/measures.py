"""A number for each seed, from the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import best_by_others


def by_rate(runs, stack, place):
    """Epochs to the target, infinite where it is not reached, (rates, seeds)."""
    return runs.stack("epochs", "rate", "seed", part="speed", stack=stack, place=place)


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
