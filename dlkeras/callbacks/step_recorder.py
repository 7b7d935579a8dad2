"""Takes part in a training step and hands what its optimizers do to recordings, one for each call."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import tensorflow as tf

from dlkeras.base import keras_private
from dlkeras.callbacks.columns import Columns, recordable
from dlkeras.callbacks.histograms import NUM_BINS, Histograms
from dlkeras.callbacks.recording import Recording, counter, value_of
from dlkeras.callbacks.records import Kept, merged
from dlkeras.callbacks.step_calls import class_of_apply, layers_heard, optimizers_heard
from dlkeras.callbacks.train_tap import is_built


@dataclasses.dataclass
class Call:
    """A call of an optimizer's `apply` that has not returned yet."""

    optimizer: keras.Optimizer
    variables: list  # that it was called for
    number: int  # of the calls of this optimizer in this step
    is_left_to_others: bool = False  # whether the class's own `apply` calls another one
    unclipped: list | None = None


class StepRecorder:
    """The side of a recorder that takes part in the training step.

    Each call of an optimizer in the step writes a `Recording`: an optimizer may have many, as that of the
    critic of a GAN, and a step many optimizers. One that has optimizers inside leaves it to them; one that
    moves weights by itself is taken at the gradients that it got.

    Args:
        model: The compiled model.
        every: A row is written for each `every`-th update.
        names: What gets rows of square sums: see `Recording`.
        histograms: A histogram is written for each so many updates; None for none.
    """

    def __init__(self, model: keras.Model, every: int, names: Sequence[str], histograms: int | None = None):
        self._model = model
        self._every = every
        self._names = names
        self._histograms = histograms
        self._of_a_number = () if getattr(model, "num_replicas", None) is None else (model.num_replicas,)
        self._main = innermost(model.optimizer)
        self._recordings: dict[tuple, list[Recording]] = {}
        self._calls: dict[int, int] = {}  # of layers
        self._open: list[Call] = []
        self.has_calls = False  # whether the training step calls an optimizer
        self._columns: Columns | None = None
        # Where Keras' own step calls an optimizer that has no wrapper, steps need no counter.
        is_plain = self._main is model.optimizer and _applies_as_keras(self._main) and _steps_as_keras(model)
        self._batches = None if is_plain else counter()

    def restart(self) -> None:
        """Forgets all rows."""
        if self._batches is not None:
            with tf.init_scope():
                self._batches.assign(0)
        for recording in self._all():
            recording.restart()

    # The training step's side

    def before_execution(self) -> None:
        """Makes room on the device for the rows of the next execution."""
        if not self._recordings and _applies_as_keras(self._main) and is_built(self._model):
            self._new((id(self._main), 0), self._main, (), in_step=False)  # there it would be traced twice
        for recording in self._all():
            recording.make_room()

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Hears optimizers, and layers for the first time, while a step is traced or, if eager, run."""
        self._numbers = collections.Counter()
        self._open = []
        with contextlib.ExitStack() as stack:
            stack.enter_context(optimizers_heard(self))
            if self._columns is None:
                stack.enter_context(layers_heard(self._calls))
            yield

    def after_step(self, logs: Any) -> None:
        """Counts the batch, and checks the first one."""
        if not self.has_calls and not tf.executing_eagerly():
            raise ValueError(self.without_calls())
        if self.has_calls:
            self._columns = self._columns or Columns(self._model, self._calls)
            self._check_known()
        if self._batches is not None:
            # As in a recording: a step whose data failed does not count.
            with tf.control_dependencies([each for each in keras.tree.flatten(logs) if tf.is_tensor(each)]):
                self._batches.assign_add(1, read_value=False)

    def on_apply(self, optimizer: keras.Optimizer, run: Callable, *args: Any, **kwargs: Any) -> Any:
        """Has the gradients recorded that an optimizer moves weights by, and how far it moves them."""
        gradients, variables, *_ = (*args, *kwargs.values(), None)
        variables = keras_private.variables_of(optimizer) if variables is None else list(variables)
        passed = recordable(variables)
        self.has_calls = True
        call = Call(optimizer, passed, self._numbers[id(optimizer)])
        self._numbers[id(optimizer)] += 1
        is_outermost = not self._open
        for each in self._open:
            each.is_left_to_others = True
        if is_outermost:
            self._written: list[Recording] = []
            before = [tf.identity(value_of(v)) for v in passed] if "changes" in self._names else ()
        self._open.append(call)
        try:
            result = run(*args, **kwargs)
        finally:
            self._open.pop()
        is_of_keras = class_of_apply(optimizer).__module__.startswith("keras.")
        if not (is_of_keras or call.is_left_to_others):
            pairs = [(g, v) for g, v in zip(gradients, variables, strict=True) if g is not None]
            self._write(call, *(zip(*pairs, strict=True) if pairs else ((), ())))
        if is_outermost:
            for recording in self._written:
                recording.write_changes(before, passed)
        return result

    def on_parents_apply(self, optimizer: keras.Optimizer) -> None:
        """Leaves it to the parent's `apply`."""
        for call in self._open:
            if call.optimizer is optimizer:
                call.is_left_to_others = True

    def on_clip(self, optimizer: keras.Optimizer, run: Callable, gradients: Sequence) -> Any:
        """Keeps the gradients as they were before clipping."""
        for call in self._open:
            if call.optimizer is optimizer:
                call.unclipped = list(gradients)
        return run(gradients)

    def on_update(
        self, optimizer: keras.Optimizer, run: Callable, gradients: Sequence, variables: Sequence, *rest: Any
    ) -> Any:
        """Has the gradients recorded that the weights are moved by."""
        gradients, variables = list(gradients), list(variables)
        for call in self._open:
            if call.optimizer is optimizer:
                self._write(call, gradients, variables)
        return run(gradients, variables, *rest)

    def _write(self, call: Call, gradients: Sequence, variables: Sequence) -> None:
        unclipped = gradients if call.unclipped is None else call.unclipped
        rows = {"gradients": gradients, "unclipped": unclipped}
        rows["histograms"] = rows["gradients" if "gradients" in self._names else "unclipped"]
        for recording in self._recordings_of(call):
            recording.write_gradients(rows, call.variables, variables)
            self._written.append(recording)

    def _recordings_of(self, call: Call) -> list[Recording]:
        passed = [keras_private.key_of(call.optimizer, variable) for variable in call.variables]
        key = id(call.optimizer), call.number
        if key not in self._recordings and call.optimizer is self._main and call.number == 0:
            self._new(key, call.optimizer, call.variables)
        if key in self._recordings and set(passed) <= set(self._recordings[key][0].keys):
            return self._recordings[key]
        key = *key, *passed
        if key not in self._recordings:
            self._new(key, call.optimizer, call.variables)
        return self._recordings[key]

    def _new(self, key: tuple, optimizer: keras.Optimizer, variables: Sequence, in_step: bool = True) -> None:
        if len(key) == 2:  # the main one, which has all weights that may come
            own = recordable(self._model.trainable_variables)
            known = {keras_private.key_of(optimizer, v) for v in own}
            variables = [*own, *(v for v in variables if keras_private.key_of(optimizer, v) not in known)]
        clips = any(getattr(optimizer, name, None) for name in ("clipnorm", "global_clipnorm", "clipvalue"))
        is_twice = "gradients" in self._names and not clips
        names = [name for name in self._names if name != "unclipped" or not is_twice]
        options = {"optimizer": optimizer, "variables": variables, "batches": self._batches}
        made = [Recording(self._model, every=self._every, names=names, **options)]
        if self._histograms is not None:
            made.append(Histograms(self._model, every=self._histograms, names=["histograms"], **options))
        if in_step:
            for recording in made:
                recording.make_room()
        self._recordings[key] = made

    def _all(self) -> list[Recording]:
        return [recording for both in self._recordings.values() for recording in both]

    # What was recorded

    @property
    def columns(self) -> Columns:
        """The columns of what was recorded."""
        return self._columns

    def without_calls(self) -> str:
        """Says what is wrong where the training step calls no optimizer."""
        return (
            "`train_step` must update weights by an optimizer of Keras, or there is no applied gradient to "
            f"record. Received: model {self._model.name!r}, whose `train_step` calls none."
        )

    def record(self) -> Kept:
        """Returns the half squares that were recorded."""
        return merged(self._used(Recording), self._columns, self._names, self._of_a_number)

    def histograms(self) -> Kept:
        """Returns the histograms that were recorded."""
        shape = *self._of_a_number, NUM_BINS
        return merged(self._used(Histograms), self._columns, ["histograms"], shape)

    def _used(self, kind: type) -> list[Recording]:
        return [each for each in self._all() if type(each) is kind and each.is_used]

    def _check_known(self) -> None:
        for recording in self._used(Recording):
            known = {keras_private.key_of(recording.optimizer, v) for v in self._columns.variables}
            for key, variable in zip(recording.keys, recording.variables, strict=True):
                if key not in known:
                    raise ValueError(
                        "The optimizers of a `train_step` must update trainable variables of the model only. "
                        f"Received: variable {variable.name!r} in {recording.optimizer.name!r}"
                    )


def innermost(optimizer: keras.Optimizer | None) -> keras.Optimizer | None:
    """Returns the optimizer inside any `LossScaleOptimizer`, which gets unscaled gradients."""
    while isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        optimizer = optimizer.inner_optimizer
    return optimizer


def _applies_as_keras(optimizer: keras.Optimizer | None) -> bool:
    return optimizer is not None and class_of_apply(optimizer) is class_of_apply(keras.Optimizer)


def _steps_as_keras(model: keras.Model) -> bool:
    is_population = getattr(model, "num_replicas", None) is not None
    return is_population or type(model).train_step is keras.Model.train_step
