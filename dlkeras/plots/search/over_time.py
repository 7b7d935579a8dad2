"""A search over time: scores by trial, metrics by epoch, and which worker had which trial when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from dlkeras.plots import labels, scales, style
from dlkeras.plots.search import trials as of

_NAMES = 0.1  # room for the names of the stages, in heights of the scores' range
NUM_BEST = 3
CUT_NOTE = "What is far worse than the scores is cut off."
MANY = 200  # bars; more have no room for edges and numbers
_ROW = 0.5  # inches
_UNITS = ((3 * 3600.0, 3600.0, "h"), (180.0, 60.0, "min"), (0.0, 1.0, "s"))  # from, divisor, name


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
    """Gives the mean over the executions, (epochs,), up to the end of the shortest one.

    Epochs that lack the metric, as with `validation_freq`, are drawn between those that have it.
    """
    runs = [run[name] for run in trial.epochs if run.get(name)]
    values = np.array([np.mean(epoch) for epoch in zip(*runs, strict=False)]) if runs else np.empty(0)
    there = np.flatnonzero(np.isfinite(values))
    return np.interp(np.arange(there[-1] + 1), there, values[there]) if len(there) else np.empty(0)


def _framed(shown: np.ndarray, scores: of.Scores) -> np.ndarray:
    """Keeps a training that exploded from flattening all others; first epochs may be worse than any score."""
    room = 3 * (scores.high - scores.low) or np.inf
    return np.maximum(shown, scores.low - room) if scores.is_high else np.minimum(shown, scores.high + room)


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
