"""Limits and readable ticks of linear and log axes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator


def zero_floor(values: np.ndarray) -> float | None:
    """Finds where a log axis shows zeros: a power of ten a clear step below the positive values, if need be.

    Example:
        >>> zero_floor(np.array([0.0, 1e-6, 1.0]))
        1e-07
    """
    if not np.any(values == 0):
        return None
    positive = values[np.isfinite(values) & (values > 0)]
    low, high = math.log10(positive.min()), math.log10(positive.max())
    return 10.0 ** (math.floor(low) - max(1, round(0.12 * (high - low))))


def scale_y(axes: Sequence[Axes], drawn: np.ndarray, *, log_y: bool, floor: float | None = None) -> None:
    """Sets limits and readable ticks of the y axis that panels share.

    Args:
        axes: The panels.
        drawn: Everything that will be drawn, of any shape; not finite: ignored.
        log_y: Log scale.
        floor: Where zeros stand on a log axis, from `zero_floor`; marked 0.

    Example:
        >>> from dlkeras.plots import style
        >>> _, axes = style.grid(2)
        >>> scale_y(axes, np.array([1e-6, 1.0]), log_y=True)
    """
    drawn = drawn[np.isfinite(drawn)]
    if not log_y:
        low, high = (drawn.min(), drawn.max()) if drawn.size else (0.0, 1.0)
        pad = 0.05 * (high - low) or 0.5
        for ax in axes:
            ax.set_ylim(low - pad, high + pad)
            ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        return
    above = drawn if floor is None else np.append(drawn[drawn >= 10 * floor], 10 * floor)
    low, high = above.min(), above.max()
    ticks, labels = log_ticks(low, high)
    if floor is not None:
        ticks, labels, low = [floor, *ticks], ["0", *labels], floor
    pad = 1.1 * (high / low) ** 0.04
    for ax in axes:
        ax.set_yscale("log")
        ax.set_ylim(low / pad, high * pad)
        fix_ticks(ax.yaxis, ticks, labels)


def log_ticks(low: float, high: float, intervals: int = 6) -> tuple[list[float], list[str]]:
    """Chooses a few readable ticks for a log axis.

    Args:
        low: Smallest value on the axis, above 0.
        high: Largest value on the axis.
        intervals: Between powers of ten, at most.

    Returns:
        Positions and their texts: every power of ten or every k-th; 1, 2, 5 over few decades; evenly
        spaced numbers within less than one.

    Example:
        >>> log_ticks(1e-6, 1.0)[1][0]
        '$10^{-6}$'
    """
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if last - first >= 2:
        stride = -(-(last - first) // intervals)
        ticks = [10.0**k for k in range(last, first - 1, -stride)][::-1]
    else:
        ticks = [m * 10.0**k for k in range(first - 1, last + 1) for m in (1, 2, 5)]
        ticks = [t for t in ticks if low * (1 - 1e-9) <= t <= high * (1 + 1e-9)]
        if len(ticks) < 3:
            even = MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(low, high)
            ticks = [float(t) for t in even if low <= t <= high] or [low]
    if all(1e-3 <= t < 1e5 for t in ticks):
        return ticks, [f"{t:,.6g}" for t in ticks]
    return ticks, [_power(t) for t in ticks]


def scale_x(ax: Axes, x: np.ndarray, *, log_x: bool = False) -> None:
    """Sets the scale of the x axis and ticks within the data, the first x among them.

    Args:
        ax: Axes in a grid; the number of ticks follows its width.
        x: Positions, of shape (n,), in any order.
        log_x: Log scale.

    Example:
        >>> from dlkeras.plots import style
        >>> _, (ax,) = style.grid(1)
        >>> scale_x(ax, np.arange(1, 431), log_x=False)
    """
    low, high = float(x.min()), float(x.max())
    columns = ax.get_subplotspec().get_gridspec().ncols
    if log_x:
        ax.set_xscale("log")
        fix_ticks(ax.xaxis, *log_ticks(low, high, 6 if columns == 1 else 3))
        return
    narrow = 3 if high < 10_000 else 2  # longer texts need more room
    count = {1: 7, 2: 4}.get(columns, narrow)
    whole = bool(np.all(x == np.round(x)))
    ticks = MaxNLocator(count, integer=whole, steps=[1, 2, 5, 10], min_n_ticks=1).tick_values(low, high)
    ticks = [low, *(float(t) for t in ticks if t <= high and t - low > (high - low) / (2 * count))]
    fix_ticks(ax.xaxis, ticks, [f"{t:,.10g}" for t in ticks])


def layer_x(ax: Axes, x: np.ndarray) -> None:
    """Sets whole layer numbers as ticks and says at which end input and output are."""
    ticks = layer_ticks(len(x))
    texts = [str(tick) for tick in ticks]
    texts[-1] += "\noutput"
    texts[0] = texts[0] + "\ninput" if len(x) > 1 else "1\ninput and output"
    fix_ticks(ax.xaxis, ticks, texts)


def layer_ticks(num_layers: int) -> list[int]:
    """Chooses at most eight layers to number: the first, the last, and round numbers well between."""
    if num_layers <= 8:
        return list(range(1, num_layers + 1))
    step = next(s for k in range(9) for s in (5 * 10**k, 10 * 10**k, 20 * 10**k) if num_layers / s <= 5)
    between = [n for n in range(step, num_layers, step) if n - 1 > step / 2 and num_layers - n > step / 2]
    return [1, *between, num_layers]


def fix_ticks(axis: Axis, ticks: Sequence[float], labels: Sequence[str]) -> None:
    """Sets ticks and their texts, and no minor ticks.

    Args:
        axis: The x or y axis.
        ticks: Positions in data units.
        labels: One text per position.

    Example:
        >>> from dlkeras.plots import style
        >>> _, (ax,) = style.grid(1)
        >>> fix_ticks(ax.xaxis, [0, 1], ["2", "20"])
    """
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FixedFormatter(labels))
    axis.set_minor_locator(FixedLocator([]))


def _power(value: float) -> str:
    exponent = math.floor(math.log10(value) + 1e-9)
    factor = value / 10.0**exponent
    return f"$10^{{{exponent}}}$" if abs(factor - 1) < 1e-6 else f"${factor:.3g}×10^{{{exponent}}}$"
