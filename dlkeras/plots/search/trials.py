"""What all figures of a search ask of its trials: scores, the best, failures, stages and their colours."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from dlkeras.plots import scales, style

BEST = "#D55E00"
FAR = 6.0  # a score worse than the median by so many times the distance of best and median is cut off
DECADES = 30.0  # between the best and the worst loss from which the axis is logarithmic
_SCORES = matplotlib.colormaps["viridis"]
_RAMP = LinearSegmentedColormap.from_list("stages", ["#C3DCEC", "#56A0CC", "#0072B2", "#002F4B"])
_FAILED = ("FAILED", "INVALID")
_MARGIN, _EDGE, _ROOM = 0.06, 0.09, 0.14  # of the range of the scores: above, to the edge, below that


class Scores:
    """The scores of a search and the axis that they stand on.

    Scores far worse than most, and trials that failed, stand at the edge of the axis. It is logarithmic for
    losses that span more than a decade and a half.
    """

    def __init__(self, trials: Sequence[Any]):
        ordered = sorted(trials, key=lambda trial: trial.number)
        self.trials = [trial for trial in ordered if _has_score(trial)]  # in the order of their numbers
        if not self.trials:
            raise ValueError(
                "`trials` must hold at least one trial with a score. "
                f"Received: {len(ordered)} trials, none with a score."
            )
        first = self.trials[0]
        self.is_high = first.direction == "max"
        self.name = f"{first.objective or 'score'} ({'higher' if self.is_high else 'lower'} is better)"
        self.best_first = sorted(self.trials, key=lambda trial: -trial.score if self.is_high else trial.score)
        self.best = self.best_first[0]
        self.failed = [trial for trial in ordered if trial.status in _FAILED]
        self._num_running = sum(trial.status == "RUNNING" for trial in ordered)
        scores = np.array([trial.score for trial in self.best_first])
        self.is_log = not self.is_high and scores[0] > 0 and scores[-1] > DECADES * scores[0]
        self.low, self.high = self._frame(self._forward(scores))  # what is not beyond the edge

    def y(self, trial: Any) -> tuple[float, str]:
        """Gives where a trial stands and its marker: dot, triangle beyond the edge, cross if it failed."""
        low, high, span = self._range()
        edge = self._back(low - _EDGE * span if self.is_high else high + _EDGE * span)
        if not _has_score(trial):
            return edge, "x"
        is_beyond = trial.score < self.low if self.is_high else trial.score > self.high
        return (edge, "v" if self.is_high else "^") if is_beyond else (trial.score, "o")

    def set_axis(self, axes: Sequence[Axes], above: float = 0.0) -> None:
        """Sets scale, limits and ticks of the y axis that panels share, with room for what is at the edge.

        There may be more room above, in heights of the scores' range.
        """
        low, high, span = self._range()
        pads = (_ROOM, _MARGIN) if self.is_high else (_MARGIN, _ROOM)
        limits = [self._back(low - pads[0] * span), self._back(high + (pads[1] + above) * span)]
        if self.is_log:
            ticks, texts = scales.log_ticks(self.low, self.high)
        else:
            found = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(self.low, self.high)
            ticks = [t for t in found if low - 0.05 * span <= t <= high + 0.05 * span]
        for ax in axes:
            ax.set_yscale("log" if self.is_log else "linear")
            ax.set_ylim(*limits)
            if self.is_log:
                scales.fix_ticks(ax.yaxis, ticks, texts)
            else:
                ax.set_yticks(ticks)

    def heights_above(self, shares: np.ndarray) -> np.ndarray:
        """Gives heights above the scores, in shares of their range counted from what stands highest."""
        _, high, span = self._range()
        return self._back(high + (shares + (_MARGIN if self.is_high else _ROOM)) * span)

    def draw(self, ax: Axes, x: dict[str, float], trials: Sequence[Any], size: float = 6.0) -> None:
        """Draws those trials that have a place `x` by their id, in the colours of their stages."""
        colors, groups = stage_colors(trials), {}
        for trial in [*self.failed, *self.trials]:
            if trial.trial_id in x:
                y, marker = self.y(trial)
                groups.setdefault((marker, trial.stage), []).append((x[trial.trial_id], y))
        for (marker, stage), points in groups.items():
            look = {"color": colors[stage], "mec": style.INK, "mew": 0.4}
            look = {"color": BEST, "mew": 1.8} if marker == "x" else look
            ax.plot(*np.transpose(points), marker, markersize=size, zorder=4, label=stage, **look)

    def notes(self) -> list[str]:
        """Says what stands at the edge of a figure, and which trials are not drawn."""
        beyond = sum(self.y(trial)[1] != "o" for trial in self.trials)
        parts = [f"{len(self.failed)} failed (×)"] if self.failed else []
        parts += [f"{beyond} far worse than the others (triangle)"] if beyond else []
        sentences = [f"At the edge: {', '.join(parts)}."] if parts else []
        return sentences + ([f"Left out: {self._num_running} still running."] if self._num_running else [])

    def colors(self) -> tuple[Normalize, Colormap]:
        """Gives the colour scale of the scores and its colours, which are the brighter the better."""
        high = self.high if self.high > self.low else self.low + 1.0
        norm = (LogNorm if self.is_log else Normalize)(self.low, high, clip=True)
        return norm, _SCORES if self.is_high else _SCORES.reversed()

    def _frame(self, ordered: np.ndarray) -> tuple[float, float]:
        best, median = ordered[0], ordered[(len(ordered) - 1) // 2]
        limit = median + FAR * (median - best) if median != best else ordered[-1]
        shown = ordered[ordered >= limit] if self.is_high else ordered[ordered <= limit]
        ends = sorted((self._back(best), self._back(shown[-1])))
        return float(ends[0]), float(ends[1])

    def _range(self) -> tuple[float, float, float]:
        """Gives the ends of the axis, and how far apart they are, in decades where it is logarithmic."""
        low, high = self._forward(np.array([self.low, self.high]))
        return low, high, (high - low) or 1.0

    def _forward(self, scores: np.ndarray) -> np.ndarray:
        return np.log10(scores) if self.is_log else scores

    def _back(self, places):
        return 10.0**places if self.is_log else places


def stage_names(trials: Sequence[Any]) -> list[str]:
    """Gives the stages of the trials from coarse to fine; none for trials that have no stage."""

    def order(name: str) -> tuple[int, int]:
        number = re.search(r"\d+$", name)
        early = {"given": 0, "coarse": 1}
        return early.get(name, 2), int(number[0]) if number else 0

    return sorted({trial.stage for trial in trials if trial.stage}, key=order)


def stage_colors(trials: Sequence[Any]) -> dict[str, Any]:
    """Gives each stage its colour, "" for none: one hue that gets darker from coarse to fine."""
    names = stage_names(trials)
    shades = np.linspace(0.0, 1.0, len(names)) if len(names) > 1 else [0.6] * len(names)
    return {"": style.CATEGORY_COLORS[0], **{n: _RAMP(s) for n, s in zip(names, shades, strict=True)}}


def stage_legend(figure: Figure, trials: Sequence[Any]) -> None:
    """Writes the stages with their colours above the panels; before `style.freeze`."""
    colors = stage_colors(trials)
    look = {"marker": "o", "linestyle": "", "markersize": 7, "mec": style.INK, "mew": 0.4}
    handles = [Line2D([], [], color=colors[name], label=name, **look) for name in stage_names(trials)]
    if handles:
        figure.legend(
            handles=handles,
            loc="outside upper left",
            ncols=len(handles),
            frameon=False,
            fontsize=style.LABEL_SIZE,
            handletextpad=0.1,
            columnspacing=1.2,
            borderpad=0.1,
        )


def _has_score(trial: Any) -> bool:
    return trial.status == "COMPLETED" and trial.score is not None and math.isfinite(trial.score)
