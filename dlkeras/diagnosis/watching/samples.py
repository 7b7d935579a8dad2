"""What `fit` was given, and the samples of it that are looked at again and again."""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
import numpy as np

from dlkeras.base import keras_private
from dlkeras.diagnosis.watching.data_facts import arrays_of

MAX_SAMPLES = 256  # enough for a share to within 3 in 100 (one standard error)


class Samples(NamedTuple):
    """Inputs as the model takes them, and targets by output."""

    x: Any
    y: list[np.ndarray]

    def __len__(self) -> int:
        return len(self.y[0])


class Given(NamedTuple):
    """The arguments of a `fit`: what is None there is no array, or not to be seen."""

    arguments: dict[str, Any]
    train: Samples | None
    held_out: Samples | None

    @classmethod
    def of(cls, model: keras.Model) -> Given:
        """Reads them off the `fit` that is running."""
        arguments = keras_private.fit_in_progress(model)
        held_out = arguments.get("validation_data")
        pair = (
            tuple(held_out[:2]) if isinstance(held_out, tuple | list) and len(held_out) > 1 else (None, None)
        )
        train = samples_of(model, arguments.get("x"), arguments.get("y"))
        return cls(arguments, train, samples_of(model, *pair))

    def settings(self, params: dict) -> dict[str, Any]:
        """Numbers of this training: samples, batch, epochs, and what is done to the order of the samples."""
        size = len(self.train) if self.train else None
        batch = self.arguments.get("batch_size") or 32
        return {
            "num_samples": size,
            "batch_size": min(batch, size) if size else None,
            "epochs": params.get("epochs"),
            "steps": params.get("steps"),
            "shuffle": self.arguments.get("shuffle", True),
            "class_weight": self.arguments.get("class_weight") is not None,
            "is_split": bool(self.arguments.get("validation_split")),
            "has_held_out": self.arguments.get("validation_data") is not None,
        }


def samples_of(model: keras.Model, x, y) -> Samples | None:
    """Puts inputs and targets together where both are arrays, or structures of them."""
    inputs, targets = arrays_of(x), arrays_of(y)
    if inputs is None or targets is None:
        return None
    if isinstance(y, dict):
        names = [name for name in model.output_names or y if name in y]
        targets = [np.asarray(y[name]) for name in names]
    if len({len(each) for each in (*inputs, *targets)}) > 1:
        return None
    return Samples(keras.tree.map_structure(np.asarray, x), targets)


def some_of(samples: Samples, model: keras.Model, most: int = MAX_SAMPLES) -> Samples:
    """Takes samples at equal distances, as many as a model takes at once."""
    inputs = keras.tree.flatten(getattr(model, "inputs", None) or [])
    size = (inputs[0].shape[0] if inputs else None) or min(most, len(samples))
    places = np.linspace(0, len(samples) - 1, size).round().astype(int)
    cast = keras.tree.map_structure(lambda a: as_fit_takes(a[places]), samples.x)
    return Samples(cast, [each[places] for each in samples.y])


def as_fit_takes(array: np.ndarray) -> np.ndarray:
    """Casts as `fit` does: floats to Keras' own kind."""
    return array.astype(keras.config.floatx()) if array.dtype.kind == "f" else array
