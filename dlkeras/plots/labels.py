"""Names written at the ends of lines, moved apart until none overlap."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from numpy.typing import ArrayLike

from dlkeras.plots import style

_LINE = 1.25 * style.LABEL_SIZE  # points: height of a line of text with its air
_GAP = 12  # points between the data and the names, crossed by leaders
_MARGIN = 14  # points on the other side of the data: half the width of a tick's text
_WRAP = 14  # characters


@dataclass(frozen=True)
class End:
    """The end of a line in data units, the name to write there, and the colour of the line."""

    text: str
    x: float
    y: float
    color: str


def line_end(text: str, x: np.ndarray, y: np.ndarray, color: str, side: str = "right") -> list[End]:
    """Finds where a line visibly ends: one end, or none if no value is finite.

    Example:
        >>> line_end("tanh", np.arange(3), np.array([1.0, 2.0, np.nan]), "black")[0].y
        2.0
    """
    visible = np.flatnonzero(np.isfinite(y))
    if not visible.size:
        return []
    i = visible[-1 if side == "right" else 0]
    return [End(text, float(x[i]), float(y[i]), color)]


def push_apart(centres: ArrayLike, heights: ArrayLike, low: float, high: float) -> np.ndarray:
    """Moves labels along a line as little as possible until none overlap.

    Args:
        centres: Wanted centres, of shape (k,), in any order.
        heights: Heights, of shape (k,), in the same unit.
        low: Lower bound for what is covered.
        high: Upper bound. If the labels do not fit, they run over it rather than overlap.

    Returns:
        Centres of shape (k,), the order kept: the least-squares solution (pooling adjacent violators).

    Example:
        >>> push_apart([5, 5], [2, 2], 0, 10)
        array([4., 6.])
    """
    centres, heights = np.asarray(centres, dtype=float), np.asarray(heights, dtype=float)
    order = np.argsort(centres, kind="stable")
    stacked = np.cumsum(heights[order]) - heights[order] / 2  # centres when packed from 0
    pools: list[list[float]] = []
    for wanted in centres[order] - stacked:
        pools.append([wanted])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    shifts = np.concatenate([np.full(len(pool), np.mean(pool)) for pool in pools]) if pools else stacked
    shifts = np.clip(shifts, low, max(low, high - heights.sum()))
    result = np.empty_like(centres)
    result[order] = shifts + stacked
    return result


def best_side(axes: Sequence[Axes], ends: Mapping[str, Sequence[Sequence[End]]]) -> str:
    """Chooses "left" or "right", where the labels have to be moved less; the axes are laid out."""

    def moved(side: str) -> float:
        total = 0.0
        for ax, panel_ends in zip(axes, ends[side], strict=True):
            heights = [_LINE * len(_wrap(end.text).split("\n")) for end in panel_ends]
            centres = _y_points(ax, [end.y for end in panel_ends])
            total += float(np.abs(push_apart(centres, heights, *_y_range(ax)) - centres).sum())
        return total

    return "left" if moved("left") < moved("right") - 1.0 else "right"


def label_ends(ax: Axes, ends: Sequence[End], x_range: tuple[float, float], *, side: str = "right") -> None:
    """Writes names beside line ends, in room made inside the axes, with thin leaders where moved.

    Args:
        ax: Axes, laid out (see `style.freeze`), scales and y limits set. Its x limits are set here.
        ends: Line ends and names; long names are wrapped, a line break is kept.
        x_range: First and last x of the data.
        side: "left" or "right".

    Example:
        >>> from dlkeras.plots import style
        >>> _, (ax,) = style.grid(1)
        >>> label_ends(ax, [End("tanh", 430, 0.97, "#0072B2")], (1, 430))
    """
    texts = [_annotation(ax, end, side) for end in ends]
    boxes = [text.get_window_extent(ax.figure.canvas.get_renderer()) for text in texts]
    to_points = 72 / ax.figure.dpi
    room = max((box.width * to_points for box in boxes), default=0.0) + _GAP + 5
    _set_x_limits(ax, x_range, room, side)
    centres = _y_points(ax, [end.y for end in ends])
    heights = [max(_LINE, 1.1 * box.height * to_points) for box in boxes]
    edge = x_range[1 if side == "right" else 0]
    for end, text, centre, moved in zip(
        ends, texts, centres, push_apart(centres, heights, *_y_range(ax)), strict=True
    ):
        across = (ax.transData.transform([[edge, end.y]]) - ax.transData.transform([[end.x, end.y]]))[0, 0]
        text.set_position((across * to_points + (_GAP if side == "right" else -_GAP), moved - centre))
        if abs(moved - centre) < 3 and abs(across) * to_points < 20:
            text.arrow_patch.set_visible(False)


def _annotation(ax: Axes, end: End, side: str) -> Annotation:
    return ax.annotate(
        _wrap(end.text),
        xy=(end.x, end.y),
        xytext=(0, 0),
        textcoords="offset points",
        ha="left" if side == "right" else "right",
        va="center",
        fontsize=style.LABEL_SIZE,
        linespacing=1.0,
        color=style.text_color(end.color),
        annotation_clip=False,
        arrowprops={
            "arrowstyle": "-",
            "color": end.color,
            "linewidth": 0.7,
            "shrinkA": 1,
            "shrinkB": 0,
            "relpos": (0 if side == "right" else 1, 0.5),
        },
        path_effects=style.HALO,
        zorder=5,
    )


def _set_x_limits(ax: Axes, x_range: tuple[float, float], room: float, side: str) -> None:
    """Leaves `room` points on one side, a margin on the other, and ends the axis line with the data."""
    log = ax.get_xscale() == "log"
    low, high = np.log10(x_range) if log else x_range
    width = ax.get_window_extent().width * 72 / ax.figure.dpi
    unit = ((high - low) or 1.0) / max(width - room - _MARGIN, 0.3 * width)  # of the axis per point
    wide, thin = room * unit, _MARGIN * unit
    limits = (low - thin, high + wide) if side == "right" else (low - wide, high + thin)
    ax.set_xlim(*(np.power(10.0, limits) if log else limits))
    ax.spines["bottom"].set_bounds(*x_range)


def _y_points(ax: Axes, y: Sequence[float]) -> np.ndarray:
    points = np.column_stack([np.full(len(y), ax.get_xlim()[0]), np.asarray(y, dtype=float)])
    return ax.transData.transform(points)[:, 1] * 72 / ax.figure.dpi


def _y_range(ax: Axes) -> tuple[float, float]:
    box = ax.get_window_extent()
    return box.y0 * 72 / ax.figure.dpi, box.y1 * 72 / ax.figure.dpi


def _wrap(text: str) -> str:
    return "\n".join(textwrap.fill(line, _WRAP, break_long_words=False) for line in text.splitlines())
