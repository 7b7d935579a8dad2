"""Views to step through: plain records of panels whose numbers are picked by sliders; a script draws them."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

TEMPLATES = Path(__file__).parent / "templates"
MARGIN = 0.04  # of an axis, free on either side


@dataclass(frozen=True)
class Slider:
    """What moves a view.

    Args:
        name: A word, which stands in the address: `#step=120`.
        label: What it is, with the unit.
        values: Its positions: numbers or words, at least one.
        start: The place of the first one shown.
        plays: Whether it is time, and can be played. One slider of a view at most.
    """

    name: str
    label: str
    values: Sequence[float | str]
    start: int = 0
    plays: bool = False


@dataclass(frozen=True)
class Line:
    """A line, or points, of numbers that sliders pick.

    Args:
        name: What it is; lines of one name share an entry of the legend. "" for none.
        color: As CSS writes it.
        x: Places along the horizontal axis, (..., n); the first axes are those of `x_by`.
        y: Along the vertical one, (..., n); nested lists may differ in n. NaN leaves a gap.
        low: Lower end of a band, as `y`.
        high: Its upper end.
        by: Names of the sliders that index `y`, `low` and `high`, in the order of their axes.
        x_by: Those that index `x`.
        until: The slider up to whose place points are drawn, with a dot on the last one. It has n positions.
        at: The slider at whose place a dot is drawn. It has n positions.
        look: "line", "dashed", or "points".
    """

    name: str
    color: str
    x: ArrayLike
    y: ArrayLike
    low: ArrayLike | None = None
    high: ArrayLike | None = None
    by: Sequence[str] = ()
    x_by: Sequence[str] = ()
    until: str = ""
    at: str = ""
    look: str = "line"


@dataclass(frozen=True)
class Cells:
    """A coloured plane, such as what a network answers at each point.

    Args:
        values: (..., rows, columns) in [0, 1], rows from the bottom; the first axes are those of `by`.
        extent: Where it lies: left, right, bottom, top.
        colors: Of 0, of 1/2 and of 1, as `#rrggbb`.
        by: Names of the sliders that index `values`.
    """

    values: ArrayLike
    extent: tuple[float, float, float, float]
    colors: tuple[str, str, str] = ("#0072B2", "#FFFFFF", "#D55E00")
    by: Sequence[str] = ()


@dataclass(frozen=True)
class Axis:
    """An axis: its label with the unit, whether it is logarithmic, its ends (if None, those of the data)."""

    label: str
    log: bool = False
    ends: tuple[float, float] | None = None


@dataclass(frozen=True)
class Panel:
    """Marks on two axes."""

    title: str
    x: Axis
    y: Axis
    marks: Sequence[Line | Cells]


@dataclass(frozen=True)
class View:
    """Panels that sliders move; shown by a notebook as it is.

    Args:
        title: What it answers, in a line.
        about: How to read it: what a band is, the number of seeds.
        sliders: What moves it.
        panels: What it shows.
        figure: Name of the exhibit that shows the same, still.

    Raises:
        ValueError: If a mark names an unknown slider, or its numbers have not one entry for each position.

    Example:
        >>> step = Slider("step", "Training step", [0, 10, 20], plays=True)
        >>> loss = Line("loss", "#0072B2", x=step.values, y=[2.3, 1.1, 0.4], at="step")
        >>> view = View("How fast?", "One seed.", [step], [Panel("Loss", Axis("step"), Axis("nats"), [loss])])
        >>> '"at":"step"' in view.json
        True
    """

    title: str
    about: str
    sliders: Sequence[Slider]
    panels: Sequence[Panel]
    figure: str = ""

    def __post_init__(self) -> None:
        sizes = {slider.name: len(slider.values) for slider in self.sliders}
        for mark in (mark for panel in self.panels for mark in panel.marks):
            for name, by in _INDEXED[type(mark)].items():
                if (nested := getattr(mark, name)) is not None:
                    _check_sizes(name, nested, getattr(mark, by), sizes)
            for name in (mark.until, mark.at) if isinstance(mark, Line) else ():
                if name and name not in sizes:
                    raise ValueError(
                        f"`until` and `at` must name a slider. Received: {name!r}, of {list(sizes)}"
                    )

    @property
    def json(self) -> str:
        """The view as the script reads it: on one line, numbers of four digits, without `<`."""
        record = {
            **{"title": self.title, "about": self.about},
            "sliders": [_plain(vars(slider)) for slider in self.sliders],
            "panels": [_panel(panel) for panel in self.panels],
        }
        return json.dumps(record, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")

    def _repr_html_(self) -> str:
        data = f'<script type="application/json">{self.json}</script>'
        return f'<style>{read("view.css")}</style><div class="view">{data}</div><script>{script()}</script>'


# What sliders index, and the field that names them.
_INDEXED = {Line: {"x": "x_by", "y": "by", "low": "by", "high": "by"}, Cells: {"values": "by"}}


def script() -> str:
    """Gives the script that draws all views of a page and moves them; a page has it once."""
    return f"{{\n{read('plot.js')}\n{read('view.js')}}}"


def read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def thinned(count: int, most: int = 60) -> np.ndarray:
    """Picks steps to show: all of the first ones, then ever fewer, and the last one.

    Args:
        count: How many there are.
        most: How many to pick, at most.

    Returns:
        Places from 0 to count − 1, rising.

    Example:
        >>> thinned(1000, 12).tolist()
        [0, 1, 3, 6, 11, 22, 42, 80, 151, 284, 533, 999]
    """
    if count <= most:
        return np.arange(count)
    return np.unique(np.round(np.geomspace(1, count, most)).astype(int)) - 1


def band(values: ArrayLike, axis: int = 0) -> dict[str, np.ndarray]:
    """Gives `y`, `low` and `high` of a line: median, 10th and 90th percentile over an axis, the seeds."""
    low, y, high = np.nanpercentile(values, [10, 50, 90], axis=axis)
    return {"y": y, "low": low, "high": high}


def _check_sizes(name: str, nested: Any, by: Sequence[str], sizes: dict[str, int]) -> None:
    for slider in by:
        if slider not in sizes:
            raise ValueError(f"`by` must name sliders. Received: {slider!r}, of {list(sizes)}")
        if len(nested) != sizes[slider]:
            raise ValueError(
                f"`{name}` must have an entry for each of the {sizes[slider]} positions of {slider!r}. "
                f"Received: {len(nested)}"
            )
        nested = nested[0]


def _panel(panel: Panel) -> dict[str, Any]:
    record = {"title": panel.title, "marks": [_plain(vars(mark)) for mark in panel.marks]}
    for name, place in {"x": 0, "y": 2}.items():
        axis = getattr(panel, name)
        numbers = [n for mark in panel.marks for n in _along(mark, name, place)]
        ends = axis.ends or _ends(numbers, axis.log)
        record[name] = {"label": axis.label, "log": axis.log, "ends": [_plain(float(end)) for end in ends]}
    return record


def _along(mark: Line | Cells, name: str, place: int) -> list[float]:
    if isinstance(mark, Cells):
        return list(mark.extent[place : place + 2])
    parts = [mark.x] if name == "x" else [mark.y, mark.low, mark.high]
    return [number for part in parts if part is not None for number in _flat(part)]


def _flat(nested: Any) -> list[float]:
    if isinstance(nested, np.ndarray):
        return nested.ravel().tolist()
    return [n for part in nested for n in (_flat(part) if hasattr(part, "__len__") else [float(part)])]


def _ends(numbers: Sequence[float], log: bool) -> tuple[float, float]:
    shown = [math.log10(n) if log else n for n in numbers if math.isfinite(n) and (n > 0 or not log)]
    low, high = (min(shown), max(shown)) if shown else (0.0, 1.0)
    free = MARGIN * (high - low) or 0.5
    low, high = low - free, high + free
    return (10**low, 10**high) if log else (low, high)


def _plain(value: Any) -> Any:
    """Turns a value into what JSON has a form for: numbers of four digits, what is not finite into null."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple | range):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.4g}") if math.isfinite(value) else None
    return value
