"""The score of each trial in the order of the trials, and the best so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dlkeras.plots import labels, scales, style
from dlkeras.plots.search import trials as of

_NAMES = 0.1  # room for the names of the stages, in heights of the scores' range


@style.look()
def history(trials: Sequence[Any]) -> Figure:
    """Draws the score by the number of the trial, the best so far as a line, and the stages as shades.

    A stage reaches from its first trial to the first one of the next. Trials that look at the whole space in
    between keep the colour of "coarse". Trials that failed stand at the edge of the worst scores.

    Args:
        trials: Records with the fields of a `TrialRecord`; those without a stage have one colour.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If no trial has a score.

    Example:
        ```python
        figure = history(load_trials("searches/digits"))
        ```
    """
    scores = of.Scores(trials)
    figure, (ax,) = style.grid(1)
    style.label_axes([ax], titles=[""], xlabel="trial", ylabel=scores.name)
    scores.set_axis([ax], above=_NAMES if of.stage_names(trials) else 0.0)
    scores.draw(ax, {trial.trial_id: trial.number for trial in trials}, trials, size=6.5)
    first, last = min(trial.number for trial in trials), max(trial.number for trial in trials)
    found = np.array([trial.score for trial in scores.trials])
    best = (np.maximum if scores.is_high else np.minimum).accumulate(found)
    steps = [*(trial.number for trial in scores.trials), last]
    look = {"color": of.BEST, "linewidth": 1.8, "drawstyle": "steps-post", "label": "best so far"}
    ax.plot(steps, np.append(best, best[-1]), zorder=3, **look)
    scales.scale_x(ax, np.array([first, last]))
    style.add_note(figure, scores.notes())
    style.freeze(figure)
    text = f"best so far\n{scores.best.score:.4g}\n(trial {scores.best.number})"
    labels.label_ends(ax, [labels.End(text, last, scores.best.score, of.BEST)], (first - 0.5, last + 0.5))
    _shade(ax, trials, last)
    return figure


def _shade(ax: Axes, trials: Sequence[Any], last: int) -> None:
    """Shades the stages and writes their names at the top."""
    colors = of.stage_colors(trials)
    names = of.stage_names(trials)
    starts = [min(trial.number for trial in trials if trial.stage == name) for name in names]
    ordered = sorted(zip(starts, names, strict=True))
    ends = [*(start for start, _ in ordered[1:]), last + 1]
    for (start, name), end in zip(ordered, ends, strict=False):
        ax.axvspan(start - 0.5, end - 0.5, color=colors[name], alpha=0.22, linewidth=0, zorder=0)
        width = ax.transData.transform([[end, 0]])[0, 0] - ax.transData.transform([[start, 0]])[0, 0]
        text = ax.annotate(
            name,
            ((start + end - 1) / 2, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, -4),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=style.LABEL_SIZE,
            color=style.INK,
        )
        for shorter in (name.removeprefix("fine "), ""):
            if text.get_window_extent(ax.figure.canvas.get_renderer()).width > 0.95 * width:
                text.set_text(shorter)
