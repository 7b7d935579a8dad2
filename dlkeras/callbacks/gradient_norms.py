"""Norms of the gradients that the optimizer applied, by layer and step."""

from __future__ import annotations

import os
from typing import NamedTuple

import keras
import numpy as np

from dlkeras.base.checks import checked_choice, checked_integer
from dlkeras.callbacks.exports import ScalarLog, to_frame, write_csv
from dlkeras.callbacks.step_recorder import StepRecorder
from dlkeras.callbacks.train_tap import TrainTap, check_trainable, warn_of_frozen


class NonFinite(NamedTuple):
    """Where a recorded gradient was NaN or infinite for the first time."""

    step: int
    layer: str
    variable: str


class GradientNorms(keras.callbacks.Callback):
    """Records the L2 norm of every layer's gradient at every step, inside the compiled training step.

    What is recorded is the gradient that the optimizer applied: after unscaling the loss, after averaging
    over accumulated batches and, unless `when="before"`, after clipping. A batch that a loss-scaling
    optimizer skips has no row. There is no second backward pass and no transfer to the host per step, and
    the weights end bit for bit as without the recorder (with `jit_compile=True` XLA may round a step with it
    otherwise, on some processors). Each `fit` starts a new recording.

    Squares are summed in float32 (float64 for a float64 model): a norm under about 1e-18 loses digits and
    then reads 0, one above 1e19 reads infinity.

    Outside `fit`, around `train_on_batch`, call `set_model(model)` and `on_train_begin()` before and
    `on_train_end()` after.

    Args:
        every: Record each `every`-th update, the first one included; at least 1.
        when: `"after"` clipping, what the optimizer uses, or `"before"`, what backpropagation gave.
        updates: Whether to record the norms of weights and of their changes too. Off by default, because
            it needs a copy of all weights at each step.
        log_dir: Folder for TensorBoard scalars `gradient_norm/<layer>` (and `weight_norm/<layer>`,
            `update_ratio/<layer>`), or None.

    Raises:
        TypeError: If `every` is not an integer.
        ValueError: If `every` is below 1 or `when` is another word; at the start of `fit` if the model is
            not compiled, has no trainable weights or is trained on several devices; at the first step if
            `train_step` calls the model's optimizer twice or for another model's variables; after an epoch in
            which the optimizer was never called or another training function took over.

    Example:
        ```python
        norms = GradientNorms()
        model.fit(x, y, epochs=3, callbacks=[norms])
        print(norms.layer_names)  # ['hidden_1', 'hidden_2', 'logits']
        print(norms.norms[0])  # the three norms at the first step
        norms.to_csv("norms.csv")
        ```
    """

    def __init__(
        self,
        every: int = 1,
        when: str = "after",
        updates: bool = False,
        log_dir: str | os.PathLike | None = None,
    ):
        super().__init__()
        self.every = checked_integer("every", every)
        self.when = checked_choice("when", when, ("before", "after"), " clipping")
        self.updates = updates
        self.log_dir = log_dir
        self._tap: TrainTap | None = None
        self._recorder: StepRecorder | None = None
        self._log: ScalarLog | None = None

    # What was recorded

    @property
    def steps(self) -> np.ndarray:
        """The step of each row, (n,) int64, counted from 0 at the first batch of this `fit`."""
        return self._recorded().steps()

    @property
    def layer_names(self) -> list[str]:
        """The L layers with trainable weights, from input to output; `"outer/inner"` where nested."""
        return list(self._recorded().columns.layer_names)

    @property
    def variable_names(self) -> list[str]:
        """The V trainable variables, as `"layer/variable"`."""
        return list(self._recorded().columns.variable_names)

    @property
    def norms(self) -> np.ndarray:
        """L2 norm of the gradient over all trainable weights of a layer, (n, L) float32."""
        return self._layer_norms(self._gradients).astype(np.float32)

    @property
    def variable_norms(self) -> np.ndarray:
        """L2 norm of the gradient of each variable, (n, V) float32."""
        squares = self._recorded().squares(self._gradients)
        return np.sqrt(np.where(squares < 0, np.nan, squares)).astype(np.float32)

    @property
    def total_norm(self) -> np.ndarray:
        """L2 norm of the gradient over all weights that a step updated, (n,) float32."""
        squares = self._recorded().squares(self._gradients)
        total = np.sqrt(np.where(squares < 0, 0, squares).sum(axis=1))
        return np.where((squares < 0).all(axis=1), np.nan, total).astype(np.float32)

    @property
    def weight_norms(self) -> np.ndarray:
        """L2 norm of a layer's weights before the step, (n, L) float32; needs `updates=True`."""
        return self._updates_of("weights", "weight_norms").astype(np.float32)

    @property
    def update_ratios(self) -> np.ndarray:
        """Norm of the step's change over norm of the weights before it, (n, L) float32; needs `updates=True`.

        The change is all that the step did: gradient, weight decay, constraints. A layer whose weights are
        all zero has an infinite ratio, or NaN if it does not move.
        """
        changes = self._updates_of("changes", "update_ratios")
        with np.errstate(divide="ignore", invalid="ignore"):
            return (changes / self._layer_norms("weights")).astype(np.float32)

    @property
    def first_nonfinite(self) -> NonFinite | None:
        """Step, layer and variable of the first gradient with a NaN or an infinity before clipping, or None.

        Backpropagation goes from output to input and hands NaN on, so of a step's layers it is the last one:
        what made the NaN is behind it, or the loss. A variable is the first one of the layer's.
        """
        found = self._recorded()
        rows, columns, *_ = np.nonzero(~np.isfinite(found.squares("unclipped")))
        if not rows.size:
            return None
        names, columns = found.columns, columns[rows == rows[0]]
        layer = names.layers[columns].max()
        variable = columns[names.layers[columns] == layer].min()
        return NonFinite(
            int(found.steps()[rows[0]]), names.layer_names[layer], names.variable_names[variable]
        )

    def to_frame(self):
        """Returns one row for each step and layer, as a `pandas.DataFrame` or, without pandas, a plain dict.

        Returns:
            Columns `step`, `layer`, `gradient_norm` and, with `updates=True`, `weight_norm` and
            `update_ratio`, each of length n L.
        """
        return to_frame(self._columns())

    def to_csv(self, path: str | os.PathLike) -> None:
        """Writes the columns of `to_frame` as a CSV file at `path`."""
        write_csv(path, self._columns())

    def on_train_begin(self, logs=None):
        check_trainable(self.model)
        previous, self._tap = self._tap, TrainTap.install(self.model, self._tap)
        if self._tap is previous and self._recorder is not None:
            self._recorder.restart()
        else:
            warn_of_frozen(self.model)
            rows = ("gradients", "unclipped") if self.when == "after" else ("unclipped",)
            updates = ("weights", "changes") if self.updates else ()
            self._recorder = StepRecorder(self.model, self.every, (*rows, *updates))
        self._tap.join(self._recorder)
        self._logged = 0

    def on_epoch_end(self, epoch, logs=None):
        if not self._recorder.has_calls:
            self._tap.leave(self._recorder)
            raise ValueError(self._recorder.without_calls())
        self._tap.check_in_place(epoch)
        self._log_new_rows()

    def on_train_end(self, logs=None):
        self._tap.leave(self._recorder)
        if self._recorder.columns is not None:
            self._recorder.copy_rows()
            self._log_new_rows()
        if self._log is not None:
            self._log.close()
            self._log = None

    # Tables

    def _recorded(self) -> StepRecorder:
        if self._recorder is None or self._recorder.columns is None:
            raise ValueError(
                "`GradientNorms` must have seen a training step before it is read. Received: none yet. "
                "Pass it to `fit` in `callbacks=[...]` first."
            )
        return self._recorder

    @property
    def _gradients(self) -> str:
        return "gradients" if self.when == "after" else "unclipped"

    def _layer_norms(self, name: str) -> np.ndarray:
        found = self._recorded()
        return np.sqrt(found.columns.by_layer(found.squares(name)))

    def _updates_of(self, name: str, attribute: str) -> np.ndarray:
        if not self.updates:
            raise ValueError(
                f"`{attribute}` must be asked for before training. Received: updates=False. "
                "Make the recorder with `GradientNorms(updates=True)`."
            )
        return self._layer_norms(name)

    def _series(self) -> dict[str, np.ndarray]:
        series = {"gradient_norm": self.norms}
        if self.updates:
            series |= {"weight_norm": self.weight_norms, "update_ratio": self.update_ratios}
        return series

    def _columns(self) -> dict[str, np.ndarray]:
        series = self._series()
        index = np.indices(series["gradient_norm"].shape).reshape(series["gradient_norm"].ndim, -1)
        columns = {"step": self.steps[index[0]], "layer": np.array(self.layer_names)[index[1]]}
        if len(index) == 3:
            columns["replica"] = index[2]
        return columns | {name: values.ravel() for name, values in series.items()}

    def _log_new_rows(self) -> None:
        if self.log_dir is None:
            return
        self._log = self._log or ScalarLog(self.log_dir)
        new, steps = slice(self._logged, None), self.steps
        self._logged = len(steps)
        tags = {
            f"{name}/{layer}": values[new, column]
            for name, values in self._series().items()
            for column, layer in enumerate(self.layer_names)
        }
        if self.norms.ndim == 3:
            tags = {f"{tag}/{r}": own for tag, values in tags.items() for r, own in enumerate(values.T)}
        self._log.write(steps[new], tags)
