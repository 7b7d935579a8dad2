"""Functions of one variable, each beside its derivative."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from dlkeras.plots import scales, style


@style.look()
def with_derivatives(
    x: ArrayLike,
    functions: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    dots: tuple[ArrayLike, Mapping[str, ArrayLike]],
    dots_name: str,
    xlabel: str,
    limits: tuple[float, float],
    columns: int = 4,
) -> Figure:
    """Draws functions as small multiples: solid the function, dashed its derivative, dots a second opinion.

    All panels have the same y axis, and what does not fit is cut. The key stands in the first free cell.

    Args:
        x: Points, of shape (n,), rising.
        functions: Name -> values and derivative, of shape (n,) each.
        dots: Points of shape (m,), and name -> derivative found in another way, of shape (m,).
        dots_name: What the dots are.
        xlabel: What `x` is.
        limits: Lower and upper end of the y axis.
        columns: Panels in a row.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If `functions` is empty or a shape does not fit.

    Example:
        >>> x, few = np.linspace(-4, 4, 201), np.linspace(-4, 4, 9)
        >>> figure = with_derivatives(
        ...     x, {"tanh": (np.tanh(x), 1 - np.tanh(x) ** 2)}, dots=(few, {"tanh": 1 - np.tanh(few) ** 2}),
        ...     dots_name="by hand", xlabel="z", limits=(-1.2, 2),
        ... )
    """
    x, few = np.asarray(x, dtype=float), np.asarray(dots[0], dtype=float)
    if not functions:
        raise ValueError(f"`functions` must have at least one entry. Received: functions={functions}.")
    found = {name: np.asarray(dots[1].get(name, []), dtype=float) for name in functions}
    pairs = {name: [np.asarray(part, dtype=float) for part in pair] for name, pair in functions.items()}
    for name, pair in pairs.items():
        shapes = [part.shape for part in (*pair, found[name])]
        if shapes != [x.shape, x.shape, few.shape]:
            raise ValueError(
                f"`functions[{name!r}]` must be two arrays of shape {x.shape}, with `dots` of shape "
                f"{few.shape}. Received: {', '.join(map(str, shapes))}."
            )
    palette = style.colors_for(pairs)
    has_room = len(pairs) % columns or len(pairs) < columns
    figure, axes = style.grid(len(pairs) + bool(has_room), columns=columns)
    rows = -(-len(pairs) // columns)
    figure.set_figheight(2.35 * rows + 0.5)
    key = axes.pop() if has_room else None
    style.label_axes(axes, titles=map(style.display_name, pairs), xlabel=xlabel, ylabel="")
    for i, (ax, (name, (values, slopes))) in enumerate(zip(axes, pairs.items(), strict=True)):
        color = palette[name]
        ax.axhline(0, color=style.MISSING, linewidth=0.8, zorder=1)
        ax.plot(x, _broken(values), color=color, linewidth=2.4, label="function", zorder=3)
        ax.plot(x, slopes, color=color, linewidth=1.6, linestyle=(0, (4, 2)), label="derivative", zorder=3)
        ax.plot(
            few,
            found[name],
            "o",
            color="white",
            mec=style.INK,
            markersize=4,
            mew=1,
            label=dots_name,
            zorder=4,
        )
        ax.set_ylim(*limits)
        scales.scale_x(ax, np.array([x[0], x[-1]]))
        scales.fix_ticks(ax.xaxis, [x[0], 0, x[-1]], [_text(tick) for tick in (x[0], 0, x[-1])])
        ticks = [tick for tick in (-1, 0, 1, 2) if limits[0] <= tick <= limits[1]]
        scales.fix_ticks(ax.yaxis, ticks, [_text(tick) for tick in ticks])
        if i + columns >= len(pairs):
            ax.set_xlabel(xlabel)
            ax.tick_params(labelbottom=True)
    if key is not None:
        key.axis("off")
        lines = [
            Line2D([], [], color=style.INK, linewidth=2.4, label="function"),
            Line2D([], [], color=style.INK, linewidth=1.6, linestyle=(0, (4, 2)), label="derivative"),
            Line2D([], [], marker="o", color="white", mec=style.INK, markersize=5, label=dots_name),
        ]
        key.legend(handles=lines, loc="center left", frameon=False, fontsize=style.LABEL_SIZE)
    cut = any(values.min() < limits[0] or values.max() > limits[1] for values, _ in pairs.values())
    style.add_note(figure, ["A line leaves the frame."] * cut)
    style.freeze(figure)
    return figure


def _broken(values: np.ndarray) -> np.ndarray:
    """Leaves a gap at a jump, so that no upright line is drawn there."""
    jumps = np.abs(np.diff(values)) > 0.5 * (values.max() - values.min())
    broken = values.copy()
    broken[1:][jumps & (len(values) > 20)] = np.nan
    return broken


def _text(tick: float) -> str:
    return f"{tick:g}".replace("-", "−")
