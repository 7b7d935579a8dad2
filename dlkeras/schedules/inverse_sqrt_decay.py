"""The rate k / √t."""

from __future__ import annotations

import keras
from keras import ops

from dlkeras.schedules import arguments


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
        self.k = arguments.checked_rate("k", k)

    def __call__(self, step):
        """Returns the rate of a step, counted from 0."""
        floatx = keras.config.floatx()
        return ops.convert_to_tensor(self.k, floatx) / ops.sqrt(ops.cast(ops.cast(step, "int64") + 1, floatx))

    def get_config(self):
        """Returns all arguments."""
        return {"k": self.k}
