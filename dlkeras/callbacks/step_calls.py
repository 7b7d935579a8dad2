"""Hears which optimizers and layers a training step calls, wherever they are kept."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

import keras

from dlkeras.base.keras_private import CLIP, UPDATE

APPLY, CALL = "apply", "__call__"


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
    inside = set()

    def hear(name: str, optimizer: keras.Optimizer, run: Callable, *args: Any, **kwargs: Any) -> Any:
        key = id(optimizer), name
        if key in inside:
            if name == APPLY:
                listener.on_parents_apply(optimizer)
            return run(*args, **kwargs)
        inside.add(key)
        try:
            return told[name](optimizer, run, *args, **kwargs)
        finally:
            inside.remove(key)

    methods = [(kind, name) for kind in _classes(keras.Optimizer) for name in told if name in vars(kind)]
    with _heard(methods, dict.fromkeys(told, hear)):
        yield


@contextlib.contextmanager
def layers_heard(calls: dict[int, int]) -> Iterator[None]:
    """Notes the order in which layers are first called in this thread, by their ids, for a while."""

    def note(name: str, layer: keras.Layer, run: Callable, *args: Any, **kwargs: Any) -> Any:
        calls.setdefault(id(layer), len(calls))
        return run(*args, **kwargs)

    with _heard([(keras.Layer, CALL)], {CALL: note}):
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


# Several trainings may be traced at once, each in a thread: a class is changed for all of them together, and
# every thread hears its own calls.
_lock = threading.Lock()
_originals: dict[tuple[type, str], Callable] = {}
_num_hearing = 0
_here = threading.local()


@contextlib.contextmanager
def _heard(methods: Iterable[tuple[type, str]], hear: Mapping[str, Callable]) -> Iterator[None]:
    """Has this thread's calls of some methods of classes heard, by the name of the method, for a while."""
    global _num_hearing
    with _lock:
        _num_hearing += 1
        for kind, name in methods:
            if (kind, name) not in _originals:
                _originals[kind, name] = vars(kind)[name]
                setattr(kind, name, _telling(name, vars(kind)[name]))
    stack = vars(_here).setdefault("stack", [])
    stack.append(hear)
    try:
        yield
    finally:
        stack.pop()
        with _lock:
            _num_hearing -= 1
            if not _num_hearing:
                for (kind, name), original in _originals.items():
                    setattr(kind, name, original)
                _originals.clear()


def _telling(name: str, method: Callable) -> Callable:
    @functools.wraps(method)
    def call(instance, *args, **kwargs):
        run = functools.partial(method, instance)
        for hear in vars(_here).get("stack", ()):
            if name in hear:
                run = functools.partial(hear[name], name, instance, run)
        return run(*args, **kwargs)

    return call
