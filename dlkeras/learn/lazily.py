"""Keras and TensorFlow, imported when first used: a list of exercises must not wait for them."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class _Lazily:
    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._module), name)


keras = _Lazily("keras")
tf = _Lazily("tensorflow")
