"""Garbage collection that leaves alone what was there before a search, such as the modules of TensorFlow.

keras-tuner collects garbage twice before each model, and each time all objects of the process are looked
through: a fifth of the time of a short trial.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


def freeze() -> bool:
    """Takes what is alive out of later collections, unless some of it already is.

    Returns:
        Whether it did.
    """
    if gc.get_freeze_count():
        return False
    gc.collect()
    gc.freeze()
    return True


@contextlib.contextmanager
def frozen() -> Iterator[None]:
    """Collects, inside the block, only garbage that is made there."""
    did = freeze()
    try:
        yield
    finally:
        if did:
            gc.unfreeze()
