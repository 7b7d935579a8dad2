"""What is known of the loss: what ignorance costs, and experiments on a loss of the user's own."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from dlkeras.base import keras_private

FEW = 16  # samples of an experiment


def losses_of(model: keras.Model, targets: list, predictions: list) -> list[keras.losses.Loss | None]:
    """Makes the loss of each output as `compile` would; None for an output without."""
    given = model.loss
    if isinstance(given, dict):
        given = [given.get(name) for name in model.output_names]
    elif not isinstance(given, list | tuple):
        given = [given] * len(predictions)
    pairs = zip(given, targets, predictions, strict=True)
    return [None if each is None else keras_private.loss_of(each, y, p) for each, y, p in pairs]


def name_of(loss: keras.losses.Loss) -> tuple[str, bool, bool]:
    """Returns the name of a loss, whether it is a user's own, and whether it takes logits."""
    function = getattr(loss, "fn", None)
    kind = type(loss) if function is None else function
    is_own = not (kind.__module__ or "").startswith("keras.")
    options = keras_private.options_of_loss(loss)
    name = getattr(kind, "__name__", loss.name)
    return (name if function is not None else loss.name), is_own, bool(options.get("from_logits", False))


def value_of(loss: keras.losses.Loss, y: np.ndarray, prediction: np.ndarray) -> float:
    """Computes the mean loss of some samples; NaN where it cannot be computed."""
    try:
        value = loss(tf.convert_to_tensor(y), tf.convert_to_tensor(prediction, tf.float32))
        return float(np.mean(keras.ops.convert_to_numpy(value)))
    except (ValueError, TypeError, tf.errors.OpError):
        return np.nan


def cost_of_ignorance(
    loss: keras.losses.Loss, y: np.ndarray, kind: str, shape: tuple[int, ...], from_logits: bool
) -> float:
    """Computes what the best constant prediction costs, for an output of a shape (n, ...)."""
    constant = _constant(y, kind, shape, from_logits)
    return np.nan if constant is None else value_of(loss, y, constant)


def _constant(y: np.ndarray, kind: str, shape: tuple[int, ...], from_logits: bool) -> np.ndarray | None:
    if kind == "classes":
        labels = y.reshape(len(y), -1)[:, 0].astype(int)
        if shape[-1] <= labels.max() or labels.min() < 0:
            return None
        mean = np.bincount(labels, minlength=shape[-1]) / len(y)
    else:
        mean = y.astype(np.float64).mean(0)
        if mean.size != np.prod(shape[1:]):
            return None
    if from_logits and kind != "real":
        clipped = np.clip(mean, 1e-7, 1 - 1e-7)
        mean = np.log(clipped) if kind in ("classes", "one_hot") else np.log(clipped / (1 - clipped))
    return np.broadcast_to(mean.reshape(shape[1:]), (len(y), *shape[1:])).astype(np.float32)


def experiments(loss: keras.losses.Loss, y: np.ndarray, prediction: np.ndarray) -> dict[str, float]:
    """Tries out a loss of the user's own on a few targets.

    Returns:
        "doubled": the loss of the samples taken twice over that of the samples, 1 for a mean and 2 for a
        sum; "truth" and "ignorance": the loss of nearly the targets themselves, and of their mean; "exact":
        the loss of the targets themselves, and "slope": the norm of its gradient there; "zero": the loss
        where the prediction is 0; "as_given": that of the targets themselves where predictions have another
        shape than targets, as (n, 1) and (n,). Fewer where it cannot be computed.
    """
    y, prediction = y[:FEW], prediction[:FEW].astype(np.float32)
    found = {}
    if not len(y) or not np.all(np.isfinite(y.astype(np.float64))):
        return found
    once = value_of(loss, y, prediction)
    twice = value_of(loss, np.concatenate([y, y]), np.concatenate([prediction, prediction]))
    if np.isfinite(once) and once != 0:
        found["doubled"] = twice / once
    if y.shape != prediction.shape and y.size == prediction.size:
        found["as_given"] = value_of(loss, y, y.reshape(prediction.shape))
        y = y.reshape(prediction.shape)
    if y.shape != prediction.shape:
        return found
    exact = y.astype(np.float32)
    mean = np.broadcast_to(exact.mean(0), exact.shape)
    found["truth"] = value_of(loss, y, 0.98 * exact + 0.02 * mean)
    found["ignorance"] = value_of(loss, y, mean)
    found["exact"] = value_of(loss, y, exact)
    found["zero"] = value_of(loss, y, np.zeros_like(exact))
    point = tf.Variable(exact)
    with tf.GradientTape() as tape:
        value = tf.reduce_mean(loss(tf.convert_to_tensor(y), point))
    gradient = tape.gradient(value, point)
    found["slope"] = np.nan if gradient is None else float(tf.norm(gradient))
    return found
