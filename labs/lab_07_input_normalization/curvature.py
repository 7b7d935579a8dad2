"""Steps to a target, and what theory makes them depend on."""

import keras
import numpy as np

from dlkeras.findings import best_by_others  # the rate that other seeds choose


class UntilTarget(keras.callbacks.Callback):
    """Notes the step at which each network gets to the target; ends when all have at the best rate.

    Args:
        target: Cost to get below.
        seeds: Seeds of each rate; networks are in the order of rates, then seeds.
        num_networks: All of them.
    """

    def __init__(self, target, seeds, num_networks):
        super().__init__()
        self.target, self.seeds = target, seeds
        self.done, self.reached = 0, np.full(num_networks, np.inf)

    def on_epoch_end(self, epoch, logs=None):
        """Takes the cost, which is the mean over the epoch's steps, before each step."""
        self.done += self.params["steps"]
        now = (logs["loss"] < self.target) & np.isinf(self.reached)
        self.reached[now] = max(self.done - 1, 1)
        _, steps = best_by_others(self.reached.reshape(-1, len(self.seeds)))
        self.model.stop_training = np.isfinite(steps).all()


def condition_number(x):
    """The largest curvature of the cost over the smallest, where all classes are as likely.

    There the Hessian is that of the columns (and a column of ones, for the bias) times one of the classes,
    whose curvatures are all equal. Directions without curvature (of constant columns) do not count.

    Args:
        x: Inputs, (samples, columns).
    """
    curvatures = np.linalg.svd(np.c_[np.float64(x), np.ones(len(x))], compute_uv=False) ** 2
    return curvatures[0] / curvatures[curvatures > 1e-14 * curvatures[0]][-1]
