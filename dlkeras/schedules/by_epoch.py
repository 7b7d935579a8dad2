"""A schedule by epoch."""

from __future__ import annotations

import keras
from keras import ops

from dlkeras.schedules import arguments


@keras.saving.register_keras_serializable(package="dlkeras")
class ByEpoch(keras.optimizers.schedules.LearningRateSchedule):
    """Another schedule whose steps are taken as epochs, or groups of epochs, in which the rate stays.

    Args:
        schedule: What gives the rate of step 0, 1, ...; these steps become epochs, or groups of epochs.
        steps_per_epoch: Batches in an epoch, at least 1: ceil(samples / batch size).
        every_epochs: Epochs in a group, at least 1.

    Raises:
        TypeError: If `schedule` is no schedule or a number no integer.
        ValueError: If a number is below 1.

    Example:
        ```python
        keras_own = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=1, decay_rate=0.5)
        halved = ByEpoch(keras_own, steps_per_epoch=41, every_epochs=10)
        print(float(halved(409)), float(halved(410)))  # 0.1 in epoch 9, 0.05 in epoch 10, in float32
        ```
    """

    def __init__(
        self,
        schedule: keras.optimizers.schedules.LearningRateSchedule,
        steps_per_epoch: int,
        every_epochs: int = 1,
    ):
        arguments.check_schedule(schedule)
        self.schedule = schedule
        self.steps_per_epoch = arguments.checked_count("steps_per_epoch", steps_per_epoch, least=1)
        self.every_epochs = arguments.checked_count("every_epochs", every_epochs, least=1)

    def __call__(self, step):
        """Returns the rate of a step, counted from 0."""
        return self.schedule(ops.cast(step, "int64") // (self.steps_per_epoch * self.every_epochs))

    def get_config(self):
        """Returns all arguments."""
        counts = {"steps_per_epoch": self.steps_per_epoch, "every_epochs": self.every_epochs}
        return {"schedule": keras.saving.serialize_keras_object(self.schedule), **counts}

    @classmethod
    def from_config(cls, config):
        """Makes the schedule from `get_config()`."""
        return cls(**{**config, "schedule": keras.saving.deserialize_keras_object(config["schedule"])})
