"""Watches the activations of every layer on a fixed batch while a model trains."""

import contextlib
import math
import numbers
import os
from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from dlkeras.callbacks import tables

# An output is saturated where the activation's slope, here as a function of the output, is below a twentieth
# of its largest value. In terms of the output a:
_SLOPE_RATE = 0.05
_SATURATED = {
    "sigmoid": lambda a: 4 * a * (1 - a) < _SLOPE_RATE,  # a < 0.013 or a > 0.987
    "tanh": lambda a: 1 - a**2 < _SLOPE_RATE,  # |a| > 0.975
    "softsign": lambda a: (1 - ops.abs(a)) ** 2 < _SLOPE_RATE,  # |a| > 0.776
    "hard_sigmoid": lambda a: ops.logical_or(a <= 0, a >= 1),
    "hard_tanh": lambda a: ops.abs(a) >= 1,
}
_ACTIVATION_LAYERS = {
    keras.layers.ReLU: "relu",
    keras.layers.LeakyReLU: "leaky_relu",
    keras.layers.PReLU: "prelu",
    keras.layers.ELU: "elu",
    keras.layers.Softmax: "softmax",
}
_STATISTICS = ("mean", "std", "saturated_rate", "dead_rate")
_LOOPS = (keras.layers.RNN, keras.layers.TimeDistributed)


class ActivationStats(keras.callbacks.Callback):
    """Records mean, spread, saturation and dead units of every layer's activations on a fixed batch.

    It measures when training begins and then at each ``every``-th epoch or step, in inference mode, with one
    compiled forward pass that leaves the model as it was.

    Measured is the output of each layer that has an activation (Dense, convolutions, Activation, ReLU and
    its kin), in the order in which the model calls them, nested models included; a layer that is called twice
    has two columns. A Dense layer without activation counts, as ``linear``: with an Activation layer behind
    it, it shows the values before the activation and that layer the values after. Recurrent and
    TimeDistributed layers are left out, since what is inside them exists only step by step.

    - mean, std: over all samples and units.
    - saturated: share of the outputs at which the slope of the activation is below 5 % of its largest, so
      for sigmoid a(1 - a) < 0.05 / 4 and for tanh 1 - a² < 0.05; softsign, hard_sigmoid and hard_tanh
      likewise. All other activations, ReLU and softmax among them, have NaN.
    - dead: share of the units that are zero on every sample of the batch. A unit is an index of the last
      axis: a unit of a Dense layer, or a filter, which is dead when it is zero at every position.

    Args:
        x_probe: The batch, an array of shape (n, ...) as the model takes it, or a list or dict of such arrays
            for a model with several inputs. Some hundred samples of the training data will do.
        every: Measure at each ``every``-th ``unit``, at least 1.
        unit: ``"epoch"`` or ``"step"``. A step is a batch. Where Keras runs several steps in one call
            (``steps_per_execution``), the first end of a call at or after the due step is taken; over data
            of unknown length it counts an epoch's last call as full.

    Attributes:
        layer_names: Names of the L layers; those inside nested models as ``"outer/inner"``.
        activation_names: Names of their L activations.

    Raises:
        TypeError: If ``x_probe`` is not numeric or ``every`` not an integer.
        ValueError: If ``x_probe`` is empty, ``every`` below 1 or ``unit`` unknown; in ``fit``, if ``x_probe``
            does not fit the model, no layer has an activation, or an output exists only inside a loop.

    Example:
        ```python
        digits, model = load("digits"), depth_stack("relu", depth=3)
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        stats = ActivationStats(digits.x_train[:256])
        model.fit(digits.x_train, digits.y_train, epochs=5, callbacks=[stats])
        print(stats.dead_rate[-1])  # shares in hidden_1, hidden_2, hidden_3 and logits
        ```

    References:
        Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks",
        section 3, watch activations in this way; they give no bound for saturation, so the 5 % are ours.
    """

    def __init__(self, x_probe, every: int = 1, unit: str = "epoch"):
        super().__init__()
        self.x_probe = keras.tree.map_structure(_check_probe, x_probe)
        if isinstance(every, bool) or not isinstance(every, numbers.Integral):
            raise TypeError(f"`every` must be an integer. Received: every={every!r}")
        if every < 1:
            raise ValueError(f"`every` must be at least 1. Received: every={every}")
        if unit not in ("epoch", "step"):
            raise ValueError(f"`unit` must be 'epoch' or 'step'. Received: unit={unit!r}")
        self.every = int(every)
        self.unit = unit
        self._reset()

    @property
    def epochs(self) -> np.ndarray:
        """Epochs finished in this training at each of the n measurements, int64 of shape (n,), from 0."""
        return np.array([epoch for epoch, _, _ in self._rows], np.int64)

    @property
    def steps(self) -> np.ndarray:
        """Steps finished in this training at each of the n measurements, int64 of shape (n,), from 0."""
        return np.array([step for _, step, _ in self._rows], np.int64)

    @property
    def mean(self) -> np.ndarray:
        """Mean of the activations, float32 of shape (n, L)."""
        return self._statistic(0)

    @property
    def std(self) -> np.ndarray:
        """Standard deviation of the activations, float32 of shape (n, L)."""
        return self._statistic(1)

    @property
    def saturated_rate(self) -> np.ndarray:
        """Share of saturated outputs, float32 of shape (n, L); NaN for activations that do not saturate."""
        return self._statistic(2)

    @property
    def dead_rate(self) -> np.ndarray:
        """Share of dead units, float32 of shape (n, L)."""
        return self._statistic(3)

    def to_frame(self):
        """Give one row for each measurement and layer.

        Returns:
            ``pandas.DataFrame`` of n * L rows with the columns epoch, step, layer, activation, mean, std,
            saturated_rate and dead_rate; a dict of such columns where pandas is not installed.
        """
        return tables.to_frame(self._columns())

    def to_csv(self, path: str | os.PathLike) -> None:
        """Write the rows of `to_frame` to a CSV file.

        Args:
            path: The file to write; a file that is already there is replaced.
        """
        tables.write_csv(path, self._columns())

    def on_train_begin(self, logs=None):
        """Forget the previous training, compile the forward pass and measure."""
        self._reset()
        self._measure, self.layer_names, self.activation_names = _compile(self.model, self.x_probe)
        self._record()

    def on_train_batch_end(self, batch, logs=None):
        """Measure if a step is due."""
        due = (self._step // self.every + 1) * self.every
        in_epoch = min(batch + 1, self.params["steps"] or math.inf)  # Keras rounds up in the last call
        self._step = self._first_step + in_epoch
        if self.unit == "step" and self._step >= due:
            self._record()

    def on_epoch_end(self, epoch, logs=None):
        """Measure if an epoch is due."""
        self._epoch += 1
        self._first_step = self._step
        if self.unit == "epoch" and self._epoch % self.every == 0:
            self._record()

    def _reset(self):
        self.layer_names: list[str] = []
        self.activation_names: list[str] = []
        self._rows = []  # (epoch, step, statistics of shape (L, 4))
        self._epoch = self._step = self._first_step = 0

    def _record(self):
        self._rows.append((self._epoch, self._step, self._measure(self.x_probe)))

    def _statistic(self, index: int) -> np.ndarray:
        rows = [statistics[:, index] for _, _, statistics in self._rows]
        return np.array(rows, np.float32).reshape(len(rows), len(self.layer_names))

    def _columns(self) -> dict[str, np.ndarray]:
        num_rows, num_layers = len(self._rows), len(self.layer_names)
        return {
            "epoch": np.repeat(self.epochs, num_layers),
            "step": np.repeat(self.steps, num_layers),
            "layer": np.array(self.layer_names * num_rows, str),
            "activation": np.array(self.activation_names * num_rows, str),
            **{name: getattr(self, name).ravel() for name in _STATISTICS},
        }


def _check_probe(array) -> np.ndarray:
    array = np.asarray(array)
    received = f"Received: x_probe of shape {array.shape} and dtype {array.dtype}"
    if array.dtype.kind not in "biuf":
        raise TypeError(f"`x_probe` must be an array of numbers. {received}")
    if array.ndim == 0 or array.size == 0:
        raise ValueError(f"`x_probe` must hold at least one sample. {received}")
    return array


def _compile(model: keras.Model, x_probe):
    specs = keras.tree.map_structure(lambda x: tf.TensorSpec((None, *x.shape[1:]), x.dtype), x_probe)
    heard, lost = [], []  # (name, activation) of each output, names of those out of reach

    def statistics(x):
        graph = tf.compat.v1.get_default_graph()
        rows = []
        with _outputs_heard(model) as outputs:
            model(x, training=False)
        for name, activation, output in outputs:
            if output.graph is graph:
                heard.append((name, activation))
                rows.append(_statistics(output, activation))
            else:
                lost.append(name)
        return ops.stack(rows) if rows else ops.zeros((0, 4))  # (L, 4)

    try:
        if not all(layer.built for layer in model._flatten_layers()):
            tf.function(model).get_concrete_function(specs, training=False)
        measure = tf.function(statistics).get_concrete_function(specs)
    except ValueError as error:
        shapes = keras.tree.map_structure(lambda x: f"{x.dtype}{x.shape}", x_probe)
        raise ValueError(
            f"`x_probe` must fit the inputs of the model {model.name!r}. Received: x_probe={shapes}"
        ) from error
    if lost:
        raise ValueError(
            "The outputs of all layers must be in reach of the model's own call, and that of "
            f"{lost[0]!r} exists only inside a loop or a tf.function. Received: model={model.name!r}. "
            "Call the layer outside of it"
        )
    if not heard:
        raise ValueError(
            f"The model must call a layer that has an activation. Received: model={model.name!r} with layers "
            f"{[layer.name for layer in model.layers]}"
        )
    names, activations = zip(*heard, strict=True)
    return lambda x: measure(x).numpy(), _numbered(names), list(activations)


def _statistics(a, activation: str):
    a = ops.cast(a, "float32")  # (n, ..., units)
    saturated, dead = np.float32(np.nan), ops.all(a == 0, axis=tuple(range(a.ndim - 1)))  # (units,)
    if activation in _SATURATED:
        saturated = ops.mean(ops.cast(_SATURATED[activation](a), "float32"))
    return ops.stack([ops.mean(a), ops.std(a), saturated, ops.mean(ops.cast(dead, "float32"))])


def _layers_with_activation(parent: keras.Layer, prefix: str = "") -> Iterator[tuple[str, str, keras.Layer]]:
    for layer in parent._flatten_layers(include_self=False, recursive=False):
        if not isinstance(layer, _LOOPS):
            if activation := _activation_name(layer):
                yield prefix + layer.name, activation, layer
            yield from _layers_with_activation(layer, f"{prefix}{layer.name}/")


def _activation_name(layer: keras.Layer) -> str | None:
    for kind, name in _ACTIVATION_LAYERS.items():
        if isinstance(layer, kind):
            return name
    activation = getattr(layer, "activation", None)
    return getattr(activation, "__name__", type(activation).__name__) if callable(activation) else None


@contextlib.contextmanager
def _outputs_heard(model: keras.Model) -> Iterator[list]:
    # Keras has no forward hooks: while the context lasts, each layer's `call` also notes what it returns.
    # object.__setattr__, because a Layer's own would track the function as a part of the layer.
    outputs, own_calls = [], {}

    def listen(name, activation, layer):
        call = layer.call

        def call_and_note(*args, **kwargs):
            output = call(*args, **kwargs)
            outputs.append((name, activation, output))
            return output

        own_calls[layer] = vars(layer).get("call")
        object.__setattr__(layer, "call", call_and_note)

    try:
        for name, activation, layer in _layers_with_activation(model):
            if layer not in own_calls:
                listen(name, activation, layer)
        yield outputs
    finally:
        for layer, call in own_calls.items():
            object.__delattr__(layer, "call")
            if call is not None:
                object.__setattr__(layer, "call", call)


def _numbered(names: tuple[str, ...]) -> list[str]:
    calls = [names[: i + 1].count(name) for i, name in enumerate(names)]
    return [name if call == 1 else f"{name} ({call})" for name, call in zip(names, calls, strict=True)]
