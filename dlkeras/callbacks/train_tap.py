"""Lets callbacks take part in a model's compiled training step, for the length of one `fit`.

Keras compiles `model.train_step` into `model.train_function` and calls that for every batch. A
`TrainTap` stands in for it: while the step is traced (or, if eager, run), each watcher may wrap methods
of the optimizer, so what the watcher computes becomes part of the same compiled step. Between two steps,
and after an exception, the optimizer is untouched.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import keras

from dlkeras.base import keras_private


class Watcher(Protocol):
    """What takes part in a training step by a `TrainTap`."""

    def watching(self) -> contextlib.AbstractContextManager:
        """Is entered around `model.train_step`, while it is traced or, if eager, run."""

    def after_step(self, logs: Any) -> None:
        """Is called at the end of the step, inside of it, with what it returns."""

    def before_execution(self) -> None:
        """Is called before each execution of the training function."""


class TrainTap:
    """Stands in for `model.train_function` and traces it anew with its watchers listening."""

    def __init__(self, model: keras.Model):
        model.make_train_function()
        self.plain = model.train_function
        self.watchers: list[Watcher] = []
        self._traced_for: list[Watcher] = []
        self._model = model
        self._function = None
        self._fit = None

    @classmethod
    def install(cls, model: keras.Model, previous: TrainTap | None) -> TrainTap:
        """Puts a tap into `model`, to be joined by watchers.

        Where `previous`, the tap that was used last, still fits, it serves again, and nothing is traced anew
        for the same watchers.
        """
        tap = model.train_function
        if isinstance(tap, cls) and tap._is_over():
            tap._remove()
            tap = None
        if not isinstance(tap, cls):
            fits = previous is not None and previous.plain is model.train_function
            tap = previous if fits else cls(model)
            tap._fit = getattr(model, "history", None)
            tap.watchers = []
            model.train_function = tap
        return tap

    def join(self, watcher: Watcher) -> None:
        """Lets `watcher` take part, once."""
        if watcher not in self.watchers:
            self.watchers.append(watcher)

    def leave(self, watcher: Watcher) -> None:
        """Takes `watcher` out; the last one to leave restores the model's own training function."""
        if watcher in self.watchers:
            self.watchers.remove(watcher)
        if not self.watchers:
            self._remove()

    def check_in_place(self, epoch: int) -> None:
        """Raises a ValueError if another training function took over before the end of `epoch`."""
        if self._model.train_function is not self:
            raise ValueError(
                "`model.train_function` must stay the same during `fit`, or steps go unrecorded. Received: "
                f"another one by the end of epoch {epoch}. Does a callback call `fit` or `compile`?"
            )

    def __call__(self, iterator: Iterator) -> Any:
        if self._is_over():
            self._remove()
            return self.plain(iterator)
        if self._traced_for != self.watchers:
            self._function = self._new_function()
            self._traced_for = list(self.watchers)
        for watcher in self.watchers:
            watcher.before_execution()
        return self._function(iterator)

    def _new_function(self) -> Callable:
        self._model.train_function = None
        with wrapped(self._model, "train_step", self._watch):
            self._model.make_train_function()
        function = self._model.train_function
        self._model.train_function = self
        return function

    def _watch(self, train_step: Callable) -> Callable:
        def watched_step(data):
            with contextlib.ExitStack() as stack:
                for watcher in self.watchers:
                    stack.enter_context(watcher.watching())
                logs = train_step(data)
                for watcher in self.watchers:
                    watcher.after_step(logs)
                return logs

        return watched_step

    def _is_over(self) -> bool:
        # A `fit` that raised never reached `on_train_end`; the next one has another History.
        return self._fit is not getattr(self._model, "history", None)

    def _remove(self) -> None:
        self.watchers = []
        if self._model.train_function is self:
            self._model.train_function = self.plain


@contextlib.contextmanager
def wrapped(instance: object, name: str, wrap: Callable[[Callable], Callable]) -> Iterator[None]:
    """Replaces one method of one object by `wrap(method)` inside a `with` block."""
    attributes = vars(instance)
    missing = object()
    before = attributes.get(name, missing)
    attributes[name] = wrap(getattr(instance, name))
    try:
        yield
    finally:
        if before is missing:
            del attributes[name]
        else:
            attributes[name] = before


def check_trainable(model: keras.Model) -> None:
    """Raises a ValueError if `model` is not compiled, has no trainable weights or several devices."""
    if not getattr(model, "compiled", False):
        raise ValueError(
            f"`model` must be compiled with an optimizer. Received: model {model.name!r}. "
            "Call `model.compile(optimizer, loss)` first."
        )
    if is_built(model) and not model.trainable_variables:
        raise ValueError(
            f"`model` must have trainable weights. Received: model {model.name!r} with none. "
            "Is `trainable=False` set on all its layers?"
        )
    if model.distribute_strategy.num_replicas_in_sync > 1:
        raise ValueError(
            "`model` must be trained on one device. Received: a strategy with "
            f"{model.distribute_strategy.num_replicas_in_sync} replicas."
        )


def is_built(model: keras.Model) -> bool:
    """Says whether a model and all layers inside it have their weights."""
    return all(layer.built for layer in keras_private.all_layers(model))


def warn_of_frozen(model: keras.Model) -> None:
    """Warns where layers were frozen or freed since `compile`: a step traced anew trains other weights."""
    changed = keras_private.frozen_or_freed(model)
    if changed and not model.run_eagerly and int(getattr(model.optimizer, "iterations", 0)) > 0:
        warnings.warn(
            f"`trainable` has changed since `compile` in layers {changed} of model {model.name!r}. Without a "
            "recorder Keras goes on with the training step that it has compiled before; with one it compiles "
            "anew, with `trainable` as it is now. Call `model.compile` after a change.",
            stacklevel=2,
        )
