"""Writes values as JSON has a form for, and numbers as a reader would."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def json_text(value: Any) -> str:
    """Writes a value as JSON, the same for the same value; NaN is null, infinities are strings."""
    return json.dumps(_plain(value), indent=2, sort_keys=True, allow_nan=False, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    """Turns a value into what JSON has a form for."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    if hasattr(value, "tolist"):  # NumPy scalars and arrays
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | range):
        return [_plain(item) for item in value]
    if isinstance(value, Path):
        return value.as_posix()
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def number(value: float) -> str:
    """Writes a number with three significant digits, powers of ten as a reader would."""
    value = float(value)
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        text = f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}"
        return text.replace("-", "−")
    digits, exponent = f"{value:.2e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{float(digits):g} × 10{raised}".replace("-", "−")


def value_text(value: Any) -> str:
    """Writes a value of a hyperparameter: numbers that are not whole as `number` does."""
    if isinstance(value, float):
        return f"{value:g}" if value.is_integer() else number(value)
    return "–" if value is None else str(value)
