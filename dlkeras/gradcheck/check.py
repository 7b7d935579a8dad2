"""The checks of a function and of a compiled Keras model."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf

from dlkeras.base import keras_private
from dlkeras.base.names import unique
from dlkeras.gradcheck.arguments import (
    Settings,
    checked_batch,
    checked_gradients,
    checked_model,
    checked_values,
    names_of,
    stopped_in,
)
from dlkeras.gradcheck.dense import dense_loss
from dlkeras.gradcheck.differences import Beside, run_check
from dlkeras.gradcheck.losses import CompiledLoss, Loss
from dlkeras.gradcheck.pace import Paced
from dlkeras.gradcheck.precision import computing_in
from dlkeras.gradcheck.result import GradientCheck


def check_gradients(
    f: Callable[[Any], Any],
    variables: Any,
    gradients: Any = None,
    *,
    method: str = "full",
    epsilon: float = 1e-5,
    tolerance: float = 1e-6,
    num_directions: int = 4,
    seed: int = 0,
) -> GradientCheck:
    """Checks a gradient of a function against two-sided differences, in float64.

    Args:
        f: From values in the form of `variables` to a loss, one number of float64. Without `gradients` it
            gets tensors and is traced by `tf.function`, without AutoGraph; with them it gets arrays and is
            called as it is, so it may be NumPy.
        variables: Where to check: an array or variable, or a list or dict of them, also nested. They are read
            and never written.
        gradients: The gradient to check, in the form of `variables`; None takes it by `tf.GradientTape`.
        method: `"full"` steps along every entry, two losses for each. `"directional"` steps along
            `num_directions` random directions in each tensor, for large models.
        epsilon: Step of the differences, in (1e-9, 1). The default is near the best for values about 1: the
            error of a two-sided difference is least at the cube root of the rounding unit, 6e-6.
        tolerance: Relative difference ‖g − ĝ‖ / (‖g‖ + ‖ĝ‖) up to which a tensor passes, in (0, 1). Correct
            gradients come to 1e-8 and less.
        num_directions: Directions in each tensor, at least 1.
        seed: Seed of the directions, at least 0.

    Returns:
        The result; its text names tensor, entry and both values. A step over a kink is repeated with smaller
        steps. An entry right on a kink is judged a step aside in all weights, where tape and difference must
        agree; with `gradients`, which hold for one point alone, it is reported and not judged if its
        derivative is between the one-sided ones. A check that takes long says so on stderr. Where a
        difference is no larger than what the rounding of the loss makes of it, it passes.

    Raises:
        TypeError: If `f` is not a function or a count not an integer.
        ValueError: If `f` does not return one number of float64, finite and the same each time, if
            `variables` are empty, complex or not finite, if `gradients` do not fit them, or if a setting is
            out of range.

    Example:
        >>> W = np.array([[1.0, 2.0], [3.0, 4.0]])
        >>> check_gradients(lambda W: (W**2).sum(), W, gradients=2 * W).passed
        True
        >>> wrong = {"W": 2 * W * [[1, 1], [-1, 1]]}
        >>> print(check_gradients(lambda p: (p["W"] ** 2).sum(), {"W": W}, wrong).worst(1)[0])
        W[1, 0]: analytic -6, numerical 6

    References:
        Improving Deep Neural Networks, week 1, gradient checking. Nocedal and Wright, 2006, Numerical
        Optimization, section 8.1, for the step. Baydin et al., 2018, Automatic Differentiation in Machine
        Learning, section 2.1 and figure 3, for the two errors of a difference.
    """
    settings = Settings(method, epsilon, tolerance, num_directions, seed).checked()
    loss = loss_of_function(f, variables, compiled=gradients is None)
    names = names_of(variables)
    beside = Beside(loss, settings.seed) if gradients is None else None
    at, gradients = loss.at_point(checked_gradients(gradients, loss.values, names))
    return run_check(_paced(loss, settings), at, gradients, names, settings, beside)


def check_model(
    model: keras.Model,
    x: Any,
    y: Any = None,
    gradients: Any = None,
    *,
    sample_weight: Any = None,
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
        sample_weight: How much each sample counts in the loss, (n,), as in `fit`; None for equally much.
        training: Whether to check the loss as in training, with dropout and batch moments, or as in
            evaluation.
        method: `"full"` steps along every weight, two losses for each. `"directional"` steps along
            `num_directions` random directions in each tensor, for large models.
        epsilon: As for `check_gradients`.
        tolerance: As for `check_gradients`.
        num_directions: As for `check_gradients`.
        seed: As for `check_gradients`.

    Returns:
        The result; see `check_gradients`. The kernel of a `SpectralNormalization`, which takes its singular
        vectors for constants, is named "gradient stopped" in training, where it differs.

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
    with loss_of_model(model, x, y, training, sample_weight=sample_weight) as (loss, x, y):
        beside = Beside(loss, settings.seed) if gradients is None else None
        names = unique([v.path.removeprefix(f"{model.name}/") for v in model.trainable_variables])
        at, gradients = loss.at_point(checked_gradients(gradients, loss.values, names))
        fast = dense_loss(model, loss, at, x, y) if method == "full" and sample_weight is None else None
        found = run_check(_paced(fast or loss, settings), at, gradients, names, settings, beside)
    return found.with_stopped(stopped_in(model, names) if training else {})


def _paced(loss: Loss, settings: Settings) -> Loss | Paced:
    if settings.method != "full":
        return loss
    total = 2 * sum(value.size for value in loss.values)
    return Paced(loss, total, 'method="directional" takes a few losses for each tensor.')


def loss_of_function(
    f: Callable[[Any], Any], variables: Any, *, compiled: bool, dtype: str = "float64"
) -> Loss:
    """Makes a loss of a function and the structure that it takes."""
    if not callable(f):
        raise TypeError(f"`f` must be a function from values to a loss. Received: f={f!r}")

    def function(parts):
        return f(keras.tree.pack_sequence_as(variables, parts))

    return (CompiledLoss if compiled else Loss)(function, checked_values(variables), "f", dtype)


@contextlib.contextmanager
def loss_of_model(
    model: keras.Model,
    x: Any,
    y: Any,
    training: bool,
    dtype: str = "float64",
    sample_weight: Any = None,
) -> Iterator[tuple[CompiledLoss, Any, Any]]:
    """Yields a loss of a model and one batch, and the batch as tensors; meanwhile the model is of `dtype`."""
    variables = checked_model(model)
    x, y = checked_batch("x", x, dtype), checked_batch("y", y, dtype)
    weights = checked_batch("sample_weight", sample_weight, dtype)

    def function(values):
        others = [(v, tf.cast(v.value, v.dtype)) for v in model.non_trainable_variables]
        mapping = [*zip(variables, values, strict=True), *others]
        with keras.StatelessScope(mapping, collect_losses=True):
            y_pred = model(x, training=training)
            return keras_private.loss_of_batch(model, x, y, y_pred, weights, training)

    with computing_in(model, dtype):
        values = [v.numpy() for v in variables]
        yield CompiledLoss(function, values, "model", dtype, eager=model.run_eagerly), x, y
