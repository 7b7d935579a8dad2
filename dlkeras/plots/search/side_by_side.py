"""All hyperparameters side by side: a line for each trial, and how much each one matters."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from dlkeras.plots import scales, style
from dlkeras.plots.search import trials as of
from dlkeras.plots.search.dimensions import Dimension, dimensions

MOST_AXES = 10  # axes that can be read side by side
_ONE_ROW = 5  # names that stand side by side; more are in two rows
_STRIP = 0.12  # width of the colours beside the score, in tenths of the figure's width
_INACTIVE = -0.14  # place below the axes
_HALO = [withStroke(linewidth=2.5, foreground="white")]
MOST_BARS = 20  # bars
_ROW = 0.36  # inches
DOUBTFUL_NOTE = "Grey: may be chance, since one in twenty random choices of the best trials gives as much."


@style.look()
def parallel_coordinates(trials: Sequence[Any], names: Sequence[str] | None = None) -> Figure:
    """Draws each trial as a line through its hyperparameters, each on its own scale, to its score.

    The best trials lie on top. Where a hyperparameter is inactive, the line runs below its axis.

    Args:
        trials: Records with the fields of a `TrialRecord`; those without a score are left out.
        names: Which hyperparameters, in this order, at most 10; None for the first 10.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If no trial has a score, a name is not known, or there are too many.

    Example:
        ```python
        figure = parallel_coordinates(load_trials("searches/digits"))
        ```
    """
    if names is not None and len(names) > MOST_AXES:
        raise ValueError(f"`names` must be at most {MOST_AXES}. Received: {len(names)} names.")
    scores = of.Scores(trials)
    everything = dimensions(trials, names)
    shown = everything[:MOST_AXES]
    norm, colors = scores.colors()
    scale = "log" if scores.is_log else "linear"
    score = Dimension(scores.best.objective or "score", scale, norm.vmin, norm.vmax)
    lines = _lines(scores, shown, score)
    figure, (ax,) = style.grid(1)
    figure.set_figheight(4.6)
    for trial, line in zip(scores.best_first[::-1], lines, strict=True):
        width, alpha = (2.0, 1.0) if trial is scores.best else (1.3, 0.75)
        if trial is scores.best:
            ax.plot(line, color=of.BEST, linewidth=3.6, zorder=3)
        ax.plot(line, color=colors(norm(trial.score)), linewidth=width, alpha=alpha, zorder=3)
    _axes(ax, [*shown, score], has_inactive=bool(np.any(lines < 0)))
    _score_strip(ax, len(shown), {"norm": norm, "cmap": colors})
    sentences = [f"Colour: {scores.name}. Framed: the best trial, {scores.best.number}."]
    if len(everything) > MOST_AXES:
        sentences.append(f"Left out: {', '.join(d.name for d in everything[MOST_AXES:])}.")
    style.add_note(figure, sentences)
    style.freeze(figure)
    return figure


def _lines(scores: of.Scores, shown: Sequence[Dimension], score: Dimension) -> np.ndarray:
    """Gives where the line of each trial crosses each axis, the worst trial first, (n, d + 1)."""
    rng = np.random.default_rng(0)
    lines = []
    for trial in scores.best_first[::-1]:
        heights = [_height(d.place(trial.values.get(d.name)), d, rng) for d in shown]
        lines.append([*heights, score.place(trial.score)])
    return np.array(lines)


def _height(place: float, dimension: Dimension, rng: np.random.Generator) -> float:
    """Gives where a line crosses an axis; lines through the same choice lie side by side."""
    if math.isnan(place):
        return _INACTIVE + 0.03 * (rng.random() - 0.5)
    if dimension.scale == "choice":
        return place + 0.3 * (rng.random() - 0.5) / len(dimension.choices)
    return place


def _axes(ax: Axes, axes: Sequence[Dimension], has_inactive: bool) -> None:
    ax.grid(False)
    ax.spines[:].set_visible(False)
    unit = len(axes) / 10  # a tenth of the figure's width, about
    ax.set_xlim(-0.35 * unit, len(axes) - 1 + 0.45 * unit)
    ax.set_ylim(_INACTIVE - 0.05 if has_inactive else -0.04, 1.04)
    is_staggered = len(axes) > _ONE_ROW
    line = (180 if is_staggered else 90) // len(axes)
    names = [textwrap.fill(dimension.name, line) for dimension in axes]
    names = [("\n" if is_staggered and i % 2 else "") + name for i, name in enumerate(names)]
    scales.fix_ticks(ax.xaxis, range(len(axes)), names)
    scales.fix_ticks(ax.yaxis, [_INACTIVE] if has_inactive else [], ["inactive"] if has_inactive else [])
    ax.tick_params(length=0)
    for i, dimension in enumerate(axes):
        is_score = i == len(axes) - 1
        side = i + (_STRIP * unit if is_score else 0)
        ax.plot([i, i], [0, 1], color=style.INK, linewidth=1.2, zorder=3.5)
        for place, text in zip(*dimension.ticks(4), strict=True):
            ax.plot(
                [i - 0.03 * unit, i + 0.03 * unit], [place, place], color=style.INK, linewidth=1.0, zorder=3.5
            )
            ax.annotate(
                text,
                (side, place),
                xytext=(5 if is_score else -5, 0),
                textcoords="offset points",
                ha="left" if is_score else "right",
                va="center",
                fontsize=style.LABEL_SIZE - 1,
                zorder=6,
                path_effects=_HALO,
            )


def _score_strip(ax: Axes, position: int, look: dict) -> None:
    """Shows beside the axis of the score which colour means which score."""
    heights = np.linspace(0.0, 1.0, 101)
    middles = look["norm"].inverse((heights[1:] + heights[:-1]) / 2)
    ax.pcolormesh(
        [position, position + _STRIP * (position + 1) / 10], heights, middles[:, None], **look, zorder=3
    )


@style.look()
def importance(shares: Mapping[str, float], doubtful: Collection[str] = ()) -> Figure:
    """Draws the importance of each hyperparameter as a bar, the greatest on top, at most twenty.

    Args:
        shares: Importance by name, at least 0, as `dlkeras.tuning.importance` gives it; NaN where there
            are too few trials, which the figure says.
        doubtful: Names whose importance may be chance; their bars are grey, and the figure says why.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If none is a number, or one is negative or infinite.

    Example:
        >>> figure = importance({"learning_rate": 0.7, "units": 0.3, "momentum": math.nan})
    """
    known = {name: float(share) for name, share in shares.items() if not math.isnan(share)}
    if not known or not all(0 <= share < math.inf for share in known.values()):
        raise ValueError(f"`shares` must hold finite numbers of at least 0. Received: shares={dict(shares)}")
    ordered = sorted(known.items(), key=lambda item: -item[1])[:MOST_BARS]
    figure, (ax,) = style.grid(1)
    figure.set_figheight(_ROW * len(ordered) + 1.4)
    heights = np.arange(len(ordered), 0, -1)
    values = [share for _, share in ordered]
    colors = [style.MISSING if name in doubtful else style.CATEGORY_COLORS[0] for name, _ in ordered]
    ax.barh(heights, values, height=0.66, color=colors)
    for height, value in zip(heights, values, strict=True):
        ax.annotate(
            f"{100 * value:.0f} %" if value >= 0.005 else "< 1 %",
            (value, height),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=style.LABEL_SIZE,
        )
    scales.fix_ticks(ax.yaxis, heights, [name for name, _ in ordered])
    ax.set_xlim(0, 1.1 * max(values) or 1.0)
    ax.set_ylim(0.4, len(ordered) + 0.6)
    ax.tick_params(axis="y", length=0)
    ax.grid(False)
    ax.spines["bottom"].set_visible(False)
    ax.set_xticks([])
    style.label_axes([ax], titles=[""], xlabel="importance (share of all)", ylabel="")
    unknown = [name for name in shares if name not in known]
    sentences = [DOUBTFUL_NOTE] if set(doubtful) & set(known) else []
    if len(known) > MOST_BARS:
        sentences.append(f"Left out: the {len(known) - MOST_BARS} least important ones.")
    if unknown:
        sentences.append(f"Too few trials to say: {', '.join(unknown)}.")
    style.add_note(figure, sentences)
    style.freeze(figure)
    return figure
