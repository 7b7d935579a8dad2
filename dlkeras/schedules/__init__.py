"""The course's ways to lower a learning rate, and today's, as Keras schedules.

| way | rate in epoch e = 0, 1, ... | here | by step |
| --- | --- | --- | --- |
| inverse time | α₀ / (1 + decay_rate · e) | `inverse_time_decay` | Keras' `InverseTimeDecay` |
| exponential | α₀ · decay_rate^e | `exponential_decay` | Keras' `ExponentialDecay` |
| k / sqrt(epoch) | k / √(e + 1) | `inverse_sqrt_decay` | `InverseSqrtDecay` |
| staircase | α₀ · decay_rate^floor(e / every_epochs) | `exponential_decay` | |
| manual | from a table | `manual_decay` | Keras' `PiecewiseConstantDecay` |
| cosine | α₀ · (1 + cos(π · e / decay_epochs)) / 2 | `cosine_decay` | Keras' `CosineDecay` |
| warm-up, then any | rising in a straight line | | `WarmUp` |

Keras counts steps and the course epochs. The functions take epochs and return Keras' own schedules, asked
by `ByEpoch`, which divides whole numbers: Keras' `staircase=True` divides in floating point, and compiled
by XLA it changes one step too late for some lengths of an epoch, 41 and 55 steps among them.
"""

from dlkeras.schedules.by_step import ByEpoch, InverseSqrtDecay, WarmUp
from dlkeras.schedules.by_the_course import (
    cosine_decay,
    exponential_decay,
    inverse_sqrt_decay,
    inverse_time_decay,
    manual_decay,
)

__all__ = [
    "ByEpoch",
    "InverseSqrtDecay",
    "WarmUp",
    "cosine_decay",
    "exponential_decay",
    "inverse_sqrt_decay",
    "inverse_time_decay",
    "manual_decay",
]
