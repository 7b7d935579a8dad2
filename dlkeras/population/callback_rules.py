"""Which callbacks take part in the training of a population."""

from __future__ import annotations

import keras

from dlkeras.callbacks import StopAtError
from dlkeras.population.early_stopping import EarlyStopping

_C = keras.callbacks
_FROM_HISTORY = "Choose epochs and replicas from what `fit` returns."
_OUR_STOPPING = "Use dlkeras.population.EarlyStopping, which takes the same arguments and stops each replica."
# They compare a metric with a number, write it as one, or go on from a state that a population does not have.
_INSTEAD = {
    _C.EarlyStopping: _OUR_STOPPING,
    _C.ReduceLROnPlateau: "Give the optimizer a schedule, or use LearningRateScheduler.",
    _C.TerminateOnNaN: "A NaN stays in its replica: let the others go on, and look for it in the history.",
    _C.TensorBoard: "Use CSVLogger, or write what `fit` returns, replica by replica.",
    _C.RemoteMonitor: "Send what `fit` returns, replica by replica.",
    StopAtError: "Use dlkeras.population.EarlyStopping, or read the epoch from what `fit` returns.",
}
_BEST_ONLY = (
    f"{_OUR_STOPPING[:-1]}, with restore_best_weights=True, or save every epoch with save_best_only=False."
)


def check_callbacks(callbacks, has_own_rates: bool) -> None:
    """Raises a ValueError if a callback needs one number where a population has one for each replica."""
    callbacks = getattr(callbacks, "callbacks", callbacks)  # those of a `CallbackList`
    for callback in keras.tree.flatten(callbacks):
        name = type(callback).__name__
        if isinstance(callback, _C.BackupAndRestore):
            raise ValueError(
                "`callbacks` must not restore a training: a backup holds neither orders of samples nor the "
                f"epoch of a population. Received: {name}. Save the population by ModelCheckpoint, and go on "
                "with `keras.models.load_model` and `fit(initial_epoch=...)`."
            )
        if instead := _instead_of(callback):
            raise ValueError(
                "`callbacks` must not take a metric for a number: in a population it is an array, one number "
                f"for each replica. Received: {name}. {instead}"
            )
        if has_own_rates and isinstance(callback, _C.LearningRateScheduler):
            raise ValueError(
                "`callbacks` must not set one learning rate where each replica has its own. "
                f"Received: {name}. Assign `population.optimizer.learning_rate` between two `fit`."
            )


def _instead_of(callback: keras.callbacks.Callback) -> str | None:
    if isinstance(callback, EarlyStopping):
        return None
    if isinstance(callback, (_C.ModelCheckpoint, _C.OrbaxCheckpoint)):
        return _BEST_ONLY if callback.save_best_only else None
    return next((instead for kind, instead in _INSTEAD.items() if isinstance(callback, kind)), None)


def stops_replicas(callbacks) -> bool:
    """Whether a callback stops single replicas, by `population.active`."""
    callbacks = getattr(callbacks, "callbacks", callbacks)
    return any(getattr(callback, "stops_replicas", False) for callback in keras.tree.flatten(callbacks))
