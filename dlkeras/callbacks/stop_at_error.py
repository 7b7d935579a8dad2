"""Ends training when the error is small enough, before the epochs are used up."""

import math

from dlkeras.base.checks import is_number
from dlkeras.callbacks.by_trial import CopiedByTrial


class StopAtError(CopiedByTrial):
    """Ends training after the first epoch whose error is below a threshold, and says why training ended.

    The error is the value in the epoch's logs, which for `loss` is the mean over the epoch's batches, taken
    while the weights were moving.

    Args:
        threshold: The error to get below, in the unit of `monitor`; finite. Reaching it is not enough.
        monitor: Name of the error in the logs; by default the training loss. A validation error, such as
            `val_loss`, has to be there in every epoch.
        verbose: 1 prints `reason` when training ends; 0, the default, prints nothing.

    Attributes:
        stopped_epoch: Epochs that had run when training was stopped, counted from 1 as the progress bar does;
            None where the threshold was not reached.
        stopped_value: The error that was below the threshold; None where it was not reached.
        reason: Why training ended, as a sentence; None until it has ended.

    Raises:
        TypeError: If `threshold` is not a number or `monitor` not a string.
        ValueError: If `threshold` is NaN or infinite, or, in `fit`, if the logs have no `monitor`.

    Example:
        ```python
        x = np.linspace(-1, 1, 64).reshape(-1, 1)
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile(keras.optimizers.SGD(0.1), loss="mse")
        stop = StopAtError(0.01)
        model.fit(x, 2 * x, epochs=500, callbacks=[stop], verbose=0)
        print(stop.reason)  # such as: loss 0.009517 fell below 0.01 after epoch 18
        ```
    """

    def __init__(self, threshold: float, monitor: str = "loss", verbose: int = 0):
        super().__init__()
        if not is_number(threshold):
            raise TypeError(f"`threshold` must be a number. Received: threshold={threshold!r}")
        if not math.isfinite(threshold):
            raise ValueError(f"`threshold` must be finite. Received: threshold={threshold}")
        if not isinstance(monitor, str):
            raise TypeError(f"`monitor` must be a string. Received: monitor={monitor!r}")
        self.threshold = float(threshold)
        self.monitor = monitor
        self.verbose = verbose
        self._forget()

    def on_train_begin(self, logs=None):
        """Forgets the previous training."""
        self._forget()

    def on_epoch_end(self, epoch, logs=None):
        """Stops the model's training if the epoch's error is below the threshold."""
        logs = logs or {}
        if self.monitor not in logs:
            raise ValueError(
                f"`monitor` must be in the logs of every epoch, and epoch {epoch + 1} has: "
                f"{', '.join(logs) or 'none'}. Received: monitor={self.monitor!r}"
            )
        self._last_epoch, self._last_value = epoch + 1, float(logs[self.monitor])
        if self._last_value < self.threshold:
            self.stopped_epoch, self.stopped_value = self._last_epoch, self._last_value
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        """Puts into words why training ended."""
        error, threshold, epoch = (
            f"{self.monitor} {self._last_value:.4g}",
            f"{self.threshold:g}",
            self._last_epoch,
        )
        if self.stopped_epoch is not None:
            self.reason = f"{error} fell below {threshold} after epoch {epoch}"
        elif epoch == self.params["epochs"]:
            self.reason = f"{error} is not below {threshold}, and all {epoch} epochs were used up"
        else:
            self.reason = (
                f"{error} is not below {threshold}, and something else ended training after epoch {epoch}"
            )
        if self.verbose:
            print(self.reason)

    _RECORD = ("stopped_epoch", "stopped_value", "reason", "_last_epoch", "_last_value")

    def _forget(self) -> None:
        self.stopped_epoch: int | None = None
        self.stopped_value: float | None = None
        self.reason: str | None = None
        self._last_epoch, self._last_value = 0, math.nan
