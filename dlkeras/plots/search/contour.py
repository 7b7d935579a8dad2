"""The score over two hyperparameters as a filled contour, with the trials as dots."""

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
        dimension.set_ticks(axis, 6)
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
    """Computes the weighted mean of the scores near each point of a grid (Nadaraya and Watson).

    Args:
        points: Places along x and along y, of shape (p,) and (q,).
        places: Places of the trials, (n, 2).
        scores: Their scores, (n,).
        is_choice: Of x and of y, whether only trials of the same place count.

    Returns:
        Means of shape (q, p), NaN where no trial is near.
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
