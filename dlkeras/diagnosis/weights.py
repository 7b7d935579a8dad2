"""How far weights move: in single steps, and from one look to the next."""

from __future__ import annotations

import keras
import numpy as np

from dlkeras.diagnosis.layer_calls import variable_names


class Movement:
    """Copies of the trainable weights, on the host.

    Args:
        model: A built model.
    """

    def __init__(self, model: keras.Model):
        names = variable_names(model)
        self._variables = {names[id(v)]: v for v in model.trainable_variables}
        self._last = self._now()
        self._before: dict[str, np.ndarray] | None = None

    def begin_step(self) -> None:
        """Keeps the weights before a step."""
        self._before = self._now()

    def end_step(self) -> dict[str, float]:
        """Norm of a step's change over that of the weights before it, by variable; empty if none was begun."""
        before, self._before = self._before, None
        return {} if before is None else _moved(before, self._now())

    def end_epoch(self) -> dict[str, float]:
        """The same since it was last called, or since the start."""
        before, self._last = self._last, self._now()
        return _moved(before, self._last)

    def norms(self) -> dict[str, float]:
        """Norms of the weights."""
        return {name: float(np.linalg.norm(value)) for name, value in self._last.items()}

    def _now(self) -> dict[str, np.ndarray]:
        return {name: v.numpy() for name, v in self._variables.items()}


def _moved(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> dict[str, float]:
    with np.errstate(all="ignore"):
        return {
            name: float(np.linalg.norm(after[name] - old) / np.linalg.norm(old))
            for name, old in before.items()
        }
