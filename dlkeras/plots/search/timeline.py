"""Which worker had which trial when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from dlkeras.plots import scales, style
from dlkeras.plots.search import trials as of

MANY = 200  # bars; more have no room for edges and numbers
_ROW = 0.5  # inches
_UNITS = ((3 * 3600.0, 3600.0, "h"), (180.0, 60.0, "min"), (0.0, 1.0, "s"))  # from, divisor, name


@style.look()
def timeline(trials: Sequence[Any]) -> Figure:
    """Draws a bar for each trial from its start to its end, a row for each worker.

    The colour is the stage; trials that failed are hatched. A trial that was interrupted and went on reaches
    from its first start to its end.

    Args:
        trials: Records with the fields of a `TrialRecord`; those that have not ended are left out.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If no trial has times, as those that were made without dlkeras.

    Example:
        ```python
        figure = timeline(load_trials("searches/digits"))
        ```
    """
    timed = [trial for trial in trials if trial.started is not None and trial.ended is not None]
    if not timed:
        raise ValueError("`trials` must have times. Received: no trial that has started and ended.")
    longest = max(trial.ended for trial in timed) - min(trial.started for trial in timed)
    divisor, unit = next((by, name) for least, by, name in _UNITS if longest >= least)
    workers = sorted({trial.worker for trial in timed})
    heights = dict(zip(workers, np.arange(len(workers), 0, -1), strict=True))
    figure, (ax,) = style.grid(1)
    figure.set_figheight(_ROW * len(workers) + 1.9)
    texts = _bars(ax, timed, heights, divisor, of.stage_colors(trials))
    scales.fix_ticks(ax.yaxis, list(heights.values()), [name or "worker" for name in workers])
    ax.set_ylim(0.4, len(workers) + 0.6)
    ax.set_xlim(0, longest / divisor)
    ax.grid(False, axis="y")
    style.label_axes([ax], titles=[""], xlabel=f"time since the first trial began ({unit})", ylabel="")
    of.stage_legend(figure, timed)
    is_any_failed = any(trial.status != "COMPLETED" for trial in timed)
    sentences = ["Numbers: the trials."] if texts else []
    style.add_note(figure, sentences + (["Hatched: failed."] if is_any_failed else []))
    style.freeze(figure)
    _drop_wide(ax, texts)
    return figure


def _bars(ax: Axes, timed: Sequence[Any], heights: dict, divisor: float, colors: dict) -> list:
    """Draws the bars, and returns the number of each trial as a text with the length of its bar."""
    first, is_many = min(trial.started for trial in timed), len(timed) > MANY
    texts = []
    for trial in timed:
        start, length = (trial.started - first) / divisor, (trial.ended - trial.started) / divisor
        color, ink = colors[trial.stage], style.INK
        look = {"color": color, "edgecolor": "white", "linewidth": 0 if is_many else 0.6}
        if trial.status != "COMPLETED":
            look = {"facecolor": "white", "edgecolor": of.BEST, "hatch": "////"}
        elif style.luminance(to_rgb(color)) < 0.3:
            ink = "white"
        ax.barh(heights[trial.worker], length, left=start, height=0.7, **look)
        if not is_many:
            place = (start + length / 2, heights[trial.worker])
            text = ax.text(*place, str(trial.number), ha="center", va="center", fontsize=9, color=ink)
            texts.append((text, length))
    return texts


def _drop_wide(ax: Axes, texts: list) -> None:
    """Removes numbers that are wider than their bars."""
    renderer = ax.figure.canvas.get_renderer()
    per_unit = ax.get_window_extent().width / np.ptp(ax.get_xlim())
    for text, length in texts:
        if text.get_window_extent(renderer).width > length * per_unit - 2:
            text.remove()
