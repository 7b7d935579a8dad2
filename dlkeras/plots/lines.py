"""Lines with bands: over steps or epochs, by layer, beside a theory; and vertical marks in any figure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from dlkeras.plots import scales, style
from dlkeras.plots.medians import check_length, check_panels, draw_lines, name_lines


@style.look()
def curves(
    x: ArrayLike,
    panels: Mapping[str, Mapping[str, ArrayLike]],
    *,
    xlabel: str,
    ylabel: str,
    colors: Mapping[str, str] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    reference: tuple[float, str] | None = None,
    columns: int | None = None,
) -> Figure:
    """Draws curves as small multiples: median over seeds as a line, 10th to 90th percentile as a band.

    Args:
        x: Steps or epochs, of shape (n,).
        panels: Panel title -> label -> values of shape (R, n): seeds, points. Values that are not
            finite are left out, zeros on a log axis get a place of their own, and the figure says so.
        xlabel: What `x` is, with its unit.
        ylabel: What the values are, with their unit.
        colors: Colours by label; by default the suite's palette.
        log_x: Log scale for `x`, which must then be positive.
        log_y: Log scale for the values, which must then not be negative.
        reference: Value and name of a dashed horizontal line, such as the level of chance.
        columns: Panels in a row; by default as `style.grid` chooses.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If `panels` is empty, an array is not (R, n), or a log axis cannot show a value.

    Example:
        >>> loss = np.exp(-np.arange(1, 431) / [[90], [100], [110]])  # 3 seeds, 430 steps
        >>> figure = curves(
        ...     np.arange(1, 431), {"depth 2": {"relu": loss, "sigmoid": 2 * loss}},
        ...     xlabel="training step", ylabel="loss (mean cross-entropy, nats)",
        ... )
    """
    x = np.asarray(x, dtype=float)
    if log_x and not np.all(x > 0):
        raise ValueError(
            f"`x` must be positive on a log axis. Received: minimum={x.min():g}. Pass log_x=False."
        )
    checked = check_panels(panels, log_y=log_y)
    check_length(checked, x)
    drawn = draw_lines(
        checked,
        {title: dict.fromkeys(lines, x) for title, lines in checked.items()},
        xlabel=xlabel,
        ylabel=ylabel,
        scale_x=partial(scales.scale_x, log_x=log_x),
        log_y=log_y,
        reference=reference,
        colors=colors,
        columns=columns,
    )
    return name_lines(*drawn)


@style.look()
def by_layer(
    panels: Mapping[str, Mapping[str, ArrayLike]],
    *,
    ylabel: str,
    guides: Mapping[str, ArrayLike] | None = None,
    log_y: bool = True,
    colors: Mapping[str, str] | None = None,
    columns: int | None = None,
) -> Figure:
    """Draws a quantity by layer: median over seeds as a line, 10th to 90th percentile as a band.

    Args:
        panels: Panel title -> label -> values of shape (R, L): seeds, layers from input to output.
            Panels may differ in L. Values that are not finite are left out, zeros on a log axis get a
            place of their own, and the figure says so.
        ylabel: What the values are, with their unit.
        guides: Name -> values of shape (L,), the same in every panel, or (P, L), one row per panel;
            drawn dashed, such as the bound from sigma' <= 1/4.
        log_y: Log scale for the values, which must then not be negative.
        colors: Colours by label; by default the suite's palette.
        columns: Panels in a row; by default as `style.grid` chooses.

    Returns:
        The figure, 9 inches wide; its x axis is the layer number 1..L, its ends marked input and output.

    Raises:
        ValueError: If `panels` is empty, an array is not (R, L), lines of one panel differ in L, a guide
            does not fit the panels, or a log axis cannot show a value or guide.

    Example:
        >>> bound = 0.25 ** np.arange(20.0)[::-1]
        >>> norms = bound * [[0.8], [0.9], [1.0]]  # 3 seeds, 20 layers
        >>> figure = by_layer(
        ...     {"first step": {"sigmoid": norms}, "after training": {"sigmoid": 0.1 * norms}},
        ...     ylabel="gradient norm (L2)", guides={"bound from\\nσ′ ≤ 1/4": [bound, 0.1 * bound]},
        ... )
    """
    checked = check_panels(panels, log_y=log_y)
    depths = {}
    for title, lines in checked.items():
        layers = {label: values.shape[1] for label, values in lines.items()}
        depths[title] = depth = next(iter(layers.values()))
        if len(set(layers.values())) > 1:
            raise ValueError(
                f"`panels[{title!r}]` must have the same number of layers in every line. Received: {layers}."
            )
    shapes = [(depth,), (len(depths), depth)]  # of a guide; all panels have the same layers then
    rows = {name: np.asarray(guide, dtype=float) for name, guide in (guides or {}).items()}
    for name, values in rows.items():
        if len(set(depths.values())) > 1 or values.shape not in shapes:
            raise ValueError(
                f"`guides[{name!r}]` must have shape (layers,) or (panels, layers), and every panel the same "
                f"layers. Received: shape={values.shape}, layers of the panels {list(depths.values())}."
            )
        rows[name] = np.broadcast_to(values, shapes[1])
    drawn = draw_lines(
        checked,
        {t: dict.fromkeys(lines, np.arange(1.0, depths[t] + 1)) for t, lines in checked.items()},
        xlabel="layer",
        ylabel=ylabel,
        scale_x=scales.layer_x,
        log_y=log_y,
        guides={title: {name: guide[i] for name, guide in rows.items()} for i, title in enumerate(checked)},
        colors=colors,
        columns=columns,
    )
    return name_lines(*drawn, side="auto")


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
    drawn = draw_lines(
        checked,
        {title: dict.fromkeys(lines, x) for title, lines in checked.items()},
        xlabel=xlabel,
        ylabel=ylabel,
        scale_x=partial(scales.scale_x, log_x=log_x),
        log_y=True,
        reference=reference,
        dotted=predicted,
        whole=True,
        remarks=[f"Dotted: {theory_name}."],
        colors=colors,
        columns=columns,
    )
    return name_lines(*drawn, side="auto")


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
        >>> panels = {"linear": {"error": [[3.0, 2.0, 9.0]]}}
        >>> figure = curves([0.1, 0.2, 0.3], panels, xlabel="learning rate", ylabel="error")
        >>> figure = mark_x(figure, {"linear": {"2 / L": 0.25}})
    """
    panels = {ax.get_title(loc="left"): ax for ax in figure.axes}
    for title, lines in marks.items():
        if title not in panels:
            raise ValueError(
                f"`marks` must name panels of the figure: {', '.join(panels)}. Received: {title!r}."
            )
        ax = panels[title]
        for name, x in lines.items():
            ax.axvline(x, color=style.INK, linewidth=1.3, linestyle=style.DOTTED, zorder=2.6)
            ax.annotate(
                name,
                (x, 1),
                (-4, -2),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                ha="right",
                va="top",
                fontsize=style.LABEL_SIZE,
                path_effects=style.HALO,
                zorder=6,
            )
    return figure


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
