"""A compiled forward pass that measures the outputs of every layer and leaves the model as it was."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from dlkeras.base import keras_private
from dlkeras.base.names import unique
from dlkeras.callbacks.layer_outputs import outputs_heard

# An output is saturated where the activation's slope, here as a function of the output, is below a twentieth
# of its largest value. In terms of the output a:
_SLOPE_RATE = 0.05
SATURATED = {
    "sigmoid": lambda a: 4 * a * (1 - a) < _SLOPE_RATE,  # a < 0.013 or a > 0.987
    "tanh": lambda a: 1 - a**2 < _SLOPE_RATE,  # |a| > 0.975
    "softsign": lambda a: (1 - ops.abs(a)) ** 2 < _SLOPE_RATE,  # |a| > 0.776
    "hard_sigmoid": lambda a: ops.logical_or(a <= 0, a >= 1),
    "hard_tanh": lambda a: ops.abs(a) >= 1,
}


class Probe:
    """The forward pass, in inference mode.

    Args:
        model: The model; where it is not built, this builds it.
        x_probe: The batch, (n, ...), or a structure of such arrays.

    Attributes:
        layer_names: Names of the L outputs, in the order of the calls.
        activation_names: Names of their activations.

    Raises:
        ValueError: If the batch does not fit, no layer has an activation, or an output is in a loop.
    """

    def __init__(self, model: keras.Model, x_probe):
        self._model = model
        self._heard: list[tuple[str, str]] = []  # name and activation of each output
        self._lost: list[str] = []  # names of those out of reach
        # In a population all outputs have a leading replica axis: kept as the last one of the statistics.
        self._kept = 0 if getattr(model, "num_replicas", None) is None else 1
        self._function = self._compile(x_probe)
        self._check()
        names, activations = zip(*self._heard, strict=True)
        self.layer_names, self.activation_names = unique(names), list(activations)
        # Variables that Keras does not know of, which its scope does not hold back.
        known = {id(variable.value) for variable in model.variables}
        self._others = [each for each in self._function.variables if id(each) not in known]

    def measure(self, x) -> np.ndarray:
        """Returns mean, spread, saturated and dead rate of each output, (L, 4[, R]) float32."""
        before = [each.read_value() for each in self._others]
        found = self._function(x).numpy()
        for each, value in zip(self._others, before, strict=True):
            each.assign(value)
        return found

    def _compile(self, x_probe):
        layers = keras_private.all_layers(self._model)
        of_one_size = self._kept or any(getattr(layer, "stateful", False) for layer in layers)

        def spec(x):
            return tf.TensorSpec(x.shape if of_one_size else (None, *x.shape[1:]), x.dtype)

        specs = keras.tree.map_structure(spec, x_probe)
        try:
            if not all(layer.built for layer in layers):
                tf.function(self._model).get_concrete_function(specs, training=False)
            return tf.function(self._statistics).get_concrete_function(specs)
        except ValueError as error:
            shapes = keras.tree.map_structure(lambda x: f"{x.dtype}{x.shape}", x_probe)
            raise ValueError(
                f"`x_probe` must fit the inputs of the model {self._model.name!r}. Received: x_probe={shapes}"
            ) from error

    def _statistics(self, x) -> tf.Tensor:
        graph = tf.compat.v1.get_default_graph()
        rows = []
        # Seeds, states and counters go on in the scope alone, and losses that layers add stay there.
        with outputs_heard(self._model) as outputs, keras.StatelessScope(collect_losses=True):
            self._model(x, training=False)
        for name, activation, output in outputs:
            if output.graph is graph:
                self._heard.append((name, activation))
                rows.append(_statistics(output, activation, self._kept))
            else:
                self._lost.append(name)
        return ops.stack(rows) if rows else ops.zeros((0, 4))  # (L, 4[, R])

    def _check(self) -> None:
        if self._lost:
            raise ValueError(
                "The outputs of all layers must be in reach of the model's own call, and that of "
                f"{self._lost[0]!r} exists only inside a loop or a tf.function. Received: "
                f"model={self._model.name!r}. Call the layer outside of it"
            )
        if not self._heard:
            raise ValueError(
                f"The model must call a layer that has an activation. Received: model={self._model.name!r} "
                f"with layers {[layer.name for layer in self._model.layers]}"
            )


def _statistics(a, activation: str, kept: int):
    a = ops.cast(a, "float32")  # ([R, ]n, ..., units)
    axes = tuple(range(kept, a.ndim))
    mean = ops.mean(a, axis=axes)
    saturated, dead = ops.full_like(mean, np.nan), ops.all(a == 0, axis=axes[:-1])  # dead: ([R, ]units)
    if activation in SATURATED:
        saturated = ops.mean(ops.cast(SATURATED[activation](a), "float32"), axis=axes)
    dead_rate = ops.mean(ops.cast(dead, "float32"), axis=-1)
    return ops.stack([mean, ops.std(a, axis=axes), saturated, dead_rate])
