"""The way of a descent over a surface with two coordinates, and vertical marks in a finished figure."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from dlkeras.plots import style

_HALO = [withStroke(linewidth=2.5, foreground="white")]
_GREYS = matplotlib.colormaps["Greys"]


@style.look()
def descent_paths(
    panels: Mapping[str, ArrayLike],
    surface: tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    xlabel: str,
    ylabel: str,
    minimum: tuple[float, float] = (0.0, 0.0),
    colors: Mapping[str, str] | None = None,
    columns: int | None = None,
) -> Figure:
    """Draws paths over the contour lines of a surface, a panel and a dot at every step for each.

    From one contour line to the next the height above the lowest point grows by the same factor. A path that
    leaves the surface is cut at its edge and the figure says so.

    Args:
        panels: Panel title -> path of shape (n, 2), from the start to the end.
        surface: x of shape (columns,), y of shape (rows,) and positive heights of shape (rows, columns).
        xlabel: What the first coordinate is.
        ylabel: What the second coordinate is.
        minimum: The lowest point of the surface; marked with a cross.
        colors: Colours by panel title; by default the suite's palette.
        columns: Panels in a row; by default as `style.grid` chooses.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If `panels` is empty, or a path or the heights have the wrong shape.

    Example:
        >>> x, y = np.linspace(-8, 8, 90), np.linspace(-2, 2, 90)
        >>> heights = (x**2 + 20 * y[:, None] ** 2) / 2
        >>> path = [[8 * 0.9**t, 2 * (-0.8) ** t] for t in range(30)]
        >>> figure = descent_paths({"rate 0.1": path}, (x, y, heights), xlabel="w₁", ylabel="w₂")
    """
    x, y, heights = (np.asarray(part, dtype=float) for part in surface)
    if heights.shape != (len(y), len(x)):
        raise ValueError(
            f"`surface` must have heights of shape (rows, columns) = {(len(y), len(x))}. "
            f"Received: shape={heights.shape}."
        )
    paths = {title: np.asarray(path, dtype=float) for title, path in panels.items()}
    if not paths:
        raise ValueError(f"`panels` must map at least one title to a path. Received: panels={panels}.")
    for title, path in paths.items():
        if path.ndim != 2 or path.shape[1] != 2 or not len(path):
            raise ValueError(f"`panels[{title!r}]` must have shape (n, 2). Received: shape={path.shape}.")
    palette = style.colors_for(paths, colors)
    figure, axes = style.grid(len(paths), columns=columns)
    style.label_axes(axes, titles=paths, xlabel=xlabel, ylabel=ylabel)
    levels = heights.max() * 3.0 ** np.arange(-7.0, 1.0)
    left = False
    for ax, (title, path) in zip(axes, paths.items(), strict=True):
        ax.grid(False)
        ax.contourf(x, y, heights, levels=[0, *levels], colors=_GREYS(np.linspace(0.24, 0.02, len(levels))))
        ax.contour(x, y, heights, levels=levels, colors=[style.MISSING], linewidths=0.7)
        color = palette[title]
        ax.plot(*path.T, "-", color=color, linewidth=1.4, zorder=3)
        ax.plot(*path.T, "o", color=color, markersize=3.8, mec="white", mew=0.4, zorder=4, label=title)
        ax.plot(*path[0], "o", color="white", markersize=8, mec=color, mew=2, zorder=5)
        ax.plot(*minimum, "+", color=style.INK, markersize=11, mew=1.8, zorder=5)
        ax.set_xlim(x[0], x[-1])
        ax.set_ylim(y[0], y[-1])
        inside = (path >= [x[0], y[0]]) & (path <= [x[-1], y[-1]])
        left |= not inside.all()
    note = ["Ring: start; dot: one step; cross: the minimum."]
    style.add_note(figure, note + ["A path leaves the frame."] * bool(left))
    style.freeze(figure)
    return figure


@style.look()
def mark_x(figure: Figure, marks: Mapping[str, Mapping[str, float]]) -> Figure:
    """Marks values of x in the panels of a finished figure with dotted vertical lines.

    Args:
        figure: A figure of this package.
        marks: Panel title -> name -> x.

    Returns:
        The same figure.

    Raises:
        ValueError: If the figure has no panel of a title.

    Example:
        >>> _, (ax,) = style.grid(1)
        >>> title = ax.set_title("linear")
        >>> figure = mark_x(ax.figure, {"linear": {"2 / L": 0.25}})
    """
    panels = {ax.get_title(loc="left"): ax for ax in figure.axes}
    for title, lines in marks.items():
        if title not in panels:
            raise ValueError(
                f"`marks` must name panels of the figure: {', '.join(panels)}. Received: {title!r}."
            )
        ax = panels[title]
        for name, x in lines.items():
            ax.axvline(x, color=style.INK, linewidth=1.3, linestyle=(0, (1, 1.6)), zorder=2.6)
            ax.annotate(
                name,
                (x, 1),
                (-4, -2),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                ha="right",
                va="top",
                fontsize=style.LABEL_SIZE,
                path_effects=_HALO,
                zorder=6,
            )
    return figure
