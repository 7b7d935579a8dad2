"""The usual range test for learning rates: one run whose rate rises from step to step, and two rules."""

from __future__ import annotations

import keras
import numpy as np

STEEPEST, MINIMUM = "steepest fall", "minimum / 10"


class RangeTest(keras.callbacks.Callback):
    """Raises the rate geometrically from step to step and notes the loss of each batch.

    Args:
        rates: The rate of each step.
    """

    def __init__(self, rates: np.ndarray):
        super().__init__()
        self.rates, self.losses = rates, []

    def on_train_batch_begin(self, batch, logs=None):
        self.model.reset_metrics()  # else the loss is a mean over the epoch
        self.model.optimizer.learning_rate = self.rates[len(self.losses)]

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss"])


def range_test(
    model: keras.Model, x: np.ndarray, y: np.ndarray, batch_size: int, rates: np.ndarray
) -> np.ndarray:
    """Trains a compiled model for a step at each rate; the loss of each step."""
    test = RangeTest(rates)
    epochs = -(-len(rates) // -(-len(x) // batch_size))
    model.fit(x, y, batch_size, epochs, verbose=0, callbacks=[test])
    return np.array(test.losses)


def smoothed(losses: np.ndarray, smoothing: float) -> np.ndarray:
    """Returns the moving average with the bias of its start taken off."""
    averages, average = [], 0.0
    for step, loss in enumerate(losses, start=1):
        average = smoothing * average + (1 - smoothing) * loss
        averages.append(average / (1 - smoothing**step))
    return np.array(averages)


def read_off(rates: np.ndarray, losses: np.ndarray, smoothing: float) -> dict[str, float]:
    """Applies both rules to the smoothed losses, as fastai does.

    The first tenth of the steps is left out, and so is what follows the first loss above four times the
    lowest before it.
    """
    average = smoothed(losses, smoothing)
    over = ~np.isfinite(average) | (average > 4 * np.fmin.accumulate(average))
    used = slice(len(rates) // 10, int(np.argmax(over)) if over.any() else len(rates))
    rates, average = rates[used], average[used]
    falls = np.diff(average) / np.diff(np.log(rates))
    return {STEEPEST: float(rates[np.argmin(falls)]), MINIMUM: float(rates[np.argmin(average)] / 10)}
