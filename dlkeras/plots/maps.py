"""Maps: a value by layer and step, a table of results with its numbers, and ways over a surface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from dlkeras.plots import scales, style

MAX_CELLS = 400  # along the steps: about what the pixels of a panel can show
GREY_NOTE = "Grey: zero or not finite (NaN, infinity)."
_GREYS = matplotlib.colormaps["Greys"]
_COLORS = matplotlib.colormaps["viridis"].with_extremes(bad=style.MISSING)


@style.look()
def layer_by_step(
    panels: Mapping[str, ArrayLike],
    *,
    steps: ArrayLike,
    layer_labels: Sequence[object],
    colorbar_label: str,
    xlabel: str = "training step",
    ylabel: str = "layer",
    columns: int | None = None,
) -> Figure:
    """Draws a positive quantity by layer and step as a map, all panels with one logarithmic colour scale.

    Args:
        panels: Panel title -> values of shape (n, L): recorded steps, layers from input to output. Cells
            that are zero or not finite are grey and the figure says so. Above 400 steps, cells are
            the median of the logarithm over consecutive steps: see `cell_text` for the caption.
        steps: Step numbers, of shape (n,), increasing.
        layer_labels: One per layer; every one is written up to ten layers, else some.
        colorbar_label: What the values are, with their unit.
        xlabel: What the steps are.
        ylabel: What the layers are.
        columns: Panels in a row; by default as `style.grid` chooses.

    Returns:
        The figure, 9 inches wide; the input is at the bottom of the y axis.

    Raises:
        ValueError: If `panels` is empty, steps do not increase, shapes do not fit, a value is negative,
            or none is positive.

    Example:
        >>> norms = np.ones((430, 20))
        >>> figure = layer_by_step(
        ...     {"sigmoid": norms}, steps=np.arange(1, 431), layer_labels=range(1, 21),
        ...     colorbar_label="gradient norm (L2)",
        ... )
    """
    steps = np.asarray(steps)
    values = _check_maps(panels, steps, len(layer_labels))
    size, edges = _bin_edges(steps)
    cells = {title: _bin_median(array, size) for title, array in values.items()}
    figure, axes = style.grid(len(cells), columns=columns)
    style.label_axes(axes, titles=map(style.display_name, cells), xlabel=xlabel, ylabel=ylabel)
    shown = np.concatenate([array.compressed() for array in cells.values()])
    low, high = (shown.min(), shown.max()) if shown.size else (1.0, 1.0)
    norm = LogNorm(low / 1.01, high * 1.01)
    layer_edges = np.arange(len(layer_labels) + 1) + 0.5
    for ax, array in zip(axes, cells.values(), strict=True):
        mesh = ax.pcolormesh(edges, layer_edges, array.T, norm=norm, cmap=_COLORS, rasterized=True)
        scales.scale_x(ax, steps)
        ax.set_xlim(edges[0], edges[-1])
        _layer_axis(ax, layer_labels)
    bar = figure.colorbar(mesh, ax=axes, label=colorbar_label, aspect=30, pad=0.02)
    scales.fix_ticks(bar.ax.yaxis, *scales.log_ticks(low, high))
    bar.outline.set_visible(False)
    if any(np.ma.getmaskarray(array).any() for array in cells.values()):
        style.add_note(figure, [GREY_NOTE])
    style.freeze(figure)
    return figure


def cell_text(steps: ArrayLike) -> str:
    """Says in a caption what one cell of `layer_by_step` stands for.

    Args:
        steps: Step numbers, of shape (n,).

    Returns:
        A sentence.

    Example:
        >>> cell_text(range(1, 1001))
        'Each cell is the median of the logarithm over 3 recorded steps.'
    """
    size, _ = _bin_edges(np.asarray(steps))
    if size == 1:
        return "Each cell is one recorded step."
    return f"Each cell is the median of the logarithm over {size} recorded steps."


@style.look()
def grid_map(
    values: ArrayLike,
    *,
    row_labels: Sequence[object],
    column_labels: Sequence[object],
    xlabel: str,
    ylabel: str,
    colorbar_label: str,
    number_format: str = ".2f",
) -> Figure:
    """Draws a table of results in colour with its numbers, first row on top.

    Args:
        values: Results of shape (rows, columns); what is not finite is grey with a dash.
        row_labels: One per row.
        column_labels: One per column.
        xlabel: What the columns are, with their unit.
        ylabel: What the rows are, with their unit.
        colorbar_label: What the values are, with their unit.
        number_format: How the numbers are written, as for `format`.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If `values` is not (rows, columns).

    Example:
        >>> figure = grid_map(
        ...     [[0.9, 0.9], [0.1, 0.8]], row_labels=[2, 20], column_labels=["Glorot", "He"],
        ...     xlabel="initialization", ylabel="depth (layers)", colorbar_label="test accuracy",
        ... )
    """
    values = np.asarray(values, dtype=float)
    wanted = (len(row_labels), len(column_labels))
    if values.shape != wanted or 0 in wanted:
        raise ValueError(
            "`values` must have shape (rows, columns), as many as `row_labels` and `column_labels`, at least "
            f"one of each. Received: shape={values.shape}, labels for {wanted}."
        )
    figure, (ax,) = style.grid(1)
    figure.set_figheight(min(9.0, 1.4 + 0.5 * wanted[0]))
    ax.grid(False)
    array = np.ma.masked_invalid(values)
    low, high = (array.min(), array.max()) if array.count() else (0.0, 1.0)
    norm = Normalize(low, high if high > low else low + 1.0)
    mesh = ax.pcolormesh(array, norm=norm, cmap=_COLORS, edgecolors="white", linewidth=1.5)
    ax.invert_yaxis()
    for axis, texts in ((ax.xaxis, column_labels), (ax.yaxis, row_labels)):
        scales.fix_ticks(axis, np.arange(len(texts)) + 0.5, [str(text) for text in texts])
    for (row, column), value in np.ndenumerate(values):
        text = format(value, number_format) if np.isfinite(value) else "–"
        text = text.removeprefix("-") if not text.strip("-0.") else text.replace("-", "−")
        ink = "black" if style.luminance(_COLORS(norm(value))) > 0.18 else "white"
        ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=ink)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    style.label_axes([ax], titles=[""], xlabel=xlabel, ylabel=ylabel)
    bar = figure.colorbar(mesh, ax=ax, label=colorbar_label, pad=0.02)
    bar.ax.yaxis.set_major_locator(MaxNLocator(5))
    bar.outline.set_visible(False)
    style.freeze(figure)
    return figure


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


def _check_maps(panels: Mapping[str, ArrayLike], steps: np.ndarray, layers: int) -> dict[str, np.ndarray]:
    if not panels:
        raise ValueError(f"`panels` must map at least one title to values. Received: panels={panels}.")
    if steps.ndim != 1 or steps.size == 0 or np.any(np.diff(steps) <= 0):
        raise ValueError(
            f"`steps` must be increasing step numbers of shape (n,). Received: shape={steps.shape}, "
            f"steps={np.array2string(steps, threshold=6)}."
        )
    maps = {title: np.asarray(values, dtype=float) for title, values in panels.items()}
    for title, values in maps.items():
        if values.shape != (len(steps), layers):
            raise ValueError(
                f"`panels[{title!r}]` must have shape (steps, layers) = {(len(steps), layers)}. "
                f"Received: shape={values.shape}."
            )
        if np.any(values < 0):
            raise ValueError(
                f"`panels[{title!r}]` must not be negative on a log scale. "
                f"Received: minimum={np.nanmin(values)}."
            )
    return maps


def _bin_edges(steps: np.ndarray) -> tuple[int, np.ndarray]:
    """Gives the recorded steps per cell, and the edges of the cells in step numbers."""
    size = -(-len(steps) // MAX_CELLS)
    steps = steps.astype(float)
    widths = np.diff(steps) if len(steps) > 1 else np.ones(1)
    starts = np.arange(size, len(steps), size)
    between = (steps[starts - 1] + steps[starts]) / 2
    return size, np.concatenate([[steps[0] - widths[0] / 2], between, [steps[-1] + widths[-1] / 2]])


def _bin_median(values: np.ndarray, size: int) -> np.ma.MaskedArray:
    """Takes the median of the logarithm over each cell; masked where most of it is zero or not finite."""
    good = np.isfinite(values) & (values > 0)
    logs = np.full(values.shape, np.nan)
    logs[good] = np.log10(values[good])
    cells = np.full((-(-len(values) // size), values.shape[1]), np.nan)
    for i in range(len(cells)):
        part = logs[i * size : (i + 1) * size]
        enough = 2 * np.isfinite(part).sum(axis=0) >= len(part)
        if enough.any():
            cells[i, enough] = np.nanmedian(part[:, enough], axis=0)
    return np.ma.masked_invalid(10.0**cells)


def _layer_axis(ax: Axes, layer_labels: Sequence[object]) -> None:
    ax.grid(False)
    count = len(layer_labels)
    ticks = list(range(1, count + 1)) if count <= 10 else scales.layer_ticks(count)
    texts = [str(layer_labels[tick - 1]) for tick in ticks]
    if count > 1:
        texts[0], texts[-1] = f"input  {texts[0]}", f"output  {texts[-1]}"
    scales.fix_ticks(ax.yaxis, ticks, texts)
    ax.spines[:].set_visible(False)
