"""A hyperparameter on the scale for betas: the distance from one spans decades."""

from __future__ import annotations

import keras
import keras_tuner
from keras_tuner.engine import hyperparameters as kinds

from dlkeras.base import scales
from dlkeras.tuning.keras_tuner_private import ask


class OneMinusLog(kinds.Float):
    """A number near one whose distance from one is log-uniform, such as the decay of a moving average.

    0.9 averages over about 10 values and 0.999 over about 1000, so equal shares go to 0.9 to 0.99 and to 0.99
    to 0.999, where a linear scale gives the second a tenth of the first. In a `build_model(hp)` it is asked
    for by `one_minus_log`.

    Args:
        name: Name of the hyperparameter.
        min_value: Least value.
        max_value: Greatest value, below 1.
        default: Value where none was chosen; None for `min_value`.
        **kwargs: `conditions`, as for any hyperparameter of keras-tuner.

    Raises:
        ValueError: If `max_value` is not below 1, or below `min_value`.

    Example:
        >>> round(OneMinusLog("beta_1", 0.9, 0.999).prob_to_value(0.5), 4)
        0.99
    """

    scale = "one_minus_log"  # of its axis

    def __init__(self, name, min_value, max_value, default=None, **kwargs):
        if not min_value <= max_value < 1:
            raise ValueError(
                "`min_value` must be at most `max_value`, and `max_value` below 1. "
                f"Received: min_value={min_value}, max_value={max_value}"
            )
        kwargs = {key: value for key, value in kwargs.items() if key not in ("step", "sampling")}
        super().__init__(name, min_value, max_value, default=default, **kwargs)

    def __repr__(self):
        return (
            f"OneMinusLog(name: '{self.name}', min_value: '{self.min_value}', "
            f"max_value: '{self.max_value}', default: '{self.default}')"
        )

    def prob_to_value(self, prob: float) -> float:
        """Gives the value at a cumulative probability in [0, 1]."""
        return scales.to_value(self.scale, self.min_value, self.max_value, prob)

    def value_to_prob(self, value: float) -> float:
        """Gives the cumulative probability of a value."""
        return scales.to_place(self.scale, self.min_value, self.max_value, value)

    def get_config(self):
        """Returns what makes the hyperparameter anew."""
        config = super().get_config()
        return {key: value for key, value in config.items() if key not in ("step", "sampling")}


# keras-tuner writes the bare name of the class into its files, where a package's registration has a prefix.
keras.saving.get_custom_objects()["OneMinusLog"] = OneMinusLog


def one_minus_log(
    hp: keras_tuner.HyperParameters,
    name: str,
    min_value: float,
    max_value: float,
    default: float | None = None,
    parent_name: str | None = None,
    parent_values: list | None = None,
) -> float:
    """Asks for a number near one whose distance from one is log-uniform, as `hp.Float` asks for others.

    Args:
        hp: What `build_model` was called with.
        name: Name of the hyperparameter.
        min_value: Least value.
        max_value: Greatest value, below 1.
        default: Value where none was chosen; None for `min_value`.
        parent_name: Another hyperparameter on which this one depends, as in `hp.Float`.
        parent_values: The values of it with which this one is active.

    Returns:
        The value of this trial; None where the condition is not met.

    Raises:
        ValueError: If `max_value` is not below 1, or below `min_value`.

    Example:
        >>> one_minus_log(keras_tuner.HyperParameters(), "beta_1", 0.9, 0.999)
        0.9

    References:
        Ng, "Using an appropriate scale to pick hyperparameters" (2017): r uniform, beta = 1 - 10^r.
    """

    def kind(full_name, conditions):
        return OneMinusLog(full_name, min_value, max_value, default, conditions=conditions)

    return ask(hp, kind, name, parent_name, parent_values)
