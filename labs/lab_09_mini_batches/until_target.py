"""Curves that end where a target is reached, each with points of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from dlkeras.plots import labels, medians, scales, style

_ROOM = 0.12  # of the panel's height, for the names
_GAP = 8  # points between two names


@style.look()
def until_target(
    panels: Mapping[str, Mapping[str, tuple[ArrayLike, ArrayLike]]],
    *,
    target: tuple[float, str],
    xlabels: Sequence[str],
    ylabel: str,
    colors: Mapping[str, str] | None = None,
) -> Figure:
    """Draws what falls to a target, each line with an end of its own and its name below the end.

    Both axes are logarithmic. Lines are medians over seeds, bands reach from the 10th to the 90th percentile;
    from where the median has reached the target a line is not drawn any more.

    Args:
        panels: Panel title -> label -> x of shape (n,), rising and positive, and values of shape (R, n):
            seeds, points. Lines differ in n.
        target: Value and name of a dashed horizontal line.
        xlabels: What x is in each panel, with its unit.
        ylabel: What the values are, with their unit.
        colors: Colours by label; by default the suite's palette.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If `panels` is empty, values are not (R, n) or negative, or an x does not fit or is not
            positive.

    Example:
        >>> slow, fast = (0.9 ** np.arange(40) * [[1.0], [1.1]], 0.5 ** np.arange(6) * [[1.0], [1.1]])
        >>> figure = until_target(
        ...     {"By epoch": {"64": (np.arange(1, 7), fast), "all": (np.arange(1, 41), slow)}},
        ...     target=(0.05, "target"), xlabels=["epoch"], ylabel="cost (nats)",
        ... )
    """
    checked = medians.check_panels(
        {t: {k: v for k, (_, v) in p.items()} for t, p in panels.items()}, log_y=True
    )
    positions = {t: {k: np.asarray(x, dtype=float) for k, (x, _) in p.items()} for t, p in panels.items()}
    for title, lines in positions.items():
        for label, x in lines.items():
            medians.check_length({title: {label: checked[title][label]}}, x)
            if not np.all(x > 0):
                raise ValueError(
                    f"`panels[{title!r}][{label!r}]` must have positive x on a log axis. "
                    f"Received: minimum={x.min():g}."
                )
    for title, lines in checked.items():
        for label, values in lines.items():
            done = np.flatnonzero(np.median(values, axis=0) <= target[0])[:1]
            keep = slice(None, done[0] + 1 if done.size else None)
            lines[label], positions[title][label] = values[:, keep], positions[title][label][keep]
    figure, axes, drawn = medians.draw_lines(
        checked,
        positions,
        xlabel="",
        ylabel=ylabel,
        scale_x=partial(scales.scale_x, log_x=True),
        log_y=True,
        reference=target,
        whole=True,
        colors=colors,
    )
    low, high = axes[0].get_ylim()
    axes[0].set_ylim(low * (low / high) ** _ROOM, high)
    for ax, xlabel in zip(axes, xlabels, strict=True):
        ax.set_xlabel(xlabel)
    style.freeze(figure)
    for ax, (_, *lines) in zip(axes, drawn, strict=True):  # the target's line has a name of its own
        ends = [end for line in lines for end in labels.line_end(*line)]
        for end in ends:
            ax.plot(end.x, end.y, "o", color=end.color, markersize=5, zorder=4)
        _names_below(ax, ends, target)
    return figure


def _names_below(ax: Axes, ends: Sequence[labels.End], target: tuple[float, str]) -> None:
    """Writes names along the lower edge, moved apart sideways, each with a leader to its line's end."""
    renderer, to_points = ax.figure.canvas.get_renderer(), 72 / ax.figure.dpi
    texts = [
        ax.annotate(
            end.text,
            (end.x, end.y),
            (0, 3),
            xycoords="data",
            textcoords=("offset points", "axes points"),
            ha="center",
            va="bottom",
            color=style.text_color(end.color),
            fontsize=style.LABEL_SIZE,
            arrowprops={"arrowstyle": "-", "color": end.color, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 3},
            path_effects=style.HALO,
            zorder=5,
        )
        for end in ends
    ]
    box = ax.get_window_extent()
    centres = np.array([ax.transData.transform((end.x, end.y))[0] * to_points for end in ends])
    widths = [text.get_window_extent(renderer).width * to_points + _GAP for text in texts]
    moved = labels.push_apart(centres, widths, box.x0 * to_points, box.x1 * to_points + _GAP)
    for text, shift in zip(texts, moved - centres, strict=True):
        text.set_position((shift, 3))
    ax.annotate(
        target[1],
        (0, target[0]),
        (4, 2),
        xycoords=ax.get_yaxis_transform(),
        textcoords="offset points",
        va="bottom",
        fontsize=style.LABEL_SIZE,
        color=style.MUTED,
        path_effects=style.HALO,
        zorder=5,
    )
