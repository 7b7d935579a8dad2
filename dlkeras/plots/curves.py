"""Curves over steps or epochs, and the result of a run by the setting it was run with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from dlkeras.plots import labels, scales, style
from dlkeras.plots.lines import draw_guide, line_panels
from dlkeras.plots.panels import all_values, check_length, check_panels, notes, spread_over_seeds

_DODGE = 0.5  # of the distance between two settings: what all groups of dots share


def curves(
    x: ArrayLike,
    panels: Mapping[str, Mapping[str, ArrayLike]],
    *,
    xlabel: str,
    ylabel: str,
    colors: Mapping[str, str] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    reference: tuple[float, str] | None = None,
    columns: int | None = None,
) -> Figure:
    """Draws curves as small multiples: median over seeds as a line, 10th to 90th percentile as a band.

    Args:
        x: Steps or epochs, of shape (n,).
        panels: Panel title -> label -> values of shape (R, n): seeds, points. Values that are not
            finite are left out, zeros on a log axis get a place of their own, and the figure says so.
        xlabel: What `x` is, with its unit.
        ylabel: What the values are, with their unit.
        colors: Colours by label; by default the suite's palette.
        log_x: Log scale for `x`, which must then be positive.
        log_y: Log scale for the values, which must then not be negative.
        reference: Value and name of a dashed horizontal line, such as the level of chance.
        columns: Panels in a row; by default as `style.grid` chooses.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If `panels` is empty, an array is not (R, n), or a log axis cannot show a value.

    Example:
        >>> loss = np.exp(-np.arange(1, 431) / [[90], [100], [110]])  # 3 seeds, 430 steps
        >>> figure = curves(
        ...     np.arange(1, 431), {"depth 2": {"relu": loss, "sigmoid": 2 * loss}},
        ...     xlabel="training step", ylabel="loss (mean cross-entropy, nats)",
        ... )
    """
    x = np.asarray(x, dtype=float)
    if log_x and not np.all(x > 0):
        raise ValueError(
            f"`x` must be positive on a log axis. Received: minimum={x.min():g}. Pass log_x=False."
        )
    checked = check_panels(panels, log_y=log_y)
    check_length(checked, x)
    guides = {} if reference is None else {reference[1]: np.full(x.shape, float(reference[0]))}
    return line_panels(
        checked,
        positions=dict.fromkeys(checked, x),
        guides=dict.fromkeys(checked, guides),
        xlabel=xlabel,
        ylabel=ylabel,
        colors=colors,
        scale_x=partial(scales.scale_x, log_x=log_x),
        log_y=log_y,
        columns=columns,
        side="right",
    )


@style.look()
def by_setting(
    x: Sequence[float | str],
    panels: Mapping[str, Mapping[str, ArrayLike]],
    *,
    xlabel: str,
    ylabel: str,
    colors: Mapping[str, str] | None = None,
    reference: tuple[float, str] | None = None,
    columns: int | None = None,
) -> Figure:
    """Draws one result per run by setting: a dot per seed, the median, and the 10th to 90th percentile.

    Args:
        x: The n settings, such as depths; they stand at equal distances, whatever their values.
        panels: Panel title -> label -> results of shape (R, n): seeds, settings. Values that are not
            finite are left out and the figure says so.
        xlabel: What the settings are, with their unit.
        ylabel: What the result is, with its unit.
        colors: Colours by label; by default the suite's palette.
        reference: Value and name of a dashed horizontal line, such as the level of chance.
        columns: Panels in a row; by default as `style.grid` chooses.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If `panels` is empty or an array is not (R, n).

    Example:
        >>> accuracy = np.array([[0.93, 0.91, 0.1, 0.1], [0.95, 0.2, 0.1, 0.1]])  # 2 seeds, 4 depths
        >>> figure = by_setting(
        ...     [2, 5, 10, 20], {"SGD": {"sigmoid": accuracy}},
        ...     xlabel="depth (layers)", ylabel="test accuracy", reference=(0.1, "chance"),
        ... )
    """
    checked = check_panels(panels)
    positions = np.arange(len(x), dtype=float)
    check_length(checked, positions)
    palette = style.colors_for([label for groups in checked.values() for label in groups], colors)
    figure, axes = style.grid(len(checked), columns=columns)
    style.label_axes(axes, titles=checked, xlabel=xlabel, ylabel=ylabel)
    drawn = np.append(all_values(checked), [] if reference is None else reference[0])
    scales.scale_y(axes, drawn, log_y=False)
    ends = []
    for ax, groups in zip(axes, checked.values(), strict=True):
        scales.fix_ticks(ax.xaxis, positions, [str(setting) for setting in x])
        ends.append(_groups(ax, positions, groups, palette))
        if reference is not None:
            across = np.array([-_DODGE / 2, positions[-1] + _DODGE / 2])
            level = np.full(2, float(reference[0]))
            draw_guide(ax, across, level, reference[1])
            ends[-1].extend(labels.line_end(reference[1], across, level, style.MUTED))
    style.add_note(figure, notes(checked))
    style.freeze(figure)
    for ax, panel_ends in zip(axes, ends, strict=True):
        labels.label_ends(ax, panel_ends, (-_DODGE / 2, positions[-1] + _DODGE / 2))
    return figure


def _groups(
    ax: Axes, positions: np.ndarray, groups: Mapping[str, np.ndarray], palette: Mapping[str, str]
) -> list[labels.End]:
    """Draws the labels of one panel side by side; gives the ends of the lines through the medians."""
    ends = []
    slot = _DODGE / len(groups)
    for i, (label, results) in enumerate(groups.items()):
        name, color = style.display_name(label), palette[label]
        x = positions + (i - (len(groups) - 1) / 2) * slot
        low, median, high = spread_over_seeds(results)
        seeds = np.arange(len(results)) / max(1, len(results) - 1) - 0.5 if len(results) > 1 else np.zeros(1)
        jittered = x + 0.6 * slot * seeds[:, None]
        ax.plot(
            jittered.ravel(), results.ravel(), "o", color=color, markersize=3.5, alpha=0.45, mew=0, zorder=2
        )
        ax.vlines(x, low, high, color=color, linewidth=2, zorder=3)
        ax.plot(x, median, "o-", color=color, linewidth=1.5, markersize=6, mec="white", label=name, zorder=4)
        ends.extend(labels.line_end(name, x, median, color))
    return ends
