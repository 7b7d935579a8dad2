"""Why a Keras model does not learn, and what to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dlkeras.diagnosis.callback import Diagnosis
    from dlkeras.diagnosis.problem import Change, Problem

__all__ = ["Change", "Diagnosis", "Problem"]


def __getattr__(name: str) -> Any:
    if name == "Diagnosis":  # TensorFlow starts here, so the command's --help answers at once
        from dlkeras.diagnosis.callback import Diagnosis

        return Diagnosis
    if name in ("Change", "Problem"):
        from dlkeras.diagnosis import problem

        return getattr(problem, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
