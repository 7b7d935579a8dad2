"""Hears which optimizers and layers a training step calls, wherever they are kept."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import keras

from dlkeras.base.keras_private import CLIP, UPDATE

APPLY = "apply"


class Listener(Protocol):
    """What is told of the calls of optimizers: each calls `run` with the arguments, and may look at them."""

    def on_apply(self, optimizer: keras.Optimizer, run: Callable, *args: Any, **kwargs: Any) -> Any:
        """Is told of `apply`, the outer one where a class calls that of its parent."""

    def on_parents_apply(self, optimizer: keras.Optimizer) -> None:
        """Is told that the `apply` of a class has called that of its parent."""

    def on_clip(self, optimizer: keras.Optimizer, run: Callable, *args: Any, **kwargs: Any) -> Any:
        """Is told of the gradients before clipping."""

    def on_update(self, optimizer: keras.Optimizer, run: Callable, *args: Any, **kwargs: Any) -> Any:
        """Is told of the gradients that the weights are moved by."""


@contextlib.contextmanager
def optimizers_heard(listener: Listener) -> Iterator[None]:
    """Tells a listener of the calls of every optimizer of Keras in this thread, for a while.

    An optimizer may be the model's own, inside of another one, in an attribute or nowhere in the model's
    reach: so it is the classes that are changed, and not the objects.
    """
    told = {APPLY: listener.on_apply, CLIP: listener.on_clip, UPDATE: listener.on_update}
    thread, inside = threading.get_ident(), set()

    def heard(name: str, method: Callable) -> Callable:
        @functools.wraps(method)
        def call(optimizer, *args, **kwargs):
            run, key = functools.partial(method, optimizer), (id(optimizer), name)
            if threading.get_ident() != thread:
                return run(*args, **kwargs)
            if key in inside:
                if name == APPLY:
                    listener.on_parents_apply(optimizer)
                return run(*args, **kwargs)
            inside.add(key)
            try:
                return told[name](optimizer, run, *args, **kwargs)
            finally:
                inside.remove(key)

        return call

    with contextlib.ExitStack() as stack:
        for kind in _classes(keras.Optimizer):
            for name in told:
                if name in vars(kind):
                    stack.enter_context(_changed(kind, name, heard(name, vars(kind)[name])))
        yield


@contextlib.contextmanager
def layers_heard(calls: dict[int, int]) -> Iterator[None]:
    """Notes the order in which layers are first called, by their ids, for a while."""
    call = keras.Layer.__call__

    @functools.wraps(call)
    def call_and_note(layer, *args, **kwargs):
        calls.setdefault(id(layer), len(calls))
        return call(layer, *args, **kwargs)

    with _changed(keras.Layer, "__call__", call_and_note):
        yield


def class_of_apply(optimizer: keras.Optimizer | type) -> type:
    """Returns the class that has the `apply` of an optimizer."""
    kind = optimizer if isinstance(optimizer, type) else type(optimizer)
    return next(each for each in kind.__mro__ if APPLY in vars(each))


def _classes(kind: type) -> list[type]:
    """Lists a class, all that inherit from it, and what else these inherit from."""
    found: dict[type, None] = {}
    waiting = [kind]
    while waiting:
        each = waiting.pop()
        found |= dict.fromkeys(each.__mro__)
        waiting += each.__subclasses__()
    return [each for each in found if each is not object]


@contextlib.contextmanager
def _changed(kind: type, name: str, value: Any) -> Iterator[None]:
    before = vars(kind)[name]
    setattr(kind, name, value)
    try:
        yield
    finally:
        setattr(kind, name, before)
