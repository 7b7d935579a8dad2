"""A computational graph with values forward and gradients backward, and the curvatures where runs ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import ArrayLike

from dlkeras.plots import scales, style

FORWARD, BACKWARD = "#0072B2", "#D55E00"
_NEAREST = (
    0.3  # columns between an arrow's end and the middle of its node; a row is as high as a column is wide
)


@style.look()
def computational_graph(
    nodes: Mapping[str, tuple[float, float]],
    edges: Sequence[tuple[str, str, float, float]],
    *,
    operations: Sequence[str] = (),
) -> Figure:
    """Draws a computational graph: on each edge the value that goes forward and the gradient that comes back.

    Args:
        nodes: Text of a node -> column and row of its place, from 0; row 0 is the lowest.
        edges: Node, next node, the value that passes between them, and the derivative of the last node with
            respect to that value. Edges run along a row or along a column.
        operations: Nodes that compute something; they get a frame. The others are inputs and the result.

    Returns:
        The figure, 9 inches wide. Values stand above an edge or left of it, gradients below or right of it.

    Raises:
        ValueError: If an edge or an operation names a node that there is not, or an edge is oblique.

    Example:
        >>> figure = computational_graph(
        ...     {"x": (0, 0), "w": (1, 1), "·": (1, 0), "y": (2, 0)},
        ...     [("x", "·", 2, 3), ("w", "·", 3, 2), ("·", "y", 6, 1)], operations=["·"],
        ... )
    """
    named = {name for edge in edges for name in edge[:2]} | set(operations)
    if unknown := sorted(named - set(nodes)):
        raise ValueError(f"`edges` and `operations` must name nodes. Received: {unknown}, not in `nodes`.")
    figure, (ax,) = style.grid(1)
    places = np.array(list(nodes.values()), dtype=float)
    low, high = places.min(axis=0) - 0.4, places.max(axis=0) + 0.4
    figure.set_figheight((style.WIDTH - 0.2) * (high - low)[1] / (high - low)[0] + 0.3)
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
    ax.axis("off")
    frame = {"boxstyle": "round,pad=0.4", "facecolor": "#F2F2F2", "edgecolor": "#8C8C8C"}
    texts = {
        name: ax.text(*place, name, ha="center", va="center", bbox=frame if name in operations else None)
        for name, place in nodes.items()
    }
    for x, text, color in ((0.01, "value, forward →", FORWARD), (0.2, "← gradient, backward", BACKWARD)):
        ax.text(x, 1, text, transform=ax.transAxes, va="top", color=style.text_color(color))
    style.freeze(figure)
    boxes = {name: _box(ax, text, padded=name in operations) for name, text in texts.items()}
    for start, end, value, gradient in edges:
        if not np.any(np.equal(nodes[start], nodes[end])):
            raise ValueError(f"`edges` must run along a row or a column. Received: {start!r} to {end!r}.")
        _edge(ax, boxes[start], boxes[end], value, gradient)
    return figure


def two_neurons(values: Mapping[str, float], gradients: Mapping[str, float]) -> Figure:
    """Draws the graph of two neurons in a chain, as `dlkeras.scratch.two_neurons` computes it.

    Args:
        values: The numbers w1, b1, w2, b2, x, y, z1, a1, z2, a2 and E, by name.
        gradients: The derivative of E with respect to each.

    Returns:
        The figure, 9 inches wide.

    Example:
        >>> names = ["w1", "b1", "w2", "b2", "x", "y", "z1", "a1", "z2", "a2", "E"]
        >>> figure = two_neurons(dict.fromkeys(names, 0.5), dict.fromkeys(names, 0.1))
    """
    z1, a1, z2, a2, error = boxes = ["w₁x + b₁", "σ(z₁)", "w₂a₁ + b₂", "σ(z₂)", "(a₂ − y)²"]
    columns = dict(zip(boxes, (1.2, 2.75, 4.2, 5.75, 7.2), strict=True))
    nodes = {"x": (0, 1), "E": (8.5, 1)} | {box: (column, 1) for box, column in columns.items()}
    nodes |= {"w₁": (columns[z1], 2), "b₁": (columns[z1], 0), "w₂": (columns[z2], 2), "b₂": (columns[z2], 0)}
    nodes["y"] = (columns[error], 2)
    ends = {
        "x": ("x", z1),
        "w1": ("w₁", z1),
        "b1": ("b₁", z1),
        "w2": ("w₂", z2),
        "b2": ("b₂", z2),
        "y": ("y", error),
        "z1": (z1, a1),
        "a1": (a1, z2),
        "z2": (z2, a2),
        "a2": (a2, error),
        "E": (error, "E"),
    }
    edges = [(start, end, values[name], gradients[name]) for name, (start, end) in ends.items()]
    return computational_graph(nodes, edges, operations=boxes)


@style.look()
def spectra(groups: Mapping[str, ArrayLike], *, xlabel: str, ylabel: str, linear: float) -> Figure:
    """Draws the eigenvalues of a matrix of each run as a column of dots, those below zero in another colour.

    Args:
        groups: Name of a group of runs -> eigenvalues of shape (matrices, n); a group may be empty.
        xlabel: What tells the groups apart, with its unit.
        ylabel: What the eigenvalues are of, with their unit.
        linear: The axis is logarithmic on both sides of zero beyond this, and linear between.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If there are no groups, or an array is not (matrices, n).

    Example:
        >>> figure = spectra({"0.1": [[-1e-3, 0.2], [1e-4, 0.1]]}, xlabel="learning rate",
        ...                  ylabel="eigenvalue of the Hessian", linear=1e-6)
    """
    values = {name: np.asarray(found, dtype=float) for name, found in groups.items()}
    if not values or any(array.ndim != 2 for array in values.values()):
        shapes = {name: array.shape for name, array in values.items()}
        raise ValueError(f"`groups` must be arrays of shape (matrices, n). Received: {shapes}.")
    figure, (ax,) = style.grid(1)
    for i, array in enumerate(values.values()):
        shifts = np.linspace(-0.38, 0.38, len(array)) if len(array) > 1 else np.zeros(len(array))
        x = np.broadcast_to(i + shifts[:, None], array.shape)
        for chosen, color in ((array >= 0, FORWARD), (array < 0, BACKWARD)):
            ax.plot(x[chosen], array[chosen], "o", color=color, markersize=3.5, alpha=0.75, mew=0)
    ax.set_yscale("symlog", linthresh=linear, linscale=0.6)
    drawn = np.concatenate([array.ravel() for array in values.values()] + [[linear, -linear]])
    top, bottom = 10 ** np.ceil(np.log10(drawn.max())), 10 ** np.ceil(np.log10(-drawn.min()))
    ax.set_ylim(-bottom, top)
    ups = 10.0 ** np.arange(np.log10(linear), np.log10(top) + 0.5, 2)
    downs = 10.0 ** np.arange(np.log10(linear), np.log10(bottom) + 0.5, 2)
    ticks = [*-downs[::-1], 0, *ups]
    scales.fix_ticks(ax.yaxis, ticks, [_power(tick) for tick in ticks])
    ax.axhline(0, color=style.INK, linewidth=1)
    names = [f"{name}\n{len(array)} runs" for name, array in values.items()]
    scales.fix_ticks(ax.xaxis, np.arange(len(values)), names)
    ax.set_xlim(-0.6, len(values) - 0.4)
    ax.grid(False, axis="x")
    style.label_axes([ax], titles=[""], xlabel=xlabel, ylabel=ylabel)
    style.freeze(figure)
    return figure


def _box(ax: Axes, text: Text, *, padded: bool) -> np.ndarray:
    """Gives the left lower and the right upper corner of a node, in places of nodes, (2, 2)."""
    extent = (text.get_bbox_patch() if padded else text).get_window_extent()
    return ax.transData.inverted().transform(extent.get_points())


def _edge(ax: Axes, start: np.ndarray, end: np.ndarray, value: float, gradient: float) -> None:
    """Draws an arrow from the border of a node to that of the next one, with its two numbers."""
    across = (end - start).mean(axis=0)
    along = int(abs(across[1]) > abs(across[0]))  # 0: in a row, 1: in a column
    tail, head = start.mean(axis=0), end.mean(axis=0)
    tail[along], head[along] = (
        (start[1, along], end[0, along]) if across[along] > 0 else (start[0, along], end[1, along])
    )
    arrow = {"arrowstyle": "-|>", "color": style.MUTED, "linewidth": 1.4, "shrinkA": 2, "shrinkB": 2}
    ax.annotate("", head, tail, arrowprops=arrow)
    flat = along == 0
    for number, side, color in ((value, 1, FORWARD), (gradient, -1, BACKWARD)):
        shift = (0, 5 * side) if flat else (-6 * side, 0)
        ax.annotate(
            f"{number:.3g}".replace("-", "−"),
            (tail + head) / 2,
            xytext=shift,
            textcoords="offset points",
            ha="center" if flat else ("right" if side > 0 else "left"),
            va=("bottom" if side > 0 else "top") if flat else "center",
            fontsize=style.LABEL_SIZE,
            color=style.text_color(color),
        )


def _power(value: float) -> str:
    if value == 0:
        return "0"
    raised = str(round(np.log10(abs(value)))).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{'−' if value < 0 else ''}10{raised}"
