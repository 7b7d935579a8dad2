"""What happens in each layer, from the one next to the input to the output."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from dlkeras.plots import scales
from dlkeras.plots.lines import line_panels
from dlkeras.plots.panels import check_panels


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
        found = {label: values.shape[1] for label, values in lines.items()}
        if len(set(found.values())) > 1:
            raise ValueError(
                f"`panels[{title!r}]` must have the same number of layers in every line. Received: {found}."
            )
        depths[title] = next(iter(found.values()))
    rows = {name: _guide_rows(name, guide, list(depths.values())) for name, guide in (guides or {}).items()}
    return line_panels(
        checked,
        positions={title: np.arange(1.0, depth + 1) for title, depth in depths.items()},
        guides={title: {name: guide[i] for name, guide in rows.items()} for i, title in enumerate(checked)},
        xlabel="layer",
        ylabel=ylabel,
        colors=colors,
        scale_x=scales.layer_x,
        log_y=log_y,
        columns=columns,
        side="auto",
    )


def _guide_rows(name: str, guide: ArrayLike, depths: list[int]) -> np.ndarray:
    """Gives a guide one row per panel."""
    values = np.asarray(guide, dtype=float)
    shapes = [(depths[0],), (len(depths), depths[0])]
    if len(set(depths)) > 1 or values.shape not in shapes:
        raise ValueError(
            f"`guides[{name!r}]` must have shape (layers,) or (panels, layers), and every panel the same "
            f"layers. Received: shape={values.shape}, layers of the panels {depths}."
        )
    return np.broadcast_to(values, shapes[1])
