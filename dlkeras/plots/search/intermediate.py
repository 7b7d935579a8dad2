"""A metric after each epoch of each trial, the best trials before the others."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from dlkeras.plots import labels, scales, style
from dlkeras.plots.search import trials as of

NUM_BEST = 3
CUT_NOTE = "What is far worse than the scores is cut off."


@style.look()
def intermediate_values(trials: Sequence[Any], metric: str | None = None) -> Figure:
    """Draws a metric by epoch, a line for each trial: grey, and in colour for the three best ones.

    Args:
        trials: Records with the fields of a `TrialRecord`; of several executions the mean is drawn, as long
            as all of them lasted.
        metric: Name of the metric; None for the objective.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If no trial has the metric by epoch, as those that were made without dlkeras.

    Example:
        ```python
        figure = intermediate_values(load_trials("searches/digits"), "loss")
        ```
    """
    scores = of.Scores(trials)
    name = metric or scores.best.objective
    series = {trial.number: _mean(trial, name) for trial in trials}
    series = {number: values for number, values in series.items() if values.size}
    if not series:
        raise ValueError(f"`trials` must have {name!r} by epoch. Received: no trial with epochs.")
    first = [trial.number for trial in scores.best_first if trial.number in series][:NUM_BEST]
    palette = dict(zip(first, style.CATEGORY_COLORS, strict=False))
    figure, (ax,) = style.grid(1)
    style.label_axes([ax], titles=[""], xlabel="epoch", ylabel=name)
    shown = np.concatenate(list(series.values()))
    is_objective = name == scores.best.objective
    is_log = is_objective and scores.is_log and bool(np.all(shown > 0))
    frame = _framed(shown, scores) if is_objective and not is_log else shown
    scales.scale_y([ax], frame, log_y=is_log)
    ends, longest = [], max(map(len, series.values()))
    for number, values in sorted(series.items(), key=lambda item: item[0] in palette):
        epochs = np.arange(1, len(values) + 1)
        marker = "o" if len(values) == 1 else ""
        if number not in palette:
            ax.plot(
                epochs,
                values,
                marker=marker,
                color=style.MISSING,
                linewidth=1,
                alpha=0.8,
                zorder=2,
                markersize=3,
            )
            continue
        ax.plot(epochs, values, marker=marker, color=palette[number], linewidth=2.2, zorder=4, markersize=5)
        ends += labels.line_end(f"trial {number}", epochs, values, palette[number])
    scales.scale_x(ax, np.arange(1, longest + 1))
    others = len(series) - len(first)
    sentences = [f"In colour: the {len(first)} best trials; grey: the other {others}."]
    style.add_note(figure, sentences + ([CUT_NOTE] if np.any(frame != shown) else []))
    style.freeze(figure)
    labels.label_ends(ax, ends, (1, longest))
    return figure


def _mean(trial: Any, name: str) -> np.ndarray:
    """Gives the mean over the executions, (epochs,), up to the end of the shortest one."""
    runs = [run[name] for run in trial.epochs if run.get(name)]
    values = np.array([np.mean(epoch) for epoch in zip(*runs, strict=False)]) if runs else np.empty(0)
    return np.array(list(itertools.takewhile(np.isfinite, values)))


def _framed(shown: np.ndarray, scores: of.Scores) -> np.ndarray:
    """Keeps a training that exploded from flattening all others; first epochs may be worse than any score."""
    room = 3 * (scores.high - scores.low) or np.inf
    return np.maximum(shown, scores.low - room) if scores.is_high else np.minimum(shown, scores.high + room)
