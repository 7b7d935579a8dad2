"""Finds the first tensor of a training step that is NaN or infinite, inside of the compiled step.

Each step checks one number, the loss plus the sums of inputs, targets and what layers gave: a ReLU may make 0
of NaN, so that the loss alone would not tell. In the first step where it is not finite, and only there, every
tensor is looked at, and the weights as they were before the step. The batch is kept.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf

from dlkeras.callbacks.recording import counter
from dlkeras.callbacks.train_tap import wrapped
from dlkeras.diagnosis.watching.layer_calls import calls_heard, variable_names


class FirstNonFinite:
    """Takes part in the training step by a `TrainTap`.

    Args:
        model: The compiled model.
        keeps_first: Whether to keep the first batch of the training too, where its arrays are out of reach.

    Attributes:
        has_seen_loss: Whether the step computes its loss by `compute_loss`; else there is nothing to see.
    """

    def __init__(self, model: keras.Model, keeps_first: bool):
        self._model = model
        self.keeps_first = keeps_first
        self._keeps_batch = model.jit_compile is not True  # XLA knows no shape that changes
        self._count, self._failed_at = counter(), counter()
        self._failed_at.assign(-1)
        self._names: list[tuple[str, str]] = []
        self._flags: tf.Variable | None = None
        self._batch: list[tf.Variable] = []
        self._first: list[tf.Variable] = []
        self._structure = None
        self.has_seen_loss = False

    def restart(self) -> None:
        """Forgets what it has seen; the compiled step can serve again."""
        self._count.assign(0)
        self._failed_at.assign(-1)

    # What takes part in the step

    def before_execution(self) -> None:
        """Has nothing to prepare."""

    def after_step(self, logs: Any) -> None:
        """Has nothing left to do."""

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Hears layers and the loss while a step is traced or, if eager, run."""
        with contextlib.ExitStack() as stack:
            calls = stack.enter_context(calls_heard(self._model))
            stack.enter_context(wrapped(self._model, "compute_loss", lambda run: self._hearing(run, calls)))
            yield

    def _hearing(self, run: Callable, calls: list) -> Callable:
        signature = inspect.signature(run)

        def compute_loss(*args, **kwargs):
            loss = run(*args, **kwargs)
            given = signature.bind(*args, **kwargs).arguments
            self._check(given.get("x"), given.get("y"), loss, calls)
            return loss

        return compute_loss

    def _check(self, x, y, loss, calls: list) -> None:
        self.has_seen_loss = True
        graph = None if tf.executing_eagerly() else tf.compat.v1.get_default_graph()
        heard = [c for c in calls if graph is None or getattr(c.output, "graph", None) is graph]
        named = [("input", f"input {i}", each) for i, each in enumerate(_tensors(x))]
        named += [("target", f"target {i}", each) for i, each in enumerate(_tensors(y))]
        named += [("activation", call.name, call.output) for call in heard]
        named = [each for each in named if each[2].dtype.is_floating]
        sums = [tf.cast(tf.reduce_sum(each[2]), tf.float32) for each in (*named, ("", "", loss))]
        names = variable_names(self._model)
        weights = [w for w in self._model.weights if w.value.dtype.is_floating]
        named += [("weight", names[id(w)], w.value) for w in weights]
        named.append(("loss", "loss", loss))
        self._make_room([each[:2] for each in named], x, y)
        is_suspect = tf.logical_and(~tf.math.is_finite(tf.add_n(sums)), self._failed_at < 0)
        count = self._count.assign_add(1) - 1

        def look():
            flags = tf.stack([_is_finite(each[2]) for each in named])
            return tf.cond(tf.reduce_all(flags), lambda: True, lambda: note(flags))  # a sum may overflow

        def note(flags):
            self._flags.assign(flags)
            self._failed_at.assign(count)
            self._keep(self._batch, x, y)
            return True

        tf.cond(is_suspect, look, lambda: True)
        if self._first:
            tf.cond(count == 0, lambda: self._keep(self._first, x, y), lambda: True)

    def _make_room(self, names: list[tuple[str, str]], x, y) -> None:
        if self._names == names:
            return
        self._names = names
        with tf.init_scope():
            self._flags = tf.Variable(tf.ones(len(names), tf.bool), trainable=False)
            if self._keeps_batch and not self._batch:
                self._structure = keras.tree.map_structure(lambda _: 0, (x, y))
                self._batch = [_room(each) for each in _tensors((x, y))]
                self._first = [_room(each) for each in _tensors((x, y))] if self.keeps_first else []

    def _keep(self, room: list[tf.Variable], x, y):
        for variable, tensor in zip(room, _tensors((x, y)), strict=room != []):
            variable.assign(tensor)
        return True

    # What it found

    @property
    def step(self) -> int | None:
        """The first step with a tensor that was not finite, from 0; None if all were finite."""
        step = int(self._failed_at.numpy())
        return None if step < 0 else step

    def not_finite(self) -> list[tuple[str, str]]:
        """Kinds and names of the tensors of that step that were not finite."""
        flags = self._flags.numpy()
        return [name for name, is_finite in zip(self._names, flags, strict=True) if not is_finite]

    def batch(self) -> tuple | None:
        """Inputs and targets of that step; None if there is none, or XLA compiled the step."""
        return self._packed(self._batch) if self.step is not None else None

    def first_batch(self) -> tuple | None:
        """Inputs and targets of the first step, where they were to be kept."""
        return self._packed(self._first) if int(self._count.numpy()) else None

    def _packed(self, room: list[tf.Variable]) -> tuple | None:
        if not room:
            return None
        return keras.tree.pack_sequence_as(self._structure, [each.numpy() for each in room])


def _tensors(structure) -> list:
    return [each for each in keras.tree.flatten(structure) if tf.is_tensor(each)]


def _is_finite(tensor) -> tf.Tensor:
    return tf.reduce_all(tf.math.is_finite(tensor))


def _room(tensor) -> tf.Variable:
    shape = tf.TensorShape([None] * len(tensor.shape))
    return tf.Variable(tf.zeros([0] * len(tensor.shape), tensor.dtype), shape=shape, trainable=False)
