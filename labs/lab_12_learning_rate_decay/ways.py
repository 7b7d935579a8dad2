"""The ways to lower a learning rate, each as a schedule of Keras."""

import keras
import numpy as np
from keras import ops

from dlkeras import schedules


def schedules_from(rate, epochs, steps):
    """Makes the schedules that start from a rate, by the names of the ways; steps are those in an epoch."""
    half, three_quarters, warm_up = -(-epochs // 2), -(-3 * epochs // 4), -(-epochs // 10)
    by_hand = {0: rate, half: rate / 10, three_quarters: rate / 100}  # from these epochs on
    return {
        "constant": schedules.manual_decay({0: rate}, steps),
        "inverse time": schedules.inverse_time_decay(rate, 1.0, steps),
        "0.95^epoch": schedules.exponential_decay(rate, 0.95, steps),
        "k / √epoch": schedules.inverse_sqrt_decay(rate, steps),
        "staircase": schedules.exponential_decay(rate, 0.5, steps, every_epochs=-(-epochs // 5)),
        "manual": schedules.manual_decay(by_hand, steps),
        "cosine": schedules.cosine_decay(rate, epochs, steps),
        "warm-up, cosine": schedules.cosine_decay(rate, max(1, epochs - warm_up), steps, warm_up),
    }


WAYS = list(schedules_from(1.0, 20, 1))


class OwnRates(keras.optimizers.schedules.LearningRateSchedule):
    """Gives every network of a `Population` a rate of its own: its α₀, times how far its way has lowered it.

    Args:
        cases: The way and the rate α₀ of each network.
        epochs: Of the training.
        steps: In an epoch.
    """

    def __init__(self, cases, epochs, steps):
        self.ways = schedules_from(1.0, epochs, steps)
        self.own = [case["way"] for case in cases]
        self.rates = np.float32([case["rate"] for case in cases])

    def __call__(self, step):
        lowered = {way: ops.cast(schedule(step), "float32") for way, schedule in self.ways.items()}
        return self.rates * ops.stack([lowered[way] for way in self.own])  # (networks,)
