"""Measurements beside what a theory says of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from dlkeras.plots import labels, scales, style
from dlkeras.plots.lines import draw_guide, line_with_band
from dlkeras.plots.panels import all_values, check_length, check_panels, notes


@style.look()
def against_theory(
    x: ArrayLike,
    panels: Mapping[str, Mapping[str, ArrayLike]],
    theory: Mapping[str, Mapping[str, ArrayLike]],
    *,
    xlabel: str,
    ylabel: str,
    theory_name: str,
    colors: Mapping[str, str] | None = None,
    log_x: bool = False,
    reference: tuple[float, str] | None = None,
    columns: int | None = None,
) -> Figure:
    """Draws positive quantities on a log axis, with what a theory says of each as a dotted black line.

    Lines are medians over seeds, bands reach from the 10th to the 90th percentile.

    Args:
        x: Layers or settings, of shape (n,), rising.
        panels: Panel title -> label -> measured values of shape (R, n): seeds, points. Values that are not
            finite are left out, zeros get a place of their own, and the figure says so.
        theory: The same with the theory's values, positive, of shape (n,); NaN where it says nothing.
        xlabel: What `x` is, with its unit.
        ylabel: What the values are, with their unit.
        theory_name: What the dotted lines are; a note under the panels says it.
        colors: Colours by label; by default the suite's palette.
        log_x: Log scale for `x`, which must then be positive.
        reference: Value and name of a dashed horizontal line.
        columns: Panels in a row; by default as `style.grid` chooses.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If `panels` is empty, an array is not (R, n) or negative, or `theory` does not fit.

    Example:
        >>> halved = 0.5 ** np.arange(20.0)
        >>> figure = against_theory(
        ...     np.arange(1, 21), {"ReLU": {"Glorot": halved * [[0.9], [1.0], [1.1]]}},
        ...     {"ReLU": {"Glorot": halved}}, xlabel="layer", ylabel="mean square of activations",
        ...     theory_name="mean-field theory",
        ... )
    """
    x = np.asarray(x, dtype=float)
    checked = check_panels(panels, log_y=True)
    check_length(checked, x)
    predicted = {
        title: {label: _predicted(theory, title, label, x) for label in lines}
        for title, lines in checked.items()
    }
    guides = {} if reference is None else {reference[1]: np.full(x.shape, float(reference[0]))}
    values = np.concatenate([all_values(checked), all_values(predicted), *guides.values()])
    palette = style.colors_for([label for lines in checked.values() for label in lines], colors)
    floor = scales.zero_floor(values)
    figure, axes = style.grid(len(checked), columns=columns)
    style.label_axes(axes, titles=checked, xlabel=xlabel, ylabel=ylabel)
    scales.scale_y(axes, values, log_y=True, floor=floor)
    drawn = []
    for ax, title in zip(axes, checked, strict=True):
        scales.scale_x(ax, x, log_x=log_x)
        for name, level in guides.items():
            draw_guide(ax, x, level, name)
        lines = [(name, level, style.MUTED) for name, level in guides.items()]
        drawn.append(lines + _panel(ax, x, checked[title], predicted[title], palette, floor))
    style.add_note(figure, [f"Dotted: {theory_name}.", *notes(checked, log_y=True)])
    style.freeze(figure)
    ends = {
        side: [
            [e for name, y, color in lines for e in labels.line_end(name, x, y, color, side)]
            for lines in drawn
        ]
        for side in ("left", "right")
    }
    side = labels.best_side(axes, ends)
    for ax, panel_ends in zip(axes, ends[side], strict=True):
        labels.label_ends(ax, panel_ends, (float(x[0]), float(x[-1])), side=side)
    return figure


def _panel(
    ax: Axes,
    x: np.ndarray,
    measured: Mapping[str, np.ndarray],
    predicted: Mapping[str, np.ndarray],
    palette: Mapping[str, str],
    floor: float | None,
) -> list[tuple[str, np.ndarray, str]]:
    """Draws the lines of one panel; gives name, y and colour of each."""
    dotted = {"color": "black", "linewidth": 1.3, "linestyle": (0, (1, 1.6)), "zorder": 4}
    lines = []
    for label, samples in measured.items():
        name, color = style.display_name(label), palette[label]
        lines.append((name, line_with_band(ax, x, samples, label=name, color=color, floor=floor), color))
        ax.plot(x, predicted[label], **dotted)
    return lines


def _predicted(
    theory: Mapping[str, Mapping[str, ArrayLike]], title: str, label: str, x: np.ndarray
) -> np.ndarray:
    name = f"theory[{title!r}][{label!r}]"
    if label not in theory.get(title, {}):
        raise ValueError(f"`{name}` must be given, as for every line of `panels`. Received: none.")
    values = np.asarray(theory[title][label], dtype=float)
    if values.shape != x.shape or np.any(values <= 0):
        raise ValueError(
            f"`{name}` must be positive and of shape {x.shape}, as `x`. "
            f"Received: shape={values.shape}, minimum={values.min(initial=np.inf):g}."
        )
    return values
