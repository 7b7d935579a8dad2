"""Schedules that give a rate by step: a warm-up, an inverse square root, and any other one by epoch."""

from __future__ import annotations

import keras
from keras import ops

from dlkeras.base.checks import checked_integer, checked_number


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
        if not isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
            raise TypeError(f"`schedule` must be a `LearningRateSchedule`. Received: schedule={schedule!r}")
        self.schedule = schedule
        self.steps_per_epoch = checked_integer("steps_per_epoch", steps_per_epoch)
        self.every_epochs = checked_integer("every_epochs", every_epochs)

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


@keras.saving.register_keras_serializable(package="dlkeras")
class InverseSqrtDecay(keras.optimizers.schedules.LearningRateSchedule):
    """The rate k / √t at step t = 1, 2, ...; in Keras' counting, k / √(step + 1).

    Args:
        k: Rate of the first step, above 0.

    Raises:
        TypeError: If `k` is no number.
        ValueError: If `k` is not above 0, or infinite.

    Example:
        ```python
        print(float(InverseSqrtDecay(0.5)(3)))  # 0.5 / √4 = 0.25
        ```

    References:
        Robbins and Monro 1951, "A stochastic approximation method", whose condition that the squares of the
        rates have a finite sum it just misses. Zinkevich 2003, "Online convex programming and generalized
        infinitesimal gradient ascent", theorem 1, with k = 1.
    """

    def __init__(self, k: float):
        self.k = checked_number("k", k, above=0)

    def __call__(self, step):
        """Returns the rate of a step, counted from 0."""
        floatx = keras.config.floatx()
        return ops.convert_to_tensor(self.k, floatx) / ops.sqrt(ops.cast(ops.cast(step, "int64") + 1, floatx))

    def get_config(self):
        """Returns all arguments."""
        return {"k": self.k}


@keras.saving.register_keras_serializable(package="dlkeras")
class WarmUp(keras.optimizers.schedules.LearningRateSchedule):
    """A rate that rises in a straight line at first, and then is constant or follows another schedule.

    Args:
        learning_rate: The rate to reach, above 0, or the schedule to follow, whose step 0 is the first one
            after the warm-up; the line ends at its rate there.
        warmup_steps: Steps of the warm-up, at least 0.
        initial_learning_rate: Rate of the very first step, at least 0.

    Raises:
        TypeError: If an argument is of another kind.
        ValueError: If a number is out of range.

    Example:
        ```python
        rate = WarmUp(exponential_decay(0.1, 0.95, steps_per_epoch=45), warmup_steps=100)
        print(float(rate(50)), float(rate(100)))  # 0.05, 0.1 in float32
        ```

    References:
        Goyal et al. 2017, "Accurate, large minibatch SGD: training ImageNet in 1 hour", section 2.2, gradual
        warm-up.
    """

    def __init__(
        self,
        learning_rate: float | keras.optimizers.schedules.LearningRateSchedule,
        warmup_steps: int,
        initial_learning_rate: float = 0.0,
    ):
        if not isinstance(learning_rate, keras.optimizers.schedules.LearningRateSchedule):
            learning_rate = checked_number("learning_rate", learning_rate, above=0)
        self.learning_rate = learning_rate
        self.warmup_steps = checked_integer("warmup_steps", warmup_steps, least=0)
        self.initial_learning_rate = checked_number("initial_learning_rate", initial_learning_rate)

    def __call__(self, step):
        """Returns the rate of a step, counted from 0."""
        floatx = keras.config.floatx()
        step = ops.cast(step, "int64")
        first = ops.convert_to_tensor(self.initial_learning_rate, floatx)
        share = ops.cast(step, floatx) / max(self.warmup_steps, 1)
        rising = first + share * (self._after(ops.zeros_like(step)) - first)
        return ops.where(
            step < self.warmup_steps, rising, self._after(ops.maximum(step - self.warmup_steps, 0))
        )

    def _after(self, step):
        if isinstance(self.learning_rate, float):
            return ops.convert_to_tensor(self.learning_rate, keras.config.floatx())
        return ops.cast(self.learning_rate(step), keras.config.floatx())

    def get_config(self):
        """Returns all arguments."""
        own = {"warmup_steps": self.warmup_steps, "initial_learning_rate": self.initial_learning_rate}
        return {"learning_rate": keras.saving.serialize_keras_object(self.learning_rate), **own}

    @classmethod
    def from_config(cls, config):
        """Makes the schedule from `get_config()`."""
        after = keras.saving.deserialize_keras_object(config["learning_rate"])
        return cls(**{**config, "learning_rate": after})
