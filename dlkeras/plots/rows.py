"""A row of dots for each of several ways, in small multiples."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from dlkeras.plots import scales, style
from dlkeras.plots.panels import all_values, check_panels, notes, spread_over_seeds

_HALO = [withStroke(linewidth=2.5, foreground="white")]
_ROW = 0.34  # inches


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
    checked = check_panels(widened)
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
        values = all_values({title: lines})
        drawn = np.append(values[np.isfinite(values)], [] if reference is None else reference[0])
        pad = 0.04 * (np.ptp(drawn) or 1.0)
        ax.set_xlim(drawn.min() - pad, drawn.max() + 7 * pad)  # room for the numbers
        ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
        if reference is not None:
            ax.axvline(reference[0], color=style.MUTED, linewidth=1.3, linestyle=(0, (5, 3)), zorder=2.5)
        for height, (name, found) in zip(heights, lines.items(), strict=True):
            color = (colors or {}).get(name, style.CATEGORY_COLORS[0])
            low, median, high = spread_over_seeds(found)[:, 0]
            shifts = np.linspace(-0.22, 0.22, len(found)) if len(found) > 1 else np.zeros(1)
            ax.plot(found[:, 0], height + shifts, "o", color=color, markersize=3.5, alpha=0.4, mew=0)
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
                    path_effects=_HALO,
                )
    sentences = [] if reference is None else [f"Dashed: {reference[1]}."]
    style.add_note(figure, [*sentences, *notes(checked)])
    style.freeze(figure)
    return figure
