"""The axis of a hyperparameter, on its own scale: where a value stands, and which values are written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.ticker import MaxNLocator

from dlkeras.base.scales import to_place
from dlkeras.plots import scales

_LONGEST = 12  # characters of a choice


@dataclass(frozen=True)
class Dimension:
    """A hyperparameter as an axis from 0 to 1.

    Example:
        >>> Dimension("learning_rate", "log", 1e-4, 1.0).place(1e-2)
        0.5
        >>> Dimension("optimizer", "choice", choices=("sgd", "adam")).place("adam")
        0.75
    """

    name: str
    scale: str  # of `dlkeras.base.scales`, or "choice"
    low: float = 0.0
    high: float = 1.0
    choices: tuple = ()  # in the order in which they stand
    is_whole: bool = False  # the values of a range

    def place(self, value: Any) -> float:
        """Gives where a value stands, NaN for None and for what is no value of a choice."""
        if self.scale == "choice":
            return (
                (self.choices.index(value) + 0.5) / len(self.choices) if value in self.choices else math.nan
            )
        if value is None:
            return math.nan
        return to_place(self.scale, self.low, self.high, value)

    def ticks(self, count: int = 4) -> tuple[list[float], list[str]]:
        """Gives places with the texts that are written there: all choices, or about `count` of a range."""
        if self.scale == "choice":
            return [self.place(choice) for choice in self.choices], [_short(c) for c in self.choices]
        if self.scale == "log":
            values, texts = scales.log_ticks(self.low, self.high, count)
        elif self.scale == "one_minus_log":
            distances, _ = scales.log_ticks(1 - self.high, 1 - self.low, count)
            values = [1 - distance for distance in distances]
            texts = [f"{value:.6g}" for value in values]
        else:
            found = MaxNLocator(count, integer=self.is_whole, min_n_ticks=1).tick_values(self.low, self.high)
            values = [float(value) for value in found if self.low <= value <= self.high]
            texts = [f"{value:,.6g}" for value in values]
        kept: dict[float, str] = {}
        for value, text in sorted(zip(values, texts, strict=True)):
            if not kept or self.place(value) - max(kept) > 0.5 / count:
                kept[self.place(value)] = text
        return list(kept), list(kept.values())


def dimensions(trials: Sequence[Any], names: Sequence[str] | None = None) -> list[Dimension]:
    """Gives the hyperparameters of a search that have more than one value.

    A name that stands for several ranges, in different trials or under different conditions, becomes one that
    holds them all. All are in the order in which the model asks for them.
    """
    parts: dict[str, list[dict]] = {}
    for trial in trials:
        for config in trial.space:
            known = parts.setdefault(config["name"], [])
            if config not in known:
                known.append(config)
    found = {name: _joined(name, configs) for name, configs in parts.items()}
    found = {name: dimension for name, dimension in found.items() if dimension is not None}
    if not found:
        raise ValueError("`trials` must have a hyperparameter with more than one value. Received: none.")
    if unknown := [name for name in names or () if name not in found]:
        raise ValueError(
            f"`names` must be hyperparameters with more than one value, which are: {', '.join(found)}. "
            f"Received: {', '.join(unknown)}"
        )
    return [found[name] for name in (found if names is None else names)]


def _joined(name: str, configs: Sequence[dict]) -> Dimension | None:
    ranges = [config for config in configs if "min_value" in config]
    if len(ranges) < len(configs):
        choices = tuple(dict.fromkeys(value for config in configs for value in _values(config)))
        if all(isinstance(value, int | float) for value in choices):
            choices = tuple(sorted(choices))
        return Dimension(name, "choice", choices=choices) if len(choices) > 1 else None
    low = min(config["min_value"] for config in ranges)
    high = max(config["max_value"] for config in ranges)
    first = ranges[0]
    scale = "one_minus_log" if first["kind"] == "OneMinusLog" else first.get("sampling") or "linear"
    is_whole = all(config["kind"] == "Int" for config in ranges)
    return Dimension(name, scale, low, high, is_whole=is_whole) if low < high else None


def _values(config: dict) -> list:
    if config["kind"] == "Boolean":
        return [False, True]
    if "min_value" in config:
        return [config["min_value"], config["max_value"]]
    return list(config.get("values", [config.get("value")]))


def _short(choice: Any) -> str:
    text = str(choice)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
