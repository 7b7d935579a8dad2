"""What recorders of layers hold, drawn over steps or epochs in one line of code."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from dlkeras.plots.lines import curves
from dlkeras.plots.maps import layer_by_step

MAX_LINES = 8  # names of more would not stand beside each other


def layers_over_time(
    x: ArrayLike,
    values: ArrayLike,
    names: Sequence[str],
    *,
    xlabel: str,
    ylabel: str,
    log_y: bool,
    reference: tuple[float, str] | None = None,
) -> Figure:
    """Draws a quantity of each layer over steps or epochs, first layers dark and last ones bright.

    Up to eight layers are lines. More are a map if the scale is logarithmic, else every so many are drawn.

    Args:
        x: Steps or epochs, of shape (n,), rising.
        values: Of shape (n, L), or (n, L, R) for replicas: a line is their median, in a band.
        names: Of the L layers.
        xlabel: What `x` is.
        ylabel: What the values are, with their unit.
        log_y: Log scale, where there is a value above zero; else linear.
        reference: Value and name of a dashed horizontal line beside lines, such as what all of them would be.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If there is no row.

    Example:
        >>> steps = np.arange(50)
        >>> values = np.exp(-steps / 20)[:, None] * [1.0, 2.0]
        >>> figure = layers_over_time(
        ...     steps, values, ["hidden", "logits"], xlabel="step", ylabel="gradient norm (L2)", log_y=True
        ... )
    """
    x, values = np.asarray(x), np.asarray(values, dtype=float)
    values = values[..., None] if values.ndim == 2 else values  # (n, L, R)
    if not len(x):
        raise ValueError("`values` must have a row to be drawn. Received: none.")
    is_log = log_y and bool(np.any(np.isfinite(values) & (values > 0)))
    title = "by layer"
    shown = np.arange(len(names))
    if len(names) > MAX_LINES:
        if is_log and len(x) > 1:
            middle = np.median(values, axis=2)
            return layer_by_step(
                {title: middle}, steps=x, layer_labels=names, colorbar_label=ylabel, xlabel=xlabel
            )
        shown = np.unique(np.linspace(0, len(names) - 1, MAX_LINES).round().astype(int))
        title = f"{len(shown)} of {len(names)} layers"
    by_depth = matplotlib.colormaps["viridis"](np.linspace(0, 0.85, len(shown)))
    lines = {names[column]: values[:, column].T for column in shown}
    colors = {names[column]: to_hex(color) for column, color in zip(shown, by_depth, strict=True)}
    options = {"xlabel": xlabel, "ylabel": ylabel, "colors": colors, "log_y": is_log, "reference": reference}
    return curves(x, {title: lines}, **options)
