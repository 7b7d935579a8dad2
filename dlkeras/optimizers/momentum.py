"""Gradient descent with momentum."""

from __future__ import annotations

import keras
from keras import ops

from dlkeras.base.checks import checked_flag
from dlkeras.optimizers import kernels
from dlkeras.optimizers.equation import EquationOptimizer, checked_fraction, dense


@keras.saving.register_keras_serializable(package="dlkeras")
class Momentum(EquationOptimizer):
    """Gradient descent with momentum: along an exponentially weighted average of the gradients.

    By default the course's form, with v = 0 at first and no bias correction:

        v = βv + (1 - β)g
        w = w - αv

    With `averaged=False` that of `keras.optimizers.SGD(momentum=β)`, where the gradients are summed:

        v = βv - αg
        w = w + v

    At the same rate the second takes steps 1 / (1 - β) times as long, ten times for β = 0.9:
    `Momentum(α)` is `SGD(α * (1 - β), momentum=β)`, and `SGD(α, momentum=β)` is `Momentum(α / (1 - β))`, to
    rounding, where α is constant. Where α changes, the course's form multiplies the whole velocity by the new
    rate; in Keras' form the velocity carries the rates of the steps at which its gradients came.

    Weights of float16 and bfloat16 are updated in float32 and rounded once; their velocity is float32.

    Args:
        learning_rate: α, at least 0: a number, a `LearningRateSchedule` or a function without arguments. By
            default that of `keras.optimizers.SGD`.
        momentum: β, at least 0 and below 1; 0.9 averages about 1 / (1 - β) = 10 gradients.
        nesterov: Whether to move along βv + (1 - β)g instead of v (βv - αg in Keras' form): the average as
            it would be after the same gradient once more.
        averaged: True for the course's form, False for Keras'.
        dense_gradients: Whether the gradient of an embedding is summed over equal tokens of a batch before it
            is clipped and squared, as the equations say. By default each is taken apart, as in Keras.
        **kwargs: The arguments of `keras.optimizers.Optimizer`: `weight_decay`, `clipnorm`, `clipvalue`,
            `global_clipnorm`, `use_ema`, `ema_momentum`, `ema_overwrite_frequency`, `loss_scale_factor`,
            `gradient_accumulation_steps`, `name`.

    Raises:
        TypeError: If an argument is of another kind.
        ValueError: If it is out of range or unknown to Keras.

    Example:
        ```python
        w = keras.Variable([1.0, -2.0])
        optimizer = Momentum(learning_rate=0.5)
        optimizer.apply([w * 1.0], [w])  # v = 0.1 * g
        print(w.numpy())  # [ 0.95 -1.9 ]
        ```

    References:
        Polyak 1964, "Some methods of speeding up the convergence of iteration methods", equation 9: Keras'
        form. Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning",
        equations 1 to 4: Keras' form, Nesterov's too.
    """

    def __init__(
        self,
        learning_rate=0.01,
        momentum=0.9,
        nesterov=False,
        *,
        averaged=True,
        dense_gradients=False,
        **kwargs,
    ):
        super().__init__(learning_rate, dense_gradients, **kwargs)
        self.momentum = checked_fraction("momentum", momentum, usual=0.9)
        self.nesterov = checked_flag("nesterov", nesterov)
        self.averaged = checked_flag("averaged", averaged)

    def build(self, var_list):
        """Makes the velocity of each variable, zero."""
        if not self.built:
            super().build(var_list)
            (self._velocities,) = self.add_averages(var_list, ["momentum"])

    def update_step(self, gradient, variable, learning_rate):
        """Moves one variable along its velocity."""
        v = self._velocities[self.index_of(variable)]
        g = dense(gradient, variable)
        alpha = ops.cast(learning_rate, v.dtype)
        beta = self.momentum
        if kernels.serve(variable, alpha):
            kernels.apply_momentum(variable, v, alpha, beta, g, self.nesterov, self.averaged)
        elif self.averaged:
            self.assign(v, beta * v + (1 - beta) * g)
            self.subtract(variable, alpha * (beta * v + (1 - beta) * g if self.nesterov else v))
        else:
            self.assign(v, beta * v - alpha * g)
            self.subtract(variable, alpha * g - beta * v if self.nesterov else -v)

    def get_config(self):
        """Returns all arguments."""
        own = {"momentum": self.momentum, "nesterov": self.nesterov, "averaged": self.averaged}
        return {**super().get_config(), **own}
