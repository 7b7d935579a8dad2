"""Batch normalization, written out."""

import keras
from keras import ops

from dlkeras.base.checks import is_number


@keras.saving.register_keras_serializable(package="dlkeras")
class BatchNorm(keras.layers.Layer):
    """Gives each unit a mean and a spread of its own choice, whatever the layers before do.

        μ = mean of z over the batch               (units,)
        σ² = mean of (z - μ)² over the batch        (units,)
        z_norm = (z - μ) / √(σ² + ε)
        z̃ = γ z_norm + β                           γ, β (units,): learned

    In a test there may be no batch, so μ and σ² are exponentially weighted averages from training:

        μ_average = momentum · μ_average + (1 - momentum) · μ

    As in Keras, the variance is divided by the batch size, not by one less, in training and in the average.

    Args:
        momentum: What an average keeps in a step, in [0, 1); 0.99 remembers some hundred steps.
        epsilon: Added to the variance, above 0; keeps a constant unit from a division by zero.

    Attributes:
        gamma: γ, starts at one.
        beta: β, starts at zero.
        moving_mean: Average of μ, starts at zero; not trained.
        moving_variance: Average of σ², starts at one; not trained.

    Call arguments:
        z: (..., units); all axes but the last are taken together.
        training: Whether to take the batch's own moments, and to average them; `fit` says so.

    Raises:
        TypeError: If `momentum` or `epsilon` is not a number.
        ValueError: If `momentum` is not in [0, 1), or `epsilon` not above 0.

    Example:
        >>> BatchNorm()(np.array([[1.0], [3.0]]), training=True).numpy().round(2).tolist()
        [[-1.0], [1.0]]

    References:
        Ioffe and Szegedy (2015), Batch Normalization, algorithms 1 and 2.
    """

    def __init__(self, momentum: float = 0.99, epsilon: float = 1e-3, **kwargs):
        super().__init__(**kwargs)
        for name, value in {"momentum": momentum, "epsilon": epsilon}.items():
            if not is_number(value):
                raise TypeError(f"`{name}` must be a number. Received: {name}={value!r}")
        if not 0 <= momentum < 1:
            raise ValueError(f"`momentum` must be at least 0 and below 1. Received: momentum={momentum}")
        if not epsilon > 0:
            raise ValueError(f"`epsilon` must be above 0. Received: epsilon={epsilon}")
        self.momentum = float(momentum)
        self.epsilon = float(epsilon)

    def build(self, input_shape):
        own = {"shape": (input_shape[-1],), "autocast": False}  # stay float32 in mixed precision
        self.gamma = self.add_weight(initializer="ones", name="gamma", **own)
        self.beta = self.add_weight(initializer="zeros", name="beta", **own)
        self.moving_mean = self.add_weight(initializer="zeros", name="moving_mean", trainable=False, **own)
        self.moving_variance = self.add_weight(
            initializer="ones", name="moving_variance", trainable=False, **own
        )

    def call(self, z, training=False):
        given = z.dtype
        z = ops.cast(z, self.variable_dtype)  # squares of float16 overflow from 256 on
        if training and self.trainable:
            batch = list(range(len(z.shape) - 1))
            mu = ops.mean(z, axis=batch)
            variance = ops.mean(ops.square(z - mu), axis=batch)
            self._average(self.moving_mean, mu)
            self._average(self.moving_variance, variance)
        else:
            mu, variance = self.moving_mean, self.moving_variance
        z_norm = (z - mu) / ops.sqrt(variance + self.epsilon)
        return ops.cast(self.gamma * z_norm + self.beta, given)

    def _average(self, average, moment):
        average.assign(self.momentum * average + (1 - self.momentum) * moment)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "momentum": self.momentum, "epsilon": self.epsilon}
