"""Maps of a result over two settings, and weight matrices as pictures."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from dlkeras.plots import scales, style

_SEQUENTIAL = matplotlib.colormaps["viridis"].with_extremes(bad=style.MISSING)
_DIVERGING = matplotlib.colormaps["PuOr_r"].with_extremes(bad=style.MISSING)
_BOTH = [withStroke(linewidth=3.2, foreground="black")]  # white and black: visible on every colour of the map
_GREY_NOTE = "Grey: not finite (NaN, infinity)."


@style.look()
def setting_maps(
    x: ArrayLike,
    y: ArrayLike,
    panels: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    ylabel: str,
    colorbar_label: str,
    limits: tuple[float, float],
    outlined: float,
    marks: Mapping[str, float] | None = None,
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
    curves_label: str = "",
) -> Figure:
    """Draws a result over two positive settings as maps side by side, with one colour scale.

    Both axes are logarithmic, and a cell reaches halfway to its neighbours. Cells above a level are outlined,
    so that the map can be read without its colours.

    Args:
        x: First setting, of shape (columns,), positive and rising.
        y: Second setting, of shape (rows,), positive and rising.
        panels: Panel title -> results of shape (rows, columns); what is not finite is grey.
        xlabel: What `x` is, with its unit.
        ylabel: What `y` is, with its unit.
        colorbar_label: What the results are, with their unit.
        limits: Results at the ends of the colour scale.
        outlined: Cells with a result above this are outlined.
        marks: Name -> x of a vertical line in every panel, at most two, rising.
        curves: Panel title -> x and y, of shape (k,) each, of a dashed curve, such as a theory's limit.
        curves_label: What the dashed curves are; a note under the panels says it.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If `panels` is empty, a setting is not positive and rising, or shapes do not fit.

    Example:
        >>> figure = setting_maps(
        ...     [0.5, 1, 2], [2, 10], {"tanh": [[0.9, 0.9, 0.8], [0.2, 0.9, 0.1]]},
        ...     xlabel="scale of the weights", ylabel="depth (layers)", colorbar_label="test accuracy",
        ...     limits=(0, 1), outlined=0.5, marks={"Glorot": 1.0},
        ... )
    """
    x, y = _check_setting("x", x), _check_setting("y", y)
    values = _check_panels(panels, (len(y), len(x)))
    figure, axes = style.grid(len(values))
    style.label_axes(axes, titles=map(style.display_name, values), xlabel=xlabel, ylabel=ylabel)
    edges = _halfway(x), _halfway(y)
    for ax, (title, array) in zip(axes, values.items(), strict=True):
        ax.grid(False)
        ax.set_xscale("log")
        ax.set_yscale("log")
        mesh = ax.pcolormesh(*edges, array, norm=Normalize(*limits), cmap=_SEQUENTIAL, rasterized=True)
        _outline(ax, *edges, array.filled(-np.inf) > outlined)
        if curves and title in curves:
            ax.plot(*curves[title], color="white", linewidth=1.6, linestyle=(0, (4, 2)), path_effects=_BOTH)
        _marks(ax, marks or {}, title)
        ax.set_xlim(*edges[0][[0, -1]])
        ax.set_ylim(*edges[1][[0, -1]])
        scales.fix_ticks(ax.xaxis, *scales.log_ticks(x[0], x[-1]))
        scales.fix_ticks(ax.yaxis, y, [f"{value:g}" for value in y])
        ax.spines[:].set_visible(False)
    bar = figure.colorbar(mesh, ax=axes, label=colorbar_label, aspect=30, pad=0.02)
    bar.outline.set_visible(False)
    notes = [f"Outlined: above {outlined:g}.", f"Dashed: {curves_label}." if curves else ""]
    missing = any(np.ma.getmaskarray(array).any() for array in values.values())
    style.add_note(figure, [note for note in (*notes, _GREY_NOTE * missing) if note])
    style.freeze(figure)
    return figure


@style.look()
def matrices(panels: Mapping[str, ArrayLike], *, xlabel: str, ylabel: str, colorbar_label: str) -> Figure:
    """Draws matrices side by side, each with its largest entry as the end of its own colour scale.

    Args:
        panels: Panel title -> matrix of shape (rows, columns); what is not finite is grey.
        xlabel: What the columns are.
        ylabel: What the rows are.
        colorbar_label: What the entries are.

    Returns:
        The figure, 9 inches wide, with the first row on top; under each matrix stands its largest entry.

    Raises:
        ValueError: If `panels` is empty or a matrix has no entry.

    Example:
        >>> figure = matrices(
        ...     {"random": [[0.5, -1.0], [0.2, 0.3]], "zeros": [[0.1, 0.1], [0.4, 0.4]]},
        ...     xlabel="unit", ylabel="input", colorbar_label="weight over the largest",
        ... )
    """
    values = _check_panels(panels)
    figure, axes = style.grid(len(values))
    style.label_axes(axes, titles=values, xlabel=xlabel, ylabel=ylabel)
    for ax, array in zip(axes, values.values(), strict=True):
        ax.grid(False)
        largest = float(np.abs(array).max()) if array.count() else 0.0
        mesh = ax.imshow(array / (largest or 1.0), norm=Normalize(-1, 1), cmap=_DIVERGING, aspect="auto")
        for axis, count in zip((ax.yaxis, ax.xaxis), array.shape, strict=True):
            scales.fix_ticks(axis, [0, count - 1], ["1", str(count)])
        ax.set_xlabel(f"{xlabel}\nlargest entry: {largest:.2g}")
        ax.spines[:].set_visible(False)
    bar = figure.colorbar(mesh, ax=axes, label=colorbar_label, ticks=[-1, 0, 1], aspect=30, pad=0.02)
    bar.outline.set_visible(False)
    style.freeze(figure)
    return figure


def _check_setting(name: str, values: ArrayLike) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or not values.size or not np.all(np.diff(values, prepend=0) > 0):
        raise ValueError(f"`{name}` must be positive and rising. Received: {name}={values.tolist()}.")
    return values


def _check_panels(
    panels: Mapping[str, ArrayLike], shape: tuple[int, int] | None = None
) -> dict[str, np.ma.MaskedArray]:
    if not panels:
        raise ValueError(f"`panels` must map at least one title to values. Received: panels={panels}.")
    values = {title: np.ma.masked_invalid(np.asarray(array, float)) for title, array in panels.items()}
    shape = shape or next(iter(values.values())).shape
    for title, array in values.items():
        if array.shape != shape or array.ndim != 2 or not array.size:
            raise ValueError(
                f"`panels[{title!r}]` must have shape (rows, columns) = {shape}, at least one of each. "
                f"Received: shape={array.shape}."
            )
    return values


def _halfway(values: np.ndarray) -> np.ndarray:
    """Gives the edges of cells around positive values, halfway on a log axis; one alone spans a factor 2."""
    logs = np.log(values)
    between = (logs[1:] + logs[:-1]) / 2
    first, last = (between[0], between[-1]) if between.size else (logs[0] + 0.35, logs[0] - 0.35)
    return np.exp(np.concatenate([[2 * logs[0] - first], between, [2 * logs[-1] - last]]))


def _outline(ax: Axes, x: np.ndarray, y: np.ndarray, inside: np.ndarray) -> None:
    """Draws the border of the cells that are inside."""
    padded = np.pad(inside, 1)
    upright = [[(x[j], y[i - 1]), (x[j], y[i])] for i, j in np.argwhere(padded[:, 1:] != padded[:, :-1])]
    level = [[(x[j - 1], y[i]), (x[j], y[i])] for i, j in np.argwhere(padded[1:] != padded[:-1])]
    for color, width in (("black", 3.0), ("white", 1.6)):
        lines = LineCollection(
            upright + level, colors=color, linewidths=width, capstyle="projecting", zorder=3
        )
        ax.add_collection(lines, autolim=False)


def _marks(ax: Axes, marks: Mapping[str, float], title: str) -> None:
    """Draws vertical lines, with their names above the panel and to either side, where there is room."""
    ax.set_title(style.display_name(title), pad=22 if marks else None)
    for (name, at), side in zip(marks.items(), ("right", "left"), strict=False):
        ax.axvline(at, color="white", linewidth=1.2, zorder=2.5)
        ax.annotate(
            name,
            (at, 1),
            xytext=(2 if side == "right" else -2, 4),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha=side,
            fontsize=style.LABEL_SIZE,
            color=style.INK,
        )
