"""Two measured quantities against each other, a dot for each thing that was measured."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from dlkeras.plots import labels, scales, style
from dlkeras.plots.lines import draw_guide

_MARKERS = "osD^v"  # told apart without colours


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
        draw_guide(ax, across, np.full(2, float(level)), "_")
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
