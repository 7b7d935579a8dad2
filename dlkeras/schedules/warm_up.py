"""A warm-up before any schedule."""

from __future__ import annotations

import keras
from keras import ops

from dlkeras.schedules import arguments


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
            learning_rate = arguments.checked_rate("learning_rate", learning_rate)
        self.learning_rate = learning_rate
        self.warmup_steps = arguments.checked_count("warmup_steps", warmup_steps, least=0)
        self.initial_learning_rate = arguments.checked_rate(
            "initial_learning_rate", initial_learning_rate, zero=True
        )

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
