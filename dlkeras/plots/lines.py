"""The drawing that all line figures share: a median with its band, in small multiples."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dlkeras.plots import labels, scales, style
from dlkeras.plots.panels import Panels, all_values, notes, spread_over_seeds

Guides = Mapping[str, Mapping[str, np.ndarray]]


def line_with_band(
    ax: Axes, x: np.ndarray, samples: np.ndarray, *, label: str, color: str, floor: float | None = None
) -> np.ndarray:
    """Draws the median over seeds as a line and the 10th to 90th percentile as a band.

    Args:
        ax: Axes, its y scale already set.
        x: Positions, of shape (n,).
        samples: Values of shape (R, n): seeds, points. Not finite: left out. One seed: no band.
        label: Name of the line, as the reader sees it.
        color: Its colour.
        floor: Where zeros stand on a log axis, from `scales.zero_floor`.

    Returns:
        The drawn median, of shape (n,).

    Example:
        >>> _, (ax,) = style.grid(1)
        >>> line_with_band(ax, np.arange(1, 4), np.ones((5, 3)), label="loss", color="black")
        array([1., 1., 1.])
    """
    low, median, high = spread_over_seeds(samples, log=ax.get_yscale() == "log", floor=floor)
    if len(samples) > 1:
        ax.fill_between(x, low, high, color=color, alpha=0.2, linewidth=0, zorder=2)
    alone = np.isfinite(median).sum() == 1  # a line of one point would be invisible
    ax.plot(x, median, color=color, label=label, linewidth=2, marker="o" if alone else "", zorder=3)
    return median


def draw_guide(ax: Axes, x: np.ndarray, y: np.ndarray, name: str) -> None:
    """Draws something to compare with, dashed and grey: a bound, the level of chance.

    Args:
        ax: Axes.
        x: Positions, of shape (n,).
        y: Values, of shape (n,).
        name: Its name.

    Example:
        >>> _, (ax,) = style.grid(1)
        >>> draw_guide(ax, np.arange(2), np.full(2, 0.1), "chance")
    """
    ax.plot(x, y, color=style.MUTED, label=name, linewidth=1.3, linestyle=(0, (5, 3)), zorder=2.5)


@style.look()
def line_panels(
    panels: Panels,
    *,
    positions: Mapping[str, np.ndarray],
    guides: Guides,
    xlabel: str,
    ylabel: str,
    colors: Mapping[str, str] | None,
    scale_x: Callable[[Axes, np.ndarray], None],
    log_y: bool,
    columns: int | None,
    side: str,
) -> Figure:
    """Draws small multiples of lines with bands, dashed guide lines and names at the ends.

    Args:
        panels: Checked panels, arrays of shape (R, n).
        positions: Panel title -> x of shape (n,).
        guides: Panel title -> name -> values of shape (n,), drawn dashed and grey.
        xlabel: What x is, with its unit.
        ylabel: What the values are, with their unit.
        colors: Colours by label; None for the suite's palette.
        scale_x: Sets scale and ticks of the x axis of one panel from its positions.
        log_y: Log scale for the values.
        columns: Panels in a row; None as `style.grid` chooses.
        side: Where names stand: "left", "right", or "auto" for where they have to be moved less.

    Returns:
        The figure, laid out.

    Raises:
        ValueError: If a guide is not positive on a log axis.

    Example:
        >>> figure = line_panels(
        ...     {"SGD": {"relu": np.ones((5, 3))}}, positions={"SGD": np.arange(3)}, guides={},
        ...     xlabel="epoch", ylabel="loss", colors=None, scale_x=scales.scale_x, log_y=True,
        ...     columns=None, side="right",
        ... )
    """
    palette = style.colors_for([label for lines in panels.values() for label in lines], colors)
    dashed = [np.ravel(values) for lines in guides.values() for values in lines.values()]
    if log_y and any(np.any(values <= 0) for values in dashed):
        raise ValueError(
            f"Guide and reference lines must be positive on a log axis. Received: minimum="
            f"{min(values.min() for values in dashed):g}. Pass log_y=False."
        )
    figure, axes = style.grid(len(panels), columns=columns)
    style.label_axes(axes, titles=panels, xlabel=xlabel, ylabel=ylabel)
    floor = scales.zero_floor(np.concatenate([all_values(panels), *dashed])) if log_y else None
    samples = [values for lines in panels.values() for values in lines.values()]
    spreads = [spread_over_seeds(values, log=log_y, floor=floor) for values in samples]
    framed, cut = scales.frame(spreads, log_y=log_y)
    scales.scale_y(axes, np.concatenate([framed, *dashed]), log_y=log_y, floor=floor)
    drawn = []
    for ax, (title, lines) in zip(axes, panels.items(), strict=True):
        scale_x(ax, positions[title])
        drawn.append(_panel(ax, positions[title], lines, guides.get(title, {}), palette, floor))
    style.add_note(figure, notes(panels, log_y=log_y) + ["A band leaves the frame."] * cut)
    style.freeze(figure)
    ends = {
        where: [[end for line in found for end in labels.line_end(*line, where)] for found in drawn]
        for where in ("left", "right")
    }
    side = labels.best_side(axes, ends) if side == "auto" else side
    for ax, panel_ends, x in zip(axes, ends[side], positions.values(), strict=True):
        labels.label_ends(ax, panel_ends, (float(x.min()), float(x.max())), side=side)
    return figure


def _panel(
    ax: Axes,
    x: np.ndarray,
    lines: Mapping[str, np.ndarray],
    guides: Mapping[str, np.ndarray],
    palette: Mapping[str, str],
    floor: float | None,
) -> list[tuple[str, np.ndarray, np.ndarray, str]]:
    """Draws one panel; gives name, x, y and colour of each line."""
    drawn = []
    for name, values in guides.items():
        draw_guide(ax, x, values, name)
        drawn.append((name, x, values, style.MUTED))
    for label, samples in lines.items():
        name, color = style.display_name(label), palette[label]
        median = line_with_band(ax, x, samples, label=name, color=color, floor=floor)
        drawn.append((name, x, median, color))
    return drawn
