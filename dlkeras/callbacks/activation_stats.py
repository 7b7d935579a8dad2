"""Watches the activations of every layer on a fixed batch while a model trains."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from numpy.typing import NDArray

from dlkeras.base.checks import checked_choice, checked_integer
from dlkeras.callbacks.by_trial import CopiedByTrial
from dlkeras.callbacks.exports import to_frame, write_csv
from dlkeras.callbacks.probe import Probe

if TYPE_CHECKING:
    import pandas

    from dlkeras.plots import Figure

_STATISTICS = ("mean", "std", "saturated_rate", "dead_rate")
_LABELS = {
    "mean": "mean of activations",
    "std": "standard deviation of activations",
    "saturated_rate": "share of saturated outputs",
    "dead_rate": "share of dead units",
}


class ActivationStats(CopiedByTrial):
    """Records mean, spread, saturation and dead units of every layer's activations on a fixed batch.

    It measures when training begins and then at each `every`-th epoch or step, in inference mode, with one
    compiled forward pass that leaves the model as it was.

    Measured is the output of each layer that has an activation (Dense, convolutions, Activation, ReLU and
    its kin), in the order in which the model calls them, nested models included; a layer that is called twice
    has two columns. A Dense layer without activation counts, as `linear`: with an Activation layer behind
    it, it shows the values before the activation and that layer the values after. Recurrent and
    TimeDistributed layers are left out, since what is inside them exists only step by step. On a
    `Population` all statistics are (n, L, R), a column for each replica.

    - mean, std: over all samples and units.
    - saturated: share of the outputs at which the slope of the activation is below 5 % of its largest, so
      for sigmoid a(1 - a) < 0.05 / 4 and for tanh 1 - a² < 0.05; softsign, hard_sigmoid and hard_tanh
      likewise. All other activations, ReLU and softmax among them, have NaN.
    - dead: share of the units that are zero on every sample of the batch. A unit is an index of the last
      axis: a unit of a Dense layer, or a filter, which is dead when it is zero at every position.

    Args:
        x_probe: The batch, an array of shape (n, ...) as the model takes it, or a list or dict of such arrays
            for a model with several inputs. Some hundred samples of the training data will do.
        every: Measure at each `every`-th `unit`, at least 1.
        unit: `"epoch"` or `"step"`. A step is a batch. Where Keras runs several steps in one call
            (`steps_per_execution`), the first end of a call at or after the due step is taken; over data
            of unknown length it counts an epoch's last call as full.

    Attributes:
        layer_names: Names of the L layers; those inside nested models as `"outer/inner"`.
        activation_names: Names of their L activations.

    Raises:
        TypeError: If `x_probe` is not numeric or `every` not an integer.
        ValueError: If `x_probe` is empty, `every` below 1 or `unit` unknown; in `fit`, if `x_probe`
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

    def __init__(self, x_probe: Any, every: int = 1, unit: str = "epoch"):
        super().__init__()
        self.x_probe = keras.tree.map_structure(_check_probe, x_probe)
        self.every = checked_integer("every", every)
        if unit not in ("epoch", "step"):
            raise ValueError(f"`unit` must be 'epoch' or 'step'. Received: unit={unit!r}")
        self.unit = unit
        self._forget()

    @property
    def epochs(self) -> NDArray[np.int64]:
        """Epochs finished in this training at each of the n measurements, int64 of shape (n,), from 0."""
        return np.array([epoch for epoch, _, _ in self._recorded()], np.int64)

    @property
    def steps(self) -> NDArray[np.int64]:
        """Steps finished in this training at each of the n measurements, int64 of shape (n,), from 0."""
        return np.array([step for _, step, _ in self._recorded()], np.int64)

    @property
    def mean(self) -> NDArray[np.float32]:
        """Mean of the activations, float32 of shape (n, L)."""
        return self._statistic(0)

    @property
    def std(self) -> NDArray[np.float32]:
        """Standard deviation of the activations, float32 of shape (n, L)."""
        return self._statistic(1)

    @property
    def saturated_rate(self) -> NDArray[np.float32]:
        """Share of saturated outputs, float32 of shape (n, L); NaN for activations that do not saturate."""
        return self._statistic(2)

    @property
    def dead_rate(self) -> NDArray[np.float32]:
        """Share of dead units, float32 of shape (n, L)."""
        return self._statistic(3)

    def to_frame(self) -> pandas.DataFrame | dict[str, np.ndarray]:
        """Gives one row for each measurement and layer.

        Returns:
            `pandas.DataFrame` of n * L rows with the columns epoch, step, layer, activation, mean, std,
            saturated_rate and dead_rate, and on a `Population` replica; a dict of such columns where pandas
            is not installed.
        """
        return to_frame(self._columns())

    def to_csv(self, path: str | os.PathLike) -> None:
        """Writes the rows of `to_frame` to a CSV file.

        Args:
            path: The file to write; a file that is already there is replaced.
        """
        write_csv(path, self._columns())

    def plot(self, what: str = "std") -> Figure:
        """Draws a statistic of each layer over the epochs or, with `unit="step"`, the steps.

        Args:
            what: `"mean"`, `"std"`, `"saturated_rate"` (of layers that can saturate) or `"dead_rate"`.

        Returns:
            A Matplotlib figure, which a notebook shows and `savefig` saves.
        """
        from dlkeras import plots  # Matplotlib takes a second, and only figures need it

        values = getattr(self, checked_choice("what", what, _STATISTICS))
        has_any = np.isfinite(values).reshape(len(values), len(self.layer_names), -1).any(axis=(0, 2))
        names = [name for name, has in zip(self.layer_names, has_any, strict=True) if has]
        x, unit = (self.epochs, "epoch") if self.unit == "epoch" else (self.steps, "training step")
        options = {"xlabel": f"{unit}, 0 before training", "ylabel": _LABELS[what], "log_y": what == "std"}
        if what.endswith("_rate"):
            options["reference"] = (1.0, "all")
        return plots.layers_over_time(x, values[:, has_any], names, **options)

    def on_train_begin(self, logs=None):
        """Forgets the previous training, compiles the forward pass and measures."""
        self._forget()
        self._probe = Probe(self.model, self.x_probe)
        self.layer_names, self.activation_names = self._probe.layer_names, self._probe.activation_names
        self._record()

    def on_train_batch_end(self, batch, logs=None):
        """Measures if a step is due."""
        due = (self._step // self.every + 1) * self.every
        in_epoch = min(batch + 1, self.params["steps"] or math.inf)  # Keras rounds up in the last call
        self._step = self._first_step + in_epoch
        if self.unit == "step" and self._step >= due:
            self._record()

    def on_epoch_end(self, epoch, logs=None):
        """Measures if an epoch is due."""
        self._epoch += 1
        self._first_step = self._step
        if self.unit == "epoch" and self._epoch % self.every == 0:
            self._record()

    def on_train_end(self, logs=None):
        """Lets go of the model, where this is the copy of a trial."""
        if self._is_of_trial:
            self._probe = None
            self.set_model(None)

    _RECORD = ("layer_names", "activation_names", "_rows", "_epoch", "_step", "_first_step", "_probe")

    def _forget(self) -> None:
        self._probe: Probe | None = None
        self.layer_names: list[str] = []
        self.activation_names: list[str] = []
        self._rows = []  # (epoch, step, statistics of shape (L, 4[, R]))
        self._epoch = self._step = self._first_step = 0

    def _record(self):
        self._rows.append((self._epoch, self._step, self._probe.measure(self.x_probe)))

    def _recorded(self) -> list:
        self._check_not_copied()
        return self._rows

    def _statistic(self, index: int) -> np.ndarray:
        rows = [statistics[:, index] for _, _, statistics in self._recorded()]
        shape = rows[0].shape if rows else (len(self.layer_names),)
        return np.array(rows, np.float32).reshape(len(rows), *shape)

    def _columns(self) -> dict[str, np.ndarray]:
        shape = self.mean.shape
        rows, layers, *replicas = np.indices(shape).reshape(len(shape), -1)
        return {
            "epoch": self.epochs[rows],
            "step": self.steps[rows],
            "layer": np.array(self.layer_names, str)[layers],
            "activation": np.array(self.activation_names, str)[layers],
            **({"replica": replicas[0]} if replicas else {}),
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
