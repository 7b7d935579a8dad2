"""RMSprop."""

from __future__ import annotations

import keras
from keras import ops

from dlkeras.base.checks import checked_choice, checked_flag, checked_number
from dlkeras.optimizers.equation import EquationOptimizer, checked_fraction, dense, square

_PLACES = ("inside_root", "outside_root")


@keras.saving.register_keras_serializable(package="dlkeras")
class RMSprop(EquationOptimizer):
    """Gradient descent with each gradient divided by the root of its weighted mean square.

    With s = 0 at first and no bias correction:

        s = ρs + (1 - ρ)g²
        w = w - αg / √(s + ε)      `epsilon_placement="inside_root"`, as `keras.optimizers.RMSprop`
        w = w - αg / (√s + ε)      `epsilon_placement="outside_root"`, the course's

    The course writes β₂ for ρ. Inside the root, ε counts where g² is as small as ε, outside where |g| is: for
    gradients far below, an ε outside acts like ε² inside, so Keras' 1e-7 is like 3e-4 of the course.

    Weights of float16 and bfloat16 are updated in float32 and rounded once; their averages are float32.

    Args:
        learning_rate: α, at least 0: a number, a `LearningRateSchedule` or a function without arguments. By
            default Keras'.
        rho: ρ, at least 0 and below 1.
        momentum: β, at least 0 and below 1: the steps d = αg / √(s + ε) are summed as v = βv + d, w = w - v.
            0, the default, for w = w - d.
        epsilon: ε, at least 0; against division by zero. The course has 1e-8.
        centered: Whether to divide by the standard deviation: the square of the gradient's own average, with
            the same ρ, is subtracted from s (where rounding makes that negative, ε inside the root guards;
            outside the root it is taken as 0). With embeddings, set `dense_gradients`: squares apart may be
            below the square of the mean, which gives NaN, in Keras too.
        epsilon_placement: `"inside_root"`, as Keras has it, or `"outside_root"`, as the course.
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
        optimizer = RMSprop(learning_rate=0.1)
        optimizer.apply([w * 1.0], [w])  # both move by 0.1 / √(1 - ρ)
        print(w.numpy())  # [ 0.6837724 -1.6837723]
        ```

    References:
        Hinton 2012, "Neural networks for machine learning", lecture 6e, slide 29. Graves 2013, "Generating
        sequences with recurrent neural networks", equations 38 to 41: centered, with momentum, ε inside.
    """

    def __init__(
        self,
        learning_rate=0.001,
        rho=0.9,
        momentum=0.0,
        epsilon=1e-7,
        centered=False,
        *,
        epsilon_placement="inside_root",
        dense_gradients=False,
        **kwargs,
    ):
        super().__init__(learning_rate, dense_gradients, **kwargs)
        self.rho = checked_fraction("rho", rho, usual=0.9)
        self.momentum = checked_fraction("momentum", momentum, usual=0.9)
        self.epsilon = checked_number("epsilon", epsilon)
        self.centered = checked_flag("centered", centered)
        self.epsilon_placement = checked_choice("epsilon_placement", epsilon_placement, _PLACES)

    def build(self, var_list):
        """Makes the averages of each variable, zero."""
        if not self.built:
            super().build(var_list)
            (self._mean_squares,) = self.add_averages(var_list, ["velocity"])
            if self.momentum:
                (self._velocities,) = self.add_averages(var_list, ["momentum"])
            if self.centered:
                (self._means,) = self.add_averages(var_list, ["average_gradient"])

    def update_step(self, gradient, variable, learning_rate):
        """Moves one variable."""
        index = self.index_of(variable)
        s = self._mean_squares[index]
        g = dense(gradient, variable)
        alpha = ops.cast(learning_rate, s.dtype)
        rho = self.rho
        self.assign(s, rho * s + (1 - rho) * square(gradient, variable))
        if self.centered:
            mean = self._means[index]
            self.assign(mean, rho * mean + (1 - rho) * g)
            step = alpha * g / self._root(s - ops.square(mean))
        else:
            step = alpha * g / self._root(s)
        if self.momentum:
            v = self._velocities[index]
            self.assign(v, self.momentum * v + step)
            step = v
        self.subtract(variable, ops.convert_to_tensor(step))

    def _root(self, s):
        if self.epsilon_placement == "inside_root":
            return ops.sqrt(s + self.epsilon)
        return ops.sqrt(ops.maximum(s, 0) if self.centered else s) + self.epsilon

    def get_config(self):
        """Returns all arguments."""
        names = ("rho", "momentum", "epsilon", "centered", "epsilon_placement")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
