"""Adam without the correction of its averages, as a learning rate."""

import keras


class Uncorrected(keras.optimizers.schedules.LearningRateSchedule):
    """Divides a learning rate by √(1 − β₂^t) / (1 − β₁^t), by which Keras' Adam multiplies its steps.

    Args:
        rate: The learning rate.
    """

    def __init__(self, rate):
        self.rate = rate

    def __call__(self, step):
        t = keras.ops.cast(step, "float32") + 1
        return self.rate * (1 - 0.9**t) / keras.ops.sqrt(1 - 0.999**t)
