"""Adam."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from dlkeras.base.checks import checked_choice, checked_flag, checked_number
from dlkeras.optimizers import kernels
from dlkeras.optimizers.equation import EquationOptimizer, checked_fraction, dense, square

_PLACES = ("before_correction", "after_correction")
# Smaller variables gain nothing from the kernel, which hands its work to threads whatever its amount.
_KERNEL_ELEMENTS = 2**15


@keras.saving.register_keras_serializable(package="dlkeras")
class Adam(EquationOptimizer):
    """Momentum and RMSprop together, both with bias correction: adaptive moment estimation.

    With m = v = 0 at first and t = 1, 2, ...:

        m = β₁m + (1 - β₁)g
        v = β₂v + (1 - β₂)g²
        m̂ = m / (1 - β₁ᵗ)
        v̂ = v / (1 - β₂ᵗ)
        w = w - αm̂ / (√v̂ + ε)                              `epsilon_placement="after_correction"`
        w = w - α √(1 - β₂ᵗ) / (1 - β₁ᵗ) m / (√v + ε)       `epsilon_placement="before_correction"`

    The first is the course's and algorithm 1 of the paper. The second is that of `keras.optimizers.Adam` and
    of the paper's section 2, where ε is called epsilon hat: it is added to √v, which is too small by the
    factor √(1 - β₂ᵗ). So ε before the correction acts like ε / √(1 - β₂ᵗ) after it: 32 times as much at
    t = 1 with β₂ = 0.999, the same when t is some thousands. For one step the conversion is exact; for all
    steps there is none, but where |g| is far above ε both are the same.

    Large variables are updated by TensorFlow's fused kernel, which reads and writes each number once; small
    ones by the same arithmetic in single operations. The betas are rounded to the precision of the update
    first, and the bias correction, in float64, is that of the rounded ones. Weights of float16 and bfloat16
    are updated in float32 and rounded once; their averages are float32.

    Args:
        learning_rate: α, at least 0: a number, a `LearningRateSchedule` or a function without arguments. The
            paper's by default, as in Keras.
        beta_1: β₁ of the average of gradients, at least 0 and below 1.
        beta_2: β₂ of the average of squares, at least 0 and below 1.
        epsilon: ε, at least 0; against division by zero. By default Keras'; the course and the paper have
            1e-8.
        amsgrad: Whether to divide by the root of the largest v so far.
        epsilon_placement: `"before_correction"`, as Keras has it, or `"after_correction"`, as the course.
        dense_gradients: Whether the gradient of an embedding is summed over equal tokens of a batch before it
            is clipped and squared, as the equations say. By default each is taken apart, as in Keras.
        **kwargs: The arguments of `keras.optimizers.Optimizer`: `weight_decay` (decoupled, as in AdamW),
            `clipnorm`, `clipvalue`, `global_clipnorm`, `use_ema`, `ema_momentum`, `ema_overwrite_frequency`,
            `loss_scale_factor`, `gradient_accumulation_steps`, `name`.

    Raises:
        TypeError: If an argument is of another kind.
        ValueError: If it is out of range or unknown to Keras.

    Example:
        ```python
        w = keras.Variable([1.0, -2.0])
        optimizer = Adam(learning_rate=0.1, epsilon=1e-8, epsilon_placement="after_correction")
        optimizer.apply([w * 1.0], [w])  # both move by 0.1, whatever their gradients
        print(w.numpy())  # [ 0.9 -1.9]
        ```

    References:
        Kingma and Ba 2015, "Adam: a method for stochastic optimization", algorithm 1, and the last paragraph
        of section 2. Reddi et al. 2018, "On the convergence of Adam and beyond", algorithm 2, with v as it
        is before the correction, as in Keras.
    """

    def __init__(
        self,
        learning_rate=0.001,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        amsgrad=False,
        *,
        epsilon_placement="before_correction",
        dense_gradients=False,
        **kwargs,
    ):
        super().__init__(learning_rate, dense_gradients, **kwargs)
        self.beta_1 = checked_fraction("beta_1", beta_1, usual=0.9)
        self.beta_2 = checked_fraction("beta_2", beta_2, usual=0.999)
        self.epsilon = checked_number("epsilon", epsilon)
        self.amsgrad = checked_flag("amsgrad", amsgrad)
        self.epsilon_placement = checked_choice("epsilon_placement", epsilon_placement, _PLACES)

    def build(self, var_list):
        """Makes the averages of each variable, zero."""
        if not self.built:
            super().build(var_list)
            self._momentums, self._velocities = self.add_averages(var_list, ["momentum", "velocity"])
            if self.amsgrad:
                (self._velocity_hats,) = self.add_averages(var_list, ["velocity_hat"])

    def update_step(self, gradient, variable, learning_rate):
        """Moves one variable."""
        index = self.index_of(variable)
        m, v = self._momentums[index], self._velocities[index]
        g = dense(gradient, variable)
        beta_1, beta_2 = (np.dtype(m.dtype).type(beta) for beta in (self.beta_1, self.beta_2))
        alpha, epsilon = self._corrected(learning_rate, beta_1, beta_2)
        sparse = isinstance(gradient, tf.IndexedSlices)
        if not sparse and self._kernel_serves(variable, alpha):
            kernels.apply_adam(variable, m, v, alpha, beta_1, beta_2, epsilon, g)
            return
        self.assign_add(m, (g - m) * (1 - beta_1))  # m = β₁m + (1 - β₁)g
        self.assign_add(v, (square(gradient, variable) - v) * (1 - beta_2))
        if self.amsgrad:
            largest = self._velocity_hats[index]
            self.assign(largest, ops.maximum(largest, v))
            v = largest
        self.subtract(variable, alpha * m / (ops.sqrt(v) + epsilon))

    def _corrected(self, learning_rate, beta_1, beta_2) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns α √(1 - β₂ᵗ) / (1 - β₁ᵗ), and the ε to add to √v."""
        t = self.step_number()
        dtype = beta_1.dtype.name
        root = ops.sqrt(1 - float(beta_2) ** t)
        alpha = ops.cast(learning_rate, "float64") * root / (1 - float(beta_1) ** t)
        if self.epsilon_placement == "before_correction":
            return ops.cast(alpha, dtype), tf.constant(self.epsilon, dtype)
        # α m̂ / (√v̂ + ε) with numerator and denominator multiplied by √(1 - β₂ᵗ).
        return ops.cast(alpha, dtype), ops.cast(self.epsilon * root, dtype)

    def _kernel_serves(self, variable, alpha: tf.Tensor) -> bool:
        large = variable.shape.num_elements() >= _KERNEL_ELEMENTS
        return large and not self.amsgrad and kernels.serve(variable, alpha)

    def get_config(self):
        """Returns all arguments."""
        names = ("beta_1", "beta_2", "epsilon", "amsgrad", "epsilon_placement")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
