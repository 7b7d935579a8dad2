"""Gradient descent."""

from __future__ import annotations

import keras
import tensorflow as tf
from keras import ops

from dlkeras.optimizers import kernels
from dlkeras.optimizers.equation import EquationOptimizer, computing_dtype, dense


@keras.saving.register_keras_serializable(package="dlkeras")
class GradientDescent(EquationOptimizer):
    """Gradient descent, w = w - αg, as `keras.optimizers.SGD` without momentum.

    It is batch, mini-batch or stochastic gradient descent by the batch that it is given. Weights of float16
    and bfloat16 are updated in float32 and rounded once.

    Args:
        learning_rate: α, at least 0: a number, a `LearningRateSchedule` or a function without arguments. By
            default that of `keras.optimizers.SGD`.
        dense_gradients: Whether the gradient of an embedding is summed over equal tokens of a batch before it
            is clipped and squared, as the equations say. By default each is taken apart, as in Keras.
        **kwargs: The arguments of `keras.optimizers.Optimizer`: `weight_decay`, `clipnorm`, `clipvalue`,
            `global_clipnorm`, `use_ema`, `ema_momentum`, `ema_overwrite_frequency`, `loss_scale_factor`,
            `gradient_accumulation_steps`, `name`.

    Raises:
        TypeError: If `learning_rate` is none of these.
        ValueError: If it is negative or not finite, or an argument is unknown to Keras.

    Example:
        ```python
        w = keras.Variable([1.0, -2.0])
        optimizer = GradientDescent(learning_rate=0.5)
        optimizer.apply([w * 1.0], [w])  # the gradient of |w|²/2
        print(w.numpy())  # [ 0.5 -1. ]
        ```

    References:
        Cauchy 1847, "Méthode générale pour la résolution des systèmes d'équations simultanées".
        Robbins and Monro 1951, "A stochastic approximation method".
    """

    def __init__(self, learning_rate=0.01, *, dense_gradients=False, **kwargs):
        super().__init__(learning_rate, dense_gradients, **kwargs)

    def update_step(self, gradient, variable, learning_rate):
        """Moves one variable against its gradient."""
        alpha = ops.cast(learning_rate, computing_dtype(variable))
        if not kernels.serve(variable, alpha):
            self.subtract(variable, alpha * dense(gradient, variable))
        elif isinstance(gradient, tf.IndexedSlices):  # other rows stay untouched
            self.assign_sub(variable, tf.IndexedSlices(alpha * gradient.values, gradient.indices))
        else:
            kernels.apply_gradient_descent(variable, alpha, dense(gradient, variable))
