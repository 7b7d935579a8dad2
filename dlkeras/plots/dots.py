"""Dots for single runs and things: by setting, in rows, and two quantities against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from dlkeras.plots import labels, medians, scales, style

_DODGE = 0.5  # of the distance between two settings: what all groups of dots share
_ROW = 0.34  # inches
_MARKERS = "osD^v"  # told apart without colours


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
    checked = medians.check_panels(panels)
    positions = np.arange(len(x), dtype=float)
    medians.check_length(checked, positions)
    palette = style.colors_for([label for groups in checked.values() for label in groups], colors)
    figure, axes = style.grid(len(checked), columns=columns)
    style.label_axes(axes, titles=checked, xlabel=xlabel, ylabel=ylabel)
    drawn = np.append(medians.all_values(checked), [] if reference is None else reference[0])
    scales.scale_y(axes, drawn, log_y=False)
    lines, span = [], (-_DODGE / 2, positions[-1] + _DODGE / 2)
    for ax, groups in zip(axes, checked.values(), strict=True):
        scales.fix_ticks(ax.xaxis, positions, [str(setting) for setting in x])
        lines.append(_groups(ax, positions, groups, palette))
        if reference is not None:
            lines[-1].append(medians.draw_guide(ax, np.array(span), *reference))
    style.add_note(figure, medians.notes(checked))
    return medians.name_lines(figure, axes, lines, span=span)


@style.look()
def rows(
    panels: Mapping[str, Mapping[str, ArrayLike]],
    *,
    xlabel: str,
    reference: tuple[float, str] | None = None,
    colors: Mapping[str, str] | None = None,
    number_format: str = "{:.3g}",
    columns: int | None = None,
) -> Figure:
    """Draws one result per run as a row for each label: a dot per seed, the median, 10th to 90th percentile.

    Each panel has an x axis of its own. The median is written at the right.

    Args:
        panels: Panel title -> label -> results of shape (R,): a number per seed. All panels have the same
            labels, which become the rows from the top. What is not finite is left out and the figure says so.
        xlabel: What the result is, with its unit.
        reference: Value and name of a dashed vertical line.
        colors: Colours by label; by default one for all.
        number_format: How a median is written.
        columns: Panels in a row; by default as `style.grid` chooses.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If `panels` is empty, a result is not (R,), or the panels differ in their labels.

    Example:
        >>> figure = rows(
        ...     {"20 epochs": {"constant": [0.0, 0.0], "cosine": [-4.8, -5.2]}},
        ...     xlabel="cost beside constant’s (%)", reference=(0, "constant"), number_format="{:+.1f}",
        ... )
    """
    widened = {t: {k: np.asarray(v)[..., None] for k, v in lines.items()} for t, lines in panels.items()}
    checked = medians.check_panels(widened)
    names = list(next(iter(checked.values())))
    for title, lines in checked.items():
        if list(lines) != names:
            raise ValueError(f"`panels[{title!r}]` must have the rows {names}. Received: {list(lines)}.")
    figure, axes = style.grid(len(checked), columns=columns)
    num_rows = axes[0].get_subplotspec().get_gridspec().nrows
    figure.set_figheight(num_rows * (_ROW * len(names) + 0.9) + 0.3)
    style.label_axes(axes, titles=checked, xlabel=xlabel, ylabel="")
    heights = np.arange(len(names), 0.0, -1)
    scales.fix_ticks(axes[0].yaxis, heights, [style.display_name(name) for name in names])
    for ax, (title, lines) in zip(axes, checked.items(), strict=True):
        ax.set_ylim(0.4, len(names) + 0.6)
        ax.grid(False, axis="y")
        values = medians.all_values({title: lines})
        drawn = np.append(values[np.isfinite(values)], [] if reference is None else reference[0])
        pad = 0.04 * (np.ptp(drawn) or 1.0)
        ax.set_xlim(drawn.min() - pad, drawn.max() + 7 * pad)  # room for the numbers
        ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
        if reference is not None:
            ax.axvline(reference[0], color=style.MUTED, linewidth=1.3, linestyle=style.DASHED, zorder=2.5)
        for height, (name, found) in zip(heights, lines.items(), strict=True):
            color = (colors or {}).get(name, style.CATEGORY_COLORS[0])
            low, median, high = medians.spread_over_seeds(found)[:, 0]
            places = height + _apart(len(found), 0.44)
            ax.plot(found[:, 0], places, "o", color=color, markersize=3.5, alpha=0.4, mew=0)
            ax.hlines(height, low, high, color=color, linewidth=2, zorder=3)
            ax.plot(median, height, "o", color=color, markersize=7, mec="white", label=name, zorder=4)
            if np.isfinite(median):
                ax.annotate(
                    number_format.format(median).replace("-", "−"),
                    (1, height),
                    xycoords=("axes fraction", "data"),
                    ha="right",
                    va="center",
                    fontsize=style.LABEL_SIZE,
                    color=style.text_color(color),
                    zorder=5,
                    path_effects=style.HALO,
                )
    sentences = [] if reference is None else [f"Dashed: {reference[1]}."]
    style.add_note(figure, [*sentences, *medians.notes(checked)])
    style.freeze(figure)
    return figure


@style.look()
def scatter(
    groups: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    ylabel: str,
    levels: Mapping[str, float] | None = None,
    colors: Mapping[str, str] | None = None,
) -> Figure:
    """Draws points of several kinds, named in a legend, with dashed levels to compare them with.

    Args:
        groups: Kind -> points of shape (n, 2), finite, in the order in which they are drawn; a kind may have
            no point and is then left out. At most five.
        xlabel: What the first coordinate is, with its unit.
        ylabel: What the second coordinate is, with its unit.
        levels: Name -> y of a dashed horizontal line.
        colors: Colours by kind; by default the suite's palette.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If there are no points or too many kinds, or an array is not (n, 2) and finite.

    Example:
        >>> figure = scatter(
        ...     {"saddle": [[0.9, 0.1], [2.2, 0.37]], "minimum": [[0.8, 0.0]]}, xlabel="cost (nats)",
        ...     ylabel="share of negative eigenvalues", levels={"at the origin": 0.37},
        ... )
    """
    points = {kind: np.asarray(found, dtype=float) for kind, found in groups.items()}
    points = {kind: found for kind, found in points.items() if found.size}
    shapes = {kind: found.shape for kind, found in points.items()}
    if not 0 < len(points) <= len(_MARKERS):
        raise ValueError(f"`groups` must hold one to {len(_MARKERS)} kinds of points. Received: {shapes}.")
    if not all(f.ndim == 2 and f.shape[1] == 2 and np.isfinite(f).all() for f in points.values()):
        raise ValueError(f"`groups` must be finite arrays of shape (n, 2). Received: {shapes}.")
    palette = style.colors_for(points, colors)
    x, y = np.concatenate(list(points.values())).T
    figure, (ax,) = style.grid(1)
    style.label_axes([ax], titles=[""], xlabel=xlabel, ylabel=ylabel)
    scales.scale_y([ax], np.append(y, list((levels or {}).values())), log_y=False)
    across, ends = np.array([x.min(), x.max()]), []
    for name, level in (levels or {}).items():
        medians.draw_guide(ax, across, level, "_")
        ends.append(labels.End(name, across[1], float(level), style.MUTED))
    for marker, (kind, found) in zip(_MARKERS, points.items(), strict=False):
        name = f"{style.display_name(kind)} ({len(found)})"
        look = {"color": palette[kind], "mec": "white", "mew": 0.5, "markersize": 6.5, "alpha": 0.8}
        ax.plot(*found.T, marker, label=name, zorder=4, **look)
    ticks = MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(*across)
    ticks = [tick for tick in ticks if across[0] <= tick <= across[1]]
    scales.fix_ticks(ax.xaxis, ticks, [f"{tick:g}" for tick in ticks])
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=3,
        frameon=False,
        fontsize=style.LABEL_SIZE,
        borderaxespad=0.2,
        borderpad=0,
        handletextpad=0.3,
        columnspacing=1.2,
    )
    style.freeze(figure)
    labels.label_ends(ax, ends, (float(across[0]), float(across[1])))
    return figure


def _groups(
    ax: Axes, positions: np.ndarray, groups: Mapping[str, np.ndarray], palette: Mapping[str, str]
) -> list[medians.Line]:
    """Draws the labels of one panel side by side; gives the lines through the medians."""
    lines, slot = [], _DODGE / len(groups)
    for i, (label, results) in enumerate(groups.items()):
        name, color = style.display_name(label), palette[label]
        x = positions + (i - (len(groups) - 1) / 2) * slot
        low, median, high = medians.spread_over_seeds(results)
        places = (x + _apart(len(results), 0.6 * slot)[:, None]).ravel()
        ax.plot(places, results.ravel(), "o", color=color, markersize=3.5, alpha=0.45, mew=0, zorder=2)
        ax.vlines(x, low, high, color=color, linewidth=2, zorder=3)
        ax.plot(x, median, "o-", color=color, linewidth=1.5, markersize=6, mec="white", label=name, zorder=4)
        lines.append(medians.Line(name, x, median, color))
    return lines


def _apart(count: int, width: float) -> np.ndarray:
    """Shifts the dots of seeds apart, so that equal ones can be counted."""
    return np.linspace(-width / 2, width / 2, count) if count > 1 else np.zeros(1)
