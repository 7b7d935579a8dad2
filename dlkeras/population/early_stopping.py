"""Early stopping by replica: one that has stopped keeps its weights while the others go on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf

from dlkeras.base import keras_private


class EarlyStopping(keras.callbacks.EarlyStopping):
    """Stops each replica of a population when its own metric has stopped improving.

    Takes the arguments of `keras.callbacks.EarlyStopping`, and does for each replica what that does in the
    replica's own `fit`. A replica that has stopped, with the weights of its best epoch if
    `restore_best_weights` is set, is measured on, so that its numbers in the history are those of the weights
    that it keeps; neither its weights nor the optimizer's averages move. Training ends when all have stopped.
    A further `fit` goes on with all replicas, at the number of steps of the one that went on longest.

    Args:
        monitor: Name of a metric in the logs of an epoch.
        min_delta: Least change that is an improvement.
        patience: Epochs without improvement after which a replica is stopped.
        verbose: 1 prints which replica stopped when; 0 prints nothing.
        mode: `"min"`, `"max"`, or `"auto"` to know by the metric's name.
        baseline: Value to be better than, or patience runs out.
        restore_best_weights: Whether each replica ends with the weights of its best epoch, also one that is
            never stopped.
        start_from_epoch: First epoch that counts.

    Attributes:
        best: The best value of each replica, (R,).
        best_epoch: The epoch that had it, from 0, (R,).
        stopped_epoch: The epoch at whose end each replica was stopped, from 0, (R,); 0 if it was not.
        wait: Epochs without improvement of each replica, (R,).

    Raises:
        TypeError: In `fit`, if the model is not a population.
        ValueError: In `fit`, if `mode` is "auto" and it is unknown which values of the metric are better.

    Example:
        ```python
        stopping = EarlyStopping(patience=3, restore_best_weights=True)
        population.fit(x, y, epochs=100, validation_split=0.2, callbacks=[stopping])
        stopping.best  # (R,): the least validation loss of each replica
        ```
    """

    stops_replicas = True

    def __init__(
        self,
        monitor="val_loss",
        min_delta=0,
        patience=0,
        verbose=0,
        mode="auto",
        baseline=None,
        restore_best_weights=False,
        start_from_epoch=0,
    ):
        super().__init__(
            monitor, min_delta, patience, verbose, mode, baseline, restore_best_weights, start_from_epoch
        )
        self._better = np.less

    def on_train_begin(self, logs=None):
        """Forgets the previous training and lets all replicas move."""
        if not hasattr(self.model, "num_replicas"):
            raise TypeError(
                "`callbacks` must stop whole models here: this `EarlyStopping` is for a `Population`. "
                f"Received: a model of class {type(self.model).__name__}. Use keras.callbacks.EarlyStopping."
            )
        super().on_train_begin(logs)
        replicas = self.model.num_replicas
        self._better = self._comparison()
        self.wait, self.best_epoch, self.stopped_epoch = (np.zeros(replicas, int) for _ in range(3))
        self.model.active.assign(np.ones(replicas, bool))

    def on_epoch_end(self, epoch, logs=None):
        """Stops the replicas whose patience is exceeded."""
        current = self.get_monitor_value(logs)
        if current is None or epoch < self.start_from_epoch:
            return
        active, current = self.model.active.numpy(), np.asarray(current)
        improved = active & (True if self.best is None else self._is_better(current, self.best))
        if self.best is None:
            self.best = current.copy()
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
        self._keep(improved, current, epoch)
        self.wait += active
        enough = improved & (True if self.baseline is None else self._is_better(current, self.baseline))
        self.wait[enough] = 0
        stops = active & ~improved & (self.wait >= self.patience) & (epoch > 0)
        self.stopped_epoch[stops] = epoch
        self._restore(stops)
        self.model.active.assign(active & ~stops)
        if stops.any() and not (active & ~stops).any():
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        """Gives each replica its best weights, if they are to be restored, and says what stopped."""
        self._restore(np.ones(self.model.num_replicas, bool))
        if self.verbose:
            for replica in np.flatnonzero(self.stopped_epoch):
                print(f"Epoch {self.stopped_epoch[replica] + 1}: early stopping of replica {replica}")

    def _comparison(self):
        name = self.monitor.removeprefix("val_")
        known = {"min": np.less, "max": np.greater}
        if self.mode in known or name == "loss":
            return known.get(self.mode, np.less)
        direction = keras_private.direction_of(self.model.metric(name))
        if direction is None:
            raise ValueError(
                '`mode` must be "min" or "max" where Keras does not know whether a metric should rise. '
                f"Received: monitor={self.monitor!r}, mode={self.mode!r}"
            )
        return np.greater if direction == "up" else np.less

    def _is_better(self, current: np.ndarray, than: np.ndarray | float) -> np.ndarray:
        delta = self.min_delta if self._better is np.greater else -self.min_delta
        return self._better(current - delta, than)

    def _keep(self, improved: np.ndarray, current: np.ndarray, epoch: int) -> None:
        self.best[improved], self.best_epoch[improved] = current[improved], epoch
        if self.restore_best_weights:
            for best, weight in zip(self.best_weights, self.model.get_weights(), strict=True):
                best[improved] = weight[improved]

    def _restore(self, which: np.ndarray) -> None:
        if self.best_weights is None or not which.any():
            return
        weights = self.model.get_weights()
        for weight, best in zip(weights, self.best_weights, strict=True):
            weight[which] = best[which]
        self.model.set_weights(weights)


@contextlib.contextmanager
def moving_only(active: tf.Tensor, variables: Sequence[keras.Variable]) -> Iterator[None]:
    """Puts back what a traced step does to the slices of replicas that are not `active`, (R,)."""
    stacked = [v for v in variables if len(v.shape) and v.shape[0] == active.shape[0]]
    before = [tf.identity(v.value) for v in stacked]
    yield
    for variable, old in zip(stacked, before, strict=True):
        along = tf.reshape(active, [-1] + [1] * (len(variable.shape) - 1))
        variable.assign(tf.where(along, variable.value, old))
