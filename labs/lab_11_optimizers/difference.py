"""Two curves that should be one, and how far apart they are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from dlkeras.plots import medians, scales, style

_BROAD, _THIN = 7.0, 1.4  # points: the first line shows on both sides of the second


@style.look()
def with_difference(
    x: ArrayLike,
    pair: Mapping[str, ArrayLike],
    difference: ArrayLike,
    *,
    xlabel: str,
    ylabel: str,
    difference_label: str,
) -> Figure:
    """Draws the second of two curves inside the first, and their difference on an axis of its own.

    Each line is the median over seeds; the difference has a band from the 10th to the 90th percentile.

    Args:
        x: Steps or epochs, of shape (n,).
        pair: Label -> values of shape (R, n), two of them: seeds, points.
        difference: What separates them, (R, n), at least 0; its axis begins at 0.
        xlabel: What `x` is, with its unit.
        ylabel: What the pair's values are, with their unit.
        difference_label: What the difference is, with its unit.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If there are not two curves, an array is not (R, n), or a difference is negative.

    Example:
        >>> loss = np.exp(-np.arange(50) / [[9], [10]])
        >>> figure = with_difference(
        ...     np.arange(50), {"built-in": loss, "ours": loss}, 0 * loss,
        ...     xlabel="step", ylabel="loss (nats)", difference_label="distance (units of the last place)",
        ... )
    """
    x = np.asarray(x, dtype=float)
    if len(pair) != 2:
        raise ValueError(f"`pair` must have two curves. Received: {', '.join(pair) or 'none'}.")
    panels = medians.check_panels({"pair": pair, "difference": {"difference": difference}})
    medians.check_length(panels, x)
    (apart,) = panels["difference"].values()
    if np.any(apart < 0):
        raise ValueError(f"`difference` must be at least 0. Received: minimum={np.nanmin(apart):g}.")
    figure, (left,) = style.grid(1)
    style.label_axes([left], titles=[""], xlabel=xlabel, ylabel=ylabel)
    scales.scale_x(left, x)
    colors = style.colors_for([*pair, difference_label])
    for (label, values), width in zip(panels["pair"].items(), (_BROAD, _THIN), strict=True):
        color = style.INK if width == _THIN else colors[label]
        left.plot(x, np.nanmedian(values, axis=0), color=color, linewidth=width, label=label)
    right = left.twinx()
    right.grid(False)
    right.spines["right"].set_visible(True)
    color = style.text_color(colors[difference_label])
    right.set_ylabel(difference_label, color=color)
    right.tick_params(axis="y", labelcolor=color)
    medians.line_with_band(right, x, apart, label=difference_label, color=colors[difference_label])
    right.set_ylim(0, None)
    left.set_zorder(right.get_zorder() + 1)  # or the band would cover the pair
    left.patch.set_visible(False)
    figure.legend(
        *left.get_legend_handles_labels(),
        loc="upper center",
        ncols=2,
        frameon=False,
        bbox_to_anchor=(0.5, 0.98),
    )
    style.freeze(figure)
    return figure
