"""The score over one hyperparameter, with the boxes that the stages looked into, and over two."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from dlkeras.plots import scales, style
from dlkeras.plots.search import trials as of
from dlkeras.plots.search.dimensions import Dimension, dimensions

_BARS = 0.34  # height of the boxes, in heights of the scores' range
_JITTER = 0.6  # of the room that a choice has
WIDTH = 0.08  # of the weights, in lengths of an axis
REACH = 2.5  # widths from the nearest trial up to which there is colour
_POINTS = 121  # of the surface along a range
_LEVELS = 12
NEARBY = (
    "Colour: mean of the trials nearby, weighted by a Gaussian of 0.08 of an axis; white: no trial is near."
)
IN_FIELD = "Colour: mean of the trials in the field; white: there is none."
OTHERS = "The other hyperparameters differ from dot to dot."


@style.look()
def slices(trials: Sequence[Any], names: Sequence[str] | None = None) -> Figure:
    """Draws the score over each hyperparameter, one panel for each, on the hyperparameter's own scale.

    The bars above the dots are the boxes of the stages, each as it was at the last trial of the stage, from
    coarse (the whole range) downwards. A trial in which a hyperparameter is inactive is not in its panel.

    Args:
        trials: Records with the fields of a `TrialRecord`; without stages there are no bars.
        names: Which hyperparameters, in this order; None for all.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If no trial has a score, or a name is not known.

    Example:
        ```python
        figure = slices(load_trials("searches/digits"), ["learning_rate", "depth"])
        ```
    """
    scores, boxes = of.Scores(trials), _boxes(trials)
    shown = dimensions(trials, names)
    figure, axes = style.grid(len(shown), columns=min(3, len(shown)))
    style.label_axes(axes, titles=[dimension.name for dimension in shown], xlabel="", ylabel=scores.name)
    scores.set_axis(axes, above=_BARS if boxes else 0.0)
    colors = of.stage_colors(trials)
    for ax, dimension in zip(axes, shown, strict=True):
        _panel(ax, dimension, trials, scores)
        _bars(ax, dimension, boxes, scores, colors)
    of.stage_legend(figure, trials)
    words = ["Bars: where each stage looked."] if boxes else []
    style.add_note(figure, ["Ring: the best trial.", *words, *scores.notes()])
    style.freeze(figure)
    return figure


def _panel(ax: Axes, dimension: Dimension, trials: Sequence[Any], scores: of.Scores) -> None:
    rng = np.random.default_rng(0)
    ax.set_xlim(-0.04, 1.04)
    scales.fix_ticks(ax.xaxis, *dimension.ticks(3))
    places = {trial.trial_id: dimension.place(trial.values.get(dimension.name)) for trial in trials}
    places = {trial_id: place for trial_id, place in places.items() if not math.isnan(place)}
    if dimension.scale == "choice":
        room = _JITTER / len(dimension.choices)
        places = {trial_id: place + room * (rng.random() - 0.5) for trial_id, place in places.items()}
    scores.draw(ax, places, trials, size=5.5)
    if (place := places.get(scores.best.trial_id)) is not None:
        look = {"color": "none", "mec": of.BEST, "mew": 1.8, "markersize": 10, "label": "best"}
        ax.plot(place, scores.best.score, "o", zorder=5, **look)


def _boxes(trials: Sequence[Any]) -> dict[str, dict[str, list]]:
    """Gives the box of the last trial of each stage that has one; the coarse stage has no limits."""
    last = {trial.stage: trial.box for trial in sorted(trials, key=lambda trial: trial.number) if trial.box}
    return {name: last.get(name, {}) for name in of.stage_names(trials) if name in last or name == "coarse"}


def _bars(ax: Axes, dimension: Dimension, boxes: dict[str, dict], scores: of.Scores, colors: dict) -> None:
    heights = scores.heights_above(np.linspace(_BARS - 0.05, 0.03, max(2, len(boxes))))
    for y, (stage, box) in zip(heights, boxes.items(), strict=False):
        held = box.get(dimension.name)
        if stage != "coarse" and held is None:
            continue  # inactive at the centre of this stage
        ends = [0.0, 1.0]
        if held is not None and dimension.scale != "choice":
            ends = [dimension.place(held[0]), dimension.place(held[-1])]
        look = {"color": colors[stage], "linewidth": 3.5, "solid_capstyle": "butt"}
        ax.plot(ends, [y, y], zorder=3, label=f"box of {stage}", **look)


@style.look()
def contour(trials: Sequence[Any], x: str, y: str) -> Figure:
    """Draws the mean score near each point of two hyperparameters, on their own scales, and the trials.

    A choice is a strip for each of its values. Only trials in which both are active count.

    Args:
        trials: Records with the fields of a `TrialRecord`.
        x: Name of the hyperparameter along the x axis.
        y: Name of the one along the y axis.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If no trial has a score, a name is not known, or no trial has both.

    Example:
        ```python
        figure = contour(load_trials("searches/digits"), "learning_rate", "units")
        ```
    """
    across, up = dimensions(trials, [x, y])
    scores = of.Scores(trials)
    both = [t for t in scores.best_first[::-1] if not any(map(math.isnan, _places(t, across, up)))]
    if not both:
        raise ValueError(f"`x` and `y` must be active in one trial. Received: x={x!r}, y={y!r}")
    norm, colors = scores.colors()
    figure, (ax,) = style.grid(1)
    figure.set_figheight(5.2)
    style.label_axes([ax], titles=[""], xlabel=x, ylabel=y)
    ax.grid(False)
    places = np.array([_places(trial, across, up) for trial in both])
    clipped = np.clip([trial.score for trial in both], scores.low, scores.high)
    _surface(ax, (across, up), places, clipped, {"norm": norm, "cmap": colors})
    shown = _spread(places, (across, up))
    edges = {"edgecolors": "white", "linewidths": 1.0, "zorder": 4}
    ax.scatter(*shown.T, c=clipped, cmap=colors, norm=norm, s=46, **edges)
    ax.plot(*shown[-1], "o", color="none", mec=of.BEST, mew=2.2, markersize=12, zorder=5)
    for axis, dimension in ((ax.xaxis, across), (ax.yaxis, up)):
        scales.fix_ticks(axis, *dimension.ticks(6))
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    _colorbar(ax, scores)
    colour = IN_FIELD if across.scale == up.scale == "choice" else NEARBY
    ring = "Ring: the best trial." if both[-1] is scores.best else "Ring: the best of these."
    style.add_note(figure, [colour, OTHERS, ring])
    style.freeze(figure)
    return figure


def mean_nearby(
    points: tuple[np.ndarray, np.ndarray],
    places: np.ndarray,
    scores: np.ndarray,
    is_choice: tuple[bool, bool],
) -> np.ndarray:
    """Computes the weighted mean of the scores, (n,), near each point of a grid (Nadaraya and Watson).

    Points along x, (p,), and y, (q,), give means of shape (q, p), NaN where no trial is near. Along a choice
    only trials of the same place count.
    """
    distances = [(axis[:, None] - places[:, i]) / WIDTH for i, axis in enumerate(points)]  # (p, n), (q, n)
    for i, chosen in enumerate(is_choice):
        if chosen:
            distances[i] = np.where(np.abs(distances[i]) * WIDTH < 1e-9, 0.0, np.inf)
    squared = distances[1][:, None, :] ** 2 + distances[0][None, :, :] ** 2  # (q, p, n)
    weights = np.exp(-squared / 2)
    total = weights.sum(axis=2)
    near = squared.min(axis=2) < REACH**2
    return np.where(near, (weights @ scores) / np.where(near, total, 1.0), np.nan)


def _surface(
    ax: Axes, axes: tuple[Dimension, Dimension], places: np.ndarray, scores: np.ndarray, look: dict
) -> None:
    is_choice = tuple(dimension.scale == "choice" for dimension in axes)
    points = tuple(
        np.array(dimension.ticks()[0]) if chosen else np.linspace(0.0, 1.0, _POINTS)
        for dimension, chosen in zip(axes, is_choice, strict=True)
    )
    norm = look["norm"]  # means are taken on the scale of the colours
    shares = mean_nearby(points, places, np.asarray(norm(scores)), is_choice)
    means = np.ma.masked_invalid(norm.inverse(np.clip(shares, 0.0, 1.0)))
    if not any(is_choice):
        levels = norm.inverse(np.linspace(0.0, 1.0, _LEVELS + 1))
        ax.contourf(*points, means, levels=levels, **look, alpha=0.75, zorder=1)
        return
    edges = [_edges(p, chosen) for p, chosen in zip(points, is_choice, strict=True)]
    ax.pcolormesh(*edges, means, **look, alpha=0.75, rasterized=True, zorder=1)
    for chosen, draw, borders in zip(is_choice, (ax.axvline, ax.axhline), edges, strict=True):
        for border in borders[1:-1] if chosen else ():
            draw(border, color="white", linewidth=3, zorder=2)


def _colorbar(ax: Axes, scores: of.Scores) -> None:
    """Draws the colour scale of what was drawn last."""
    bar = ax.figure.colorbar(ax.collections[-1], ax=ax, label=scores.name, aspect=30, pad=0.02)
    bar.outline.set_visible(False)
    if scores.is_log:
        scales.fix_ticks(bar.ax.yaxis, *scales.log_ticks(scores.low, scores.high))
    else:
        bar.ax.yaxis.set_major_locator(MaxNLocator(5))


def _edges(points: np.ndarray, is_choice: bool) -> np.ndarray:
    half = 0.5 / len(points) if is_choice else 0.5 / (_POINTS - 1)
    return np.append(points - half, points[-1] + half)


def _places(trial: Any, *axes: Dimension) -> tuple[float, ...]:
    return tuple(dimension.place(trial.values.get(dimension.name)) for dimension in axes)


def _spread(places: np.ndarray, axes: tuple[Dimension, Dimension]) -> np.ndarray:
    """Moves dots within the strip of a choice, so that they do not hide one another."""
    rng, shown = np.random.default_rng(0), places.copy()
    for i, dimension in enumerate(axes):
        if dimension.scale == "choice":
            shown[:, i] += 0.6 * (rng.random(len(places)) - 0.5) / len(dimension.choices)
    return shown
