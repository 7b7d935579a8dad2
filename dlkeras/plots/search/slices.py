"""The score over each hyperparameter, with the boxes that the stages looked into."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dlkeras.plots import style
from dlkeras.plots.search import trials as of
from dlkeras.plots.search.dimensions import Dimension, dimensions

_BARS = 0.34  # height of the boxes, in heights of the scores' range
_JITTER = 0.6  # of the room that a choice has


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
    dimension.set_ticks(ax.xaxis, 3)
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
