"""Losses and metrics that give one value per replica."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf

from dlkeras.base import keras_private
from dlkeras.population.stacked_layers import for_each_replica

_LOSSES_BY_SAMPLE = (
    *(keras.losses.SparseCategoricalCrossentropy, keras.losses.CategoricalCrossentropy),
    *(keras.losses.BinaryCrossentropy, keras.losses.MeanSquaredError, keras.losses.MeanAbsoluteError),
    *(keras.losses.Huber, keras.losses.LogCosh, keras.losses.Poisson, keras.losses.KLDivergence),
    *(keras.losses.Hinge, keras.losses.SquaredHinge, keras.losses.CategoricalHinge),
)
_FUNCTIONS_BY_SAMPLE = (  # what "mse" and the like mean
    *(keras.losses.sparse_categorical_crossentropy, keras.losses.categorical_crossentropy),
    *(keras.losses.binary_crossentropy, keras.losses.mean_squared_error, keras.losses.mean_absolute_error),
    *(keras.losses.huber, keras.losses.log_cosh, keras.losses.poisson, keras.losses.kl_divergence),
    *(keras.losses.hinge, keras.losses.squared_hinge, keras.losses.categorical_hinge),
)
_OF_A_FUNCTION = keras.losses.MeanSquaredError.__base__  # the class that `compile` puts around a function
_METRICS_BY_SAMPLE = (
    *(keras.metrics.SparseCategoricalAccuracy, keras.metrics.CategoricalAccuracy),
    *(keras.metrics.BinaryAccuracy, keras.metrics.SparseTopKCategoricalAccuracy),
    *(keras.metrics.TopKCategoricalAccuracy, keras.metrics.MeanSquaredError, keras.metrics.MeanAbsoluteError),
)


class ReplicaLoss:
    """A loss taken for every replica."""

    def __init__(self, loss, y: tf.Tensor, y_pred: tf.Tensor):
        self._loss = keras_private.loss_of(loss, y, y_pred)
        if self._loss.reduction in (None, "none"):
            raise ValueError(
                "`loss` must reduce a batch to one number. "
                f"Received: loss={self._loss.name} with reduction={self._loss.reduction!r}"
            )
        ignores = getattr(self._loss, "ignore_class", None) is not None
        known = type(self._loss) in _LOSSES_BY_SAMPLE
        if type(self._loss) is _OF_A_FUNCTION:
            known = self._loss.fn in _FUNCTIONS_BY_SAMPLE
        self._by_sample = known and not ignores

    def __call__(self, y: tf.Tensor, y_pred: tf.Tensor, weights: tf.Tensor | None = None) -> tf.Tensor:
        """Returns the losses, (R,), of targets, predictions and weights of samples, (R, B, ...) each."""
        by_mean_of_weights = weights is not None and self._loss.reduction == "mean_with_sample_weight"
        if not self._by_sample or by_mean_of_weights:
            return for_each_replica(self._loss, *((y, y_pred) if weights is None else (y, y_pred, weights)))
        y, y_pred = (tf.cast(tensor, self._loss.dtype) for tensor in (y, y_pred))
        values = _by_sample(self._loss.call, y, y_pred)
        if weights is not None:
            rows = [*weights.shape[:2], -1]
            values = tf.reshape(values, rows) * tf.reshape(tf.cast(weights, values.dtype), rows)
            values = tf.reshape(values, [values.shape[0], -1])
        reduce = tf.reduce_sum if self._loss.reduction == "sum" else tf.reduce_mean
        return reduce(values, axis=1)


class ReplicaMetric:
    """A Keras metric with its state stacked along a leading replica axis."""

    def __init__(self, metric: keras.Metric, num_replicas: int):
        self.name = metric.name
        self.single = metric
        metric.reset_state()
        start = [tf.convert_to_tensor(variable) for variable in metric.variables]
        self._start = [tf.repeat(value[None], num_replicas, axis=0) for value in start]
        self._state = [tf.Variable(value, trainable=False) for value in self._start]

    def reset(self) -> None:
        """Forgets what was seen."""
        for variable, value in zip(self._state, self._start, strict=True):
            variable.assign(value)

    def update(self, y: tf.Tensor, y_pred: tf.Tensor) -> None:
        """Takes in targets and predictions, (R, B, ...) each."""
        if type(self.single) in _METRICS_BY_SAMPLE:
            values = _by_sample(lambda *pair: keras_private.values_by_sample(self.single, *pair), y, y_pred)
            self.add_mean(tf.reduce_mean(values, axis=1), values.shape[1])
            return
        states = []
        for replica, own in enumerate(zip(tf.unstack(y), tf.unstack(y_pred), strict=True)):
            state = [variable[replica] for variable in self._state]
            states.append(self.single.stateless_update_state(state, *own))
        for variable, values in zip(self._state, zip(*states, strict=True), strict=True):
            variable.assign(tf.stack(values))

    def add_mean(self, means: tf.Tensor, count: int) -> None:
        """Takes in the means (R,) of `count` values; for a metric whose state is a total and a count."""
        total, number = self._state
        total.assign_add(tf.cast(means, total.dtype) * count)
        number.assign_add(tf.fill(number.shape, tf.cast(count, number.dtype)))

    def result(self) -> tf.Tensor:
        """Returns the values, (R,)."""
        if type(self.single) in (keras.metrics.Mean, *_METRICS_BY_SAMPLE):
            total, number = self._state
            return tf.math.divide_no_nan(total, number)
        return for_each_replica(lambda *state: self.single.stateless_result(list(state)), *self._state)


class ReplicaMetrics:
    """The loss and all metrics of a population over the batches of an epoch."""

    def __init__(self, metrics: Sequence, num_replicas: int, y: tf.Tensor, y_pred: tf.Tensor):
        found = [keras_private.metric_of(metric, y, y_pred) for metric in metrics]
        for metric in found:
            metric.update_state(y, y_pred)  # some make their variables only now
        self._loss = ReplicaMetric(keras.metrics.Mean(name="loss"), num_replicas)
        self._metrics = [ReplicaMetric(metric, num_replicas) for metric in found]

    def single(self, name: str) -> keras.Metric | None:
        """Returns the metric of a name, as a single model has it; None for another name, and for the loss."""
        return next((metric.single for metric in self._metrics if metric.name == name), None)

    def reset(self) -> None:
        """Forgets what was seen."""
        for metric in (self._loss, *self._metrics):
            metric.reset()

    def update(self, losses: tf.Tensor, y: tf.Tensor, y_pred: tf.Tensor) -> None:
        """Takes in a batch: losses (R,), and targets and predictions, (R, B, ...) each."""
        self._loss.add_mean(losses, y_pred.shape[1])
        for metric in self._metrics:
            metric.update(y, y_pred)

    def results(self) -> dict[str, tf.Tensor]:
        """Returns the values by name, (R,) each."""
        return {metric.name: metric.result() for metric in (self._loss, *self._metrics)}


def _by_sample(function, y: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
    """Applies a function of single samples to all replicas at once; returns (R, values)."""
    folded = [
        keras_private.with_logits(lambda t: tf.reshape(t, [-1, *t.shape[2:]]), tensor)
        for tensor in (y, y_pred)
    ]
    return tf.reshape(function(*folded), [y_pred.shape[0], -1])
