"""Norms of the gradients that the optimizer applied, by layer and step."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dlkeras.base.checks import checked_choice, checked_integer
from dlkeras.callbacks.by_trial import CopiedByTrial
from dlkeras.callbacks.exports import to_frame, write_csv
from dlkeras.callbacks.histograms import EDGES
from dlkeras.callbacks.norm_tables import NormLog, checked_table, histogram_columns, norm_columns
from dlkeras.callbacks.records import Kept, NonFinite
from dlkeras.callbacks.step_recorder import StepRecorder
from dlkeras.callbacks.train_tap import TrainTap, check_trainable, warn_of_frozen

if TYPE_CHECKING:
    import pandas

    from dlkeras.plots import Figure

_LABELS = {
    "gradient_norm": "gradient norm (L2)",
    "weight_norm": "weight norm (L2)",
    "update_ratio": "norm of change / norm of weights",
}


class GradientNorms(CopiedByTrial):
    """Records the L2 norm of every layer's gradient at every step, inside the compiled training step.

    Recorded is every optimizer of Keras that the training step calls, wherever it is kept: that of the model,
    those inside a `MultiOptimizer` or a wrapper, those of the networks of a GAN with a `train_step` of its
    own, where a layer is called `"generator/dense"`. A layer that no optimizer updates in a step has NaN; of
    a weight that a step updates more than once, the last time is recorded.

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
        log_dir: Folder for TensorBoard scalars `total_norm` and `gradient_norm/<layer>` (and
            `weight_norm/<layer>`, `update_ratio/<layer>`) and histograms `gradient/<layer>/<variable>`, or
            None. A second `fit` goes on with the number of the step.
        histograms: Count the entries of each variable's gradient by size at each `histograms`-th update;
            None, the default, for no histograms, which take longer than norms.

    Raises:
        TypeError: If `every` is not an integer.
        ValueError: If `every` or `histograms` is below 1 or `when` is another word; at the start of `fit` if
            the model is not compiled, has no trainable weights or is trained on several devices; at the first
            step if `train_step` calls no optimizer (after the first epoch, if it is eager) or one for
            variables of another model; after an epoch in which another training function took over.

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
        histograms: int | None = None,
    ):
        super().__init__()
        self.every = checked_integer("every", every)
        self.when = checked_choice("when", when, ("before", "after"), " clipping")
        self.updates = updates
        self.log_dir = log_dir
        self.histograms = None if histograms is None else checked_integer("histograms", histograms)
        self._forget()

    _RECORD = ("_tap", "_recorder", "_kept", "_log")

    def _forget(self) -> None:
        self._tap: TrainTap | None = None
        self._recorder: StepRecorder | None = None
        self._kept: tuple[Kept, Kept] | None = None  # of a trial's copy, which lets go of the model
        self._log: NormLog | None = None

    # What was recorded

    @property
    def steps(self) -> NDArray[np.int64]:
        """The step of each row, (n,) int64, counted from 0 at the first batch of this `fit`."""
        return self._record().steps

    @property
    def layer_names(self) -> list[str]:
        """The L layers with trainable weights, from input to output; `"outer/inner"` where nested."""
        return list(self._record().columns.layer_names)

    @property
    def variable_names(self) -> list[str]:
        """The V trainable variables, as `"layer/variable"`."""
        return list(self._record().columns.variable_names)

    @property
    def norms(self) -> NDArray[np.float32]:
        """L2 norm of the gradient over all trainable weights of a layer, (n, L) float32."""
        return self._record().layer_norms(self._gradients).astype(np.float32)

    @property
    def variable_norms(self) -> NDArray[np.float32]:
        """L2 norm of the gradient of each variable, (n, V) float32."""
        return self._record().variable_norms(self._gradients).astype(np.float32)

    @property
    def total_norm(self) -> NDArray[np.float32]:
        """L2 norm of the gradient over all weights that a step updated, (n,) float32."""
        return self._record().total_norm(self._gradients).astype(np.float32)

    @property
    def weight_norms(self) -> NDArray[np.float32]:
        """L2 norm of a layer's weights before the step, (n, L) float32; needs `updates=True`."""
        return self._updates_of("weights", "weight_norms").astype(np.float32)

    @property
    def update_ratios(self) -> NDArray[np.float32]:
        """Norm of the step's change over norm of the weights before it, (n, L) float32; needs `updates=True`.

        The change is all that the step did: gradient, weight decay, constraints. A layer whose weights are
        all zero has an infinite ratio, or NaN if it does not move.
        """
        changes = self._updates_of("changes", "update_ratios")
        with np.errstate(divide="ignore", invalid="ignore"):
            return (changes / self._record().layer_norms("weights")).astype(np.float32)

    @property
    def first_nonfinite(self) -> NonFinite | None:
        """Step, layer and variable of the first gradient with a NaN or an infinity before clipping, or None.

        Backpropagation goes from output to input and hands NaN on, so of a step's layers it is the last one:
        what made the NaN is behind it, or the loss. A variable is the first one of the layer's.
        """
        return self._record().first_nonfinite()

    @property
    def histogram_steps(self) -> NDArray[np.int64]:
        """The step of each histogram, (m,) int64; needs `histograms`."""
        return self._histogram_record().steps

    @property
    def histogram_counts(self) -> NDArray[np.int64]:
        """Entries of each variable's gradient in each of B bins, (m, V, B) int64; needs `histograms`.

        The bins lie between the B - 1 numbers of `histogram_edges`; NaN is in none.
        """
        counts = self._histogram_record().rows["histograms"]
        return np.maximum(counts, 0).astype(np.int64)

    @property
    def histogram_edges(self) -> NDArray[np.float32]:
        """The numbers between the bins, (B - 1,) float32: eight a decade from 1e-12 to 1e4, either sign."""
        return EDGES.copy()

    def to_frame(self, table: str = "norms") -> pandas.DataFrame | dict[str, np.ndarray]:
        """Returns a `pandas.DataFrame` or, without pandas, a plain dict of columns.

        Args:
            table: `"norms"`, one row for each step and layer, or `"histograms"`, one for each step, variable
                and bin that holds something.

        Returns:
            Columns `step`, `layer`, `gradient_norm` and, with `updates=True`, `weight_norm` and
            `update_ratio`, and `total_norm`, which is the same for all layers of a step, each of length n L.
            Or `step`, `variable`, `low`, `high` and `count`. With `replica` on a `Population`.
        """
        return to_frame(self._columns(table))

    def to_csv(self, path: str | os.PathLike, table: str = "norms") -> None:
        """Writes the columns of `to_frame` as a CSV file at `path`."""
        write_csv(path, self._columns(table))

    def plot(self, what: str = "gradient_norm") -> Figure:
        """Draws a norm of each layer over the steps, on a logarithmic scale.

        Args:
            what: `"gradient_norm"` or, with `updates=True`, `"weight_norm"` or `"update_ratio"`.

        Returns:
            A Matplotlib figure, which a notebook shows and `savefig` saves.
        """
        from dlkeras import plots  # Matplotlib takes a second, and only figures need it

        values = self._series()
        checked_choice("what", what, list(values))
        options = {"xlabel": "training step", "ylabel": _LABELS[what], "log_y": True}
        return plots.layers_over_time(self.steps, values[what], self.layer_names, **options)

    def on_train_begin(self, logs=None):
        check_trainable(self.model)
        previous, self._tap = self._tap, TrainTap.install(self.model, self._tap)
        if self._tap is previous and self._recorder is not None:
            self._recorder.restart()
        else:
            warn_of_frozen(self.model)
            rows = ("gradients", "unclipped") if self.when == "after" else ("unclipped",)
            updates = ("weights", "changes") if self.updates else ()
            self._recorder = StepRecorder(self.model, self.every, (*rows, *updates), self.histograms)
        self._tap.join(self._recorder)
        if self.log_dir is not None:
            self._log = self._log or NormLog(self.log_dir)
            self._log.begin()

    def on_epoch_end(self, epoch, logs=None):
        if not self._recorder.has_calls:
            self._tap.leave(self._recorder)
            raise ValueError(self._recorder.without_calls())
        self._tap.check_in_place(epoch)
        if self._log is not None:
            self._log_new_rows()
            self._log.end_epoch((self.params or {}).get("steps"))

    def on_train_end(self, logs=None):
        self._tap.leave(self._recorder)
        if self._recorder.columns is not None:
            self._log_new_rows()
        if self._log is not None:
            self._log.close()
        if self._is_of_trial:
            self._kept = self._recorder.record().alone(), self._recorder.histograms().alone()
            self._tap = self._recorder = self._log = None
            self.set_model(None)

    # Tables

    def _record(self) -> Kept:
        return self._kept[0] if self._kept else self._recorded().record()

    def _histogram_record(self) -> Kept:
        if self.histograms is None:
            raise ValueError(
                "Histograms must be asked for before training. Received: histograms=None. "
                "Make the recorder with `GradientNorms(histograms=100)`."
            )
        return self._kept[1] if self._kept else self._recorded().histograms()

    def _recorded(self) -> StepRecorder:
        self._check_not_copied()
        if self._recorder is None or self._recorder.columns is None:
            raise ValueError(
                "`GradientNorms` must have seen a training step before it is read. Received: none yet. "
                "Pass it to `fit` in `callbacks=[...]` first."
            )
        return self._recorder

    @property
    def _gradients(self) -> str:
        return "gradients" if self.when == "after" else "unclipped"

    def _updates_of(self, name: str, attribute: str) -> np.ndarray:
        if not self.updates:
            raise ValueError(
                f"`{attribute}` must be asked for before training. Received: updates=False. "
                "Make the recorder with `GradientNorms(updates=True)`."
            )
        return self._record().layer_norms(name)

    def _series(self) -> dict[str, np.ndarray]:
        series = {"gradient_norm": self.norms}
        if self.updates:
            series |= {"weight_norm": self.weight_norms, "update_ratio": self.update_ratios}
        return series

    def _columns(self, table: str) -> dict[str, np.ndarray]:
        if checked_table(table) == "histograms":
            return histogram_columns(self.histogram_steps, self.variable_names, self.histogram_counts)
        return norm_columns(self.steps, self.layer_names, self._series(), self.total_norm)

    def _log_new_rows(self) -> None:
        if self._log is not None:
            self._log.write(self.steps, self.layer_names, self._series(), self.total_norm)
            if self.histograms is not None:
                self._log.write_histograms(self.histogram_steps, self.variable_names, self.histogram_counts)
