"""How far weights move: in single steps, and from one look to the next."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from dlkeras.diagnosis.watching.layer_calls import variable_names


class Movement:
    """Copies of the trainable weights with two axes or more, on the device, and how far these have moved.

    Args:
        model: A built model.
    """

    def __init__(self, model: keras.Model):
        names = variable_names(model)
        self._variables = _matrices(model)
        self._names = [names[id(v)] for v in self._variables]
        values = [v.value for v in self._variables]
        self._epoch, self._step = _Copies(values), _Copies(values)
        self.begin()

    @classmethod
    def begun(cls, model: keras.Model, previous: Movement | None) -> Movement:
        """Begins anew; what was compiled for the training before serves again for the same weights."""
        if previous is None or not previous._is_of(model):
            return cls(model)
        previous.begin()
        return previous

    def begin(self) -> None:
        """Measures from the weights as they are now."""
        self._epoch.renew()
        self._is_open = False

    def _is_of(self, model: keras.Model) -> bool:
        return [id(v) for v in self._variables] == [id(v) for v in _matrices(model)]

    def begin_step(self) -> None:
        """Keeps the weights before a step."""
        self._step.renew()
        self._is_open = True

    def end_step(self) -> dict[str, float]:
        """Norm of a step's change over that of the weights before it, by variable; empty without a step."""
        is_open, self._is_open = self._is_open, False
        return self._named(self._step.moved()[0]) if is_open else {}

    def end_epoch(self) -> tuple[dict[str, float], dict[str, float]]:
        """The same since it was last called, or since the start, and the norms of the weights now."""
        moved, norms = self._epoch.moved()
        self._epoch.renew()
        return self._named(moved), self._named(norms)

    def _named(self, values: np.ndarray) -> dict[str, float]:
        return dict(zip(self._names, values.tolist(), strict=True))


def _matrices(model: keras.Model) -> list[keras.Variable]:
    return [v for v in model.trainable_variables if len(v.shape) > 1]


class _Copies:
    """One copy of each of some variables; two calls of compiled functions, whatever their number."""

    def __init__(self, variables: list[tf.Variable]):
        self._variables = variables
        self._copies = [tf.Variable(tf.zeros_like(v), trainable=False) for v in variables]
        if variables:
            self._renew = tf.function(self._assign, autograph=False).get_concrete_function()
            self._measure = tf.function(self._norms, autograph=False).get_concrete_function()

    def renew(self) -> None:
        """Copies the variables as they are."""
        if self._variables:
            self._renew()

    def moved(self) -> tuple[np.ndarray, np.ndarray]:
        """Norms of the changes over those of the copies, (V,), and norms of the variables, (V,)."""
        if not self._variables:
            return np.zeros(0), np.zeros(0)
        change, before, now = self._measure().numpy().astype(np.float64)
        with np.errstate(all="ignore"):
            return change / before, now

    def _assign(self) -> None:
        for copy, variable in zip(self._copies, self._variables, strict=True):
            copy.assign(variable)

    def _norms(self) -> tf.Tensor:
        pairs = list(zip(self._variables, self._copies, strict=True))
        rows = [[tf.cast(tf.norm(v - c), tf.float32) for v, c in pairs]]
        rows += [
            [tf.cast(tf.norm(each), tf.float32) for each in column]
            for column in (self._copies, self._variables)
        ]
        return tf.stack([tf.stack(row) for row in rows])
