"""Which class each point of a plane gets, as coloured regions with the samples on them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from dlkeras.plots import style

MARKERS = "osD"


@style.look()
def region_maps(
    panels: Mapping[str, ArrayLike], grid: ArrayLike, points: ArrayLike, labels: ArrayLike
) -> Figure:
    """Draws which class each point of a plane gets, with samples on it.

    Args:
        panels: Title -> classes, whole numbers from 0 to 2, of shape (rows, columns): row i and column j are
            the point (grid[j], grid[i]).
        grid: Both inputs at the rows and columns, in standard deviations, of shape (rows,), increasing.
        points: Samples, of shape (n, 2).
        labels: Their classes, from 0 to 2, of shape (n,).

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If a panel is not as long and wide as the grid, or a class is none of 0 to 2.

    Example:
        >>> grid = np.linspace(-2, 2, 41)
        >>> right = np.broadcast_to(grid > 0, (41, 41)).astype(int)
        >>> figure = region_maps({"a straight border": right}, grid, [[-1, 0], [1, 0]], [0, 1])
    """
    grid, points, labels = np.asarray(grid), np.asarray(points), np.asarray(labels)
    panels = {title: np.asarray(classes) for title, classes in panels.items()}
    for title, classes in panels.items():
        if classes.shape != (len(grid), len(grid)):
            raise ValueError(
                f"`panels` must hold a class for each point of the grid, ({len(grid)}, {len(grid)}). "
                f"Received: {title!r} with shape {classes.shape}."
            )
        if not np.isin(classes, range(len(MARKERS))).all():
            raise ValueError(
                f"Classes must be 0, 1 or 2. Received: {title!r} with {np.unique(classes).tolist()}."
            )
    colors = style.CATEGORY_COLORS[: len(MARKERS)]
    half = (grid[1] - grid[0]) / 2
    edges = (grid[0] - half, grid[-1] + half)
    figure, axes = style.grid(len(panels))
    figure.set_figheight(4.6 if len(panels) < 3 else 3.4)
    for ax, (title, classes) in zip(axes, panels.items(), strict=True):
        shown = {"cmap": ListedColormap(colors), "vmin": 0, "vmax": 2, "alpha": 0.35}
        ax.imshow(classes, extent=2 * edges, origin="lower", interpolation="nearest", **shown)
        for kind, (color, marker) in enumerate(zip(colors, MARKERS, strict=True)):
            own = points[labels == kind]
            ax.scatter(*own.T, s=14, color=color, marker=marker, edgecolor="white", linewidth=0.4)
        ax.set(title=title, xlabel="first input (standard deviations)", aspect="equal")
        ax.set(xlim=edges, ylim=edges)
        ax.grid(False)
    axes[0].set_ylabel("second input")
    return figure
