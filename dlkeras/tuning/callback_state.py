"""What callbacks know after an epoch, as far as it can be kept in a file."""

from __future__ import annotations

import io
import pickle

import keras
import tensorflow as tf

_NOT_STATE = ("model", "_model", "params", "validation_data")  # of a callback


class _VariableError(Exception):
    """A callback keeps numbers in a variable of its own."""


class _Pickler(pickle.Pickler):
    """Takes nothing along that belongs to the model: the copy that came back would be another one."""

    def persistent_id(self, obj):
        if isinstance(obj, keras.Variable | tf.Variable):
            raise _VariableError
        if isinstance(obj, keras.layers.Layer | keras.optimizers.Optimizer | keras.Metric):
            raise pickle.PicklingError


def states_of(callbacks: list[keras.callbacks.Callback]) -> list[dict[str, bytes]] | None:
    """Gives the state of each callback; None where one keeps variables, which a file cannot give back.

    What pickle cannot keep otherwise, such as a function or an open file, a callback has when it is made.
    """
    try:
        return [_state_of(callback) for callback in callbacks]
    except _VariableError:
        return None


def restore_callbacks(callbacks: list[keras.callbacks.Callback], states: list[dict[str, bytes]]) -> None:
    """Gives callbacks the state that they had."""
    for callback, state in zip(callbacks, states, strict=False):
        for name, value in state.items():
            setattr(callback, name, pickle.loads(value))


def _state_of(callback: keras.callbacks.Callback) -> dict[str, bytes]:
    state = {}
    for name, value in vars(callback).items():
        if name not in _NOT_STATE:
            content = io.BytesIO()
            try:
                _Pickler(content, pickle.HIGHEST_PROTOCOL).dump(value)
            except _VariableError:
                raise
            except Exception:
                continue
            state[name] = content.getvalue()
    return state
