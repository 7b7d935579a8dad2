"""The check of a compiled Keras model."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from dlkeras.base.names import unique
from dlkeras.gradcheck.arguments import Settings, checked_batch, checked_gradients, checked_model
from dlkeras.gradcheck.check import at_point, run_check
from dlkeras.gradcheck.compiled import CompiledLoss
from dlkeras.gradcheck.dense import dense_loss
from dlkeras.gradcheck.precision import computing_in
from dlkeras.gradcheck.result import GradientCheck


def check_model(
    model: keras.Model,
    x: Any,
    y: Any = None,
    gradients: Any = None,
    *,
    training: bool = True,
    method: str = "full",
    epsilon: float = 1e-5,
    tolerance: float = 1e-6,
    num_directions: int = 4,
    seed: int = 0,
) -> GradientCheck:
    """Checks the gradient of a compiled model's loss on one batch against two-sided differences, in float64.

    The loss is `compute_loss`, with regularizers and what layers add: what `fit` minimizes unless a
    `train_step` of the model's own does otherwise, for which there is `check_gradients`. While the check
    runs, layers compute in float64, whatever their dtype policy. Every forward pass starts from the same
    state, so dropout draws the same masks each time, and batch normalization takes the moments of the batch
    and leaves its running averages alone. No variable is written, and settings are put back, also after an
    error.

    Args:
        model: A compiled and built model of any kind. Only trainable weights are checked.
        x: Inputs of one batch: an array, or a list or dict of them, as the model takes them.
        y: Targets of the batch, likewise; None for a model whose layers add all the loss there is.
        gradients: The gradient to check, an array for each of `model.trainable_variables`; None takes it by
            `tf.GradientTape`.
        training: Whether to check the loss as in training, with dropout and batch moments, or as in
            evaluation.
        method: `"full"` steps along every weight, two losses for each. `"directional"` steps along
            `num_directions` random directions in each tensor, for large models.
        epsilon: As for `check_gradients`.
        tolerance: As for `check_gradients`.
        num_directions: As for `check_gradients`.
        seed: As for `check_gradients`.

    Returns:
        The result; see `check_gradients`.

    Raises:
        TypeError: If `model` is not a Keras model, `x` or `y` is a data set, or a count not an integer.
        ValueError: If `model` is not compiled, not built or without trainable weights, if its loss is not
            finite, not twice the same, or passes through float32 in spite of all, if `gradients` do not fit,
            or if a setting is out of its range.

    Example:
        >>> layers = [keras.Input((3,)), keras.layers.Dense(4, "tanh"), keras.layers.Dense(1)]
        >>> model = keras.Sequential(layers)
        >>> model.compile("sgd", "mse")
        >>> check_model(model, np.ones((5, 3)), np.zeros((5, 1))).assert_passed()

    References:
        As for `check_gradients`.
    """
    settings = Settings(method, epsilon, tolerance, num_directions, seed).checked()
    variables = checked_model(model)
    x, y = checked_batch("x", x, "float64"), checked_batch("y", y, "float64")
    names = unique([variable.path.removeprefix(f"{model.name}/") for variable in variables])
    with computing_in(model, "float64"):
        loss = loss_of_model(model, x, y, training)
        given = None if gradients is None else checked_gradients(gradients, loss.values, names)
        at, gradients = at_point(loss, "model", given)
        if method == "full":
            loss = dense_loss(model, loss, at, x, y) or loss
        return run_check(loss, at, gradients, names, settings)


def loss_of_model(model: keras.Model, x: Any, y: Any, training: bool, dtype: str = "float64") -> CompiledLoss:
    """Makes a loss of a model and one batch of tensors, inside `computing_in` of the same dtype."""
    variables = model.trainable_variables

    def function(values):
        others = [(v, tf.cast(v.value, v.dtype)) for v in model.non_trainable_variables]
        mapping = [*zip(variables, values, strict=True), *others]
        with keras.StatelessScope(mapping, collect_losses=True):
            y_pred = model(x, training=training)
            return model._compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=None, training=training)

    return CompiledLoss(function, [v.numpy() for v in variables], "model", dtype, eager=model.run_eagerly)
