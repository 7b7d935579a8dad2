"""Medians with bands over seeds: the way of every line figure, from the check of its numbers to its names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from dlkeras.plots import labels, scales, style

Panels = dict[str, dict[str, np.ndarray]]


class Line(NamedTuple):
    """A drawn line, by the name and the colour that a reader sees."""

    name: str
    x: np.ndarray
    y: np.ndarray
    color: str


def check_panels(panels: Mapping[str, Mapping[str, ArrayLike]], *, log_y: bool = False) -> Panels:
    """Turns panels into float arrays and refuses what cannot be drawn truthfully.

    Args:
        panels: Panel title -> label -> values of shape (R, n): seeds, points.
        log_y: Whether the values will stand on a log axis.

    Returns:
        The same mapping with float64 arrays.

    Raises:
        ValueError: If there is nothing to draw, an array is not (R, n), or a value below zero (or
            nothing above it) is meant for a log axis.

    Example:
        >>> check_panels({"SGD": {"relu": [[0.1, 0.9]]}})
        {'SGD': {'relu': array([[0.1, 0.9]])}}
    """
    if not panels or not all(panels.values()):
        raise ValueError(
            f"`panels` must map at least one title to at least one labelled array. Received: panels={panels}."
        )
    checked = {t: {k: np.asarray(v, dtype=float) for k, v in lines.items()} for t, lines in panels.items()}
    for title, lines in checked.items():
        for label, values in lines.items():
            name = f"panels[{title!r}][{label!r}]"
            if values.ndim != 2 or 0 in values.shape:
                raise ValueError(
                    f"`{name}` must have shape (seeds, points), at least one of each. "
                    f"Received: shape={values.shape}. Pass values[None, :] for a single seed."
                )
            if log_y and np.any(values < 0):
                raise ValueError(
                    f"`{name}` must not be negative on a log axis. Received: minimum={np.nanmin(values)}. "
                    f"Pass log_y=False."
                )
    flat = all_values(checked)
    if log_y and not np.any(np.isfinite(flat) & (flat > 0)):
        raise ValueError(
            "`panels` must hold a positive, finite value to set a log axis by. Received: none. "
            "Pass log_y=False."
        )
    return checked


def check_length(panels: Panels, x: np.ndarray) -> None:
    """Refuses panels whose points are not those of `x`, which has shape (n,)."""
    for title, lines in panels.items():
        for label, values in lines.items():
            if x.shape != values.shape[1:]:
                raise ValueError(
                    f"`x` must have one entry for each point of `panels[{title!r}][{label!r}]`. "
                    f"Received: x of shape {x.shape}, values of shape {values.shape}."
                )


def all_values(panels: Panels) -> np.ndarray:
    """Collects every value of every panel, flat."""
    return np.concatenate([values.ravel() for lines in panels.values() for values in lines.values()])


def notes(panels: Panels, *, log_y: bool = False) -> list[str]:
    """Says what a figure of these panels must admit: which runs are not finite, and where zeros are."""
    counts: dict[str, list[int]] = {}
    for lines in panels.values():
        for label, values in lines.items():
            count = counts.setdefault(style.display_name(label), [0, 0])
            count[0] += int(np.sum(~np.isfinite(values).all(axis=1)))
            count[1] += len(values)
    bad = [f"{label} ({some} of {total} runs)" for label, (some, total) in counts.items() if some]
    sentences = [f"Left out where not finite: {', '.join(bad)}."] if bad else []
    zeros = log_y and np.any(all_values(panels) == 0)
    return sentences + ["Zeros stand at the line marked 0."] * bool(zeros)


def spread_over_seeds(samples: np.ndarray, *, log: bool = False, floor: float | None = None) -> np.ndarray:
    """Computes the 10th, 50th and 90th percentile over seeds, (3, n), leaving out what is not finite.

    A percentile is a seed's own value, or midway between two (the inverse of the empirical distribution,
    averaged at its steps): the median is the usual one, and nothing is interpolated between far-apart seeds.
    With `log`, midway between two positive values is meant on the log scale, where zeros become `floor`.
    """
    ordered = np.sort(np.where(np.isfinite(samples), samples, np.nan), axis=0)  # NaN last
    count = np.isfinite(ordered).sum(axis=0)
    rank = np.array([[0.1], [0.5], [0.9]]) * count
    below = np.ceil(rank - 1e-9).astype(int) - 1
    above = np.minimum(np.floor(rank + 1e-9).astype(int), count - 1)
    one, other = (np.take_along_axis(ordered, np.maximum(index, 0), axis=0) for index in (below, above))
    if not log:
        return (one + other) / 2
    middle = np.where((one > 0) & (other > 0), np.sqrt(one) * np.sqrt(other), (one + other) / 2)
    return middle if floor is None else np.where(middle == 0, floor, middle)


def frame(spreads: Sequence[np.ndarray], *, log_y: bool) -> tuple[np.ndarray, bool]:
    """Gives what the y axis has to hold of spreads, (3, n) each, and whether a band is cut.

    A run that explodes must not flatten all others: log axes end a decade above the highest line.
    """
    values = np.concatenate([spread.ravel() for spread in spreads])
    medians = np.concatenate([spread[1] for spread in spreads])
    medians = medians[np.isfinite(medians)]
    if not log_y or not medians.size:
        return values, False
    held = np.minimum(values, 10 * medians.max())
    return held, bool(np.any(held < values))


def line_with_band(
    ax: Axes, x: np.ndarray, samples: np.ndarray, *, label: str, color: str, floor: float | None = None
) -> np.ndarray:
    """Draws the median over seeds as a line and the 10th to 90th percentile as a band.

    Args:
        ax: Axes, its y scale already set.
        x: Positions, of shape (n,).
        samples: Values of shape (R, n): seeds, points. Not finite: left out. One seed: no band.
        label: Name of the line, as the reader sees it.
        color: Its colour.
        floor: Where zeros stand on a log axis, from `scales.zero_floor`.

    Returns:
        The drawn median, of shape (n,).

    Example:
        >>> _, (ax,) = style.grid(1)
        >>> line_with_band(ax, np.arange(1, 4), np.ones((5, 3)), label="loss", color="black")
        array([1., 1., 1.])
    """
    low, median, high = spread_over_seeds(samples, log=ax.get_yscale() == "log", floor=floor)
    if len(samples) > 1:
        ax.fill_between(x, low, high, color=color, alpha=0.2, linewidth=0, zorder=2)
    alone = np.isfinite(median).sum() == 1  # a line of one point would be invisible
    ax.plot(x, median, color=color, label=label, linewidth=2, marker="o" if alone else "", zorder=3)
    return median


def draw_guide(ax: Axes, x: np.ndarray, y: ArrayLike, name: str) -> Line:
    """Draws something to compare with, dashed and grey: a bound by position, the level of chance."""
    y = np.broadcast_to(np.asarray(y, dtype=float), x.shape)
    ax.plot(x, y, color=style.MUTED, label=name, linewidth=1.3, linestyle=style.DASHED, zorder=2.5)
    return Line(name, x, y, style.MUTED)


def draw_lines(
    panels: Panels,
    positions: Mapping[str, Mapping[str, np.ndarray]],
    *,
    xlabel: str,
    ylabel: str,
    scale_x: Callable[[Axes, np.ndarray], None],
    log_y: bool,
    reference: tuple[float, str] | None = None,
    guides: Mapping[str, Mapping[str, np.ndarray]] | None = None,
    dotted: Panels | None = None,
    whole: bool = False,
    remarks: Sequence[str] = (),
    colors: Mapping[str, str] | None = None,
    columns: int | None = None,
) -> tuple[Figure, list[Axes], list[list[Line]]]:
    """Draws small multiples of medians with bands; what is still to do are names at the lines.

    Args:
        panels: Checked panels, arrays of shape (R, n).
        positions: Panel title -> label -> x of shape (n,), rising.
        xlabel: What x is, with its unit.
        ylabel: What the values are, with their unit.
        scale_x: Sets scale and ticks of the x axis of a panel from all its positions.
        log_y: Log scale for the values.
        reference: Value and name of a dashed grey line in every panel, instead of guides.
        guides: Panel title -> name -> values of shape (n,), drawn dashed and grey.
        dotted: Panel title -> label -> values of shape (n,), drawn dotted and black.
        whole: The y axis holds every run; else the bands, and on a log scale no more than a decade above
            the highest median.
        remarks: Sentences for the note under the panels, before what the figure admits.
        colors: Colours by label; by default the suite's palette.
        columns: Panels in a row; by default as `style.grid` chooses.

    Returns:
        The figure, not yet laid out; its axes; and the lines of each, dotted ones excepted.

    Raises:
        ValueError: If a guide is not positive on a log axis.
    """
    palette = style.colors_for([label for lines in panels.values() for label in lines], colors)
    guides, dotted = guides or {}, dotted or {}
    if reference is not None:
        guides = {title: {reference[1]: np.array([float(reference[0])])} for title in panels}
    dashed = [values for lines in guides.values() for values in lines.values()]
    if log_y and any(np.any(values <= 0) for values in dashed):
        raise ValueError(
            f"Guide and reference lines must be positive on a log axis. Received: minimum="
            f"{min(values.min() for values in dashed):g}. Pass log_y=False."
        )
    figure, axes = style.grid(len(panels), columns=columns)
    style.label_axes(axes, titles=panels, xlabel=xlabel, ylabel=ylabel)
    beside = dashed + [values for lines in dotted.values() for values in lines.values()]
    floor = scales.zero_floor(np.concatenate([all_values(panels), *beside])) if log_y else None
    samples = [values for lines in panels.values() for values in lines.values()]
    spreads = [spread_over_seeds(values, log=log_y, floor=floor) for values in samples]
    held, cut = (all_values(panels), False) if whole else frame(spreads, log_y=log_y)
    scales.scale_y(axes, np.concatenate([held, *beside]), log_y=log_y, floor=floor)
    drawn = []
    for ax, (title, lines) in zip(axes, panels.items(), strict=True):
        every = np.unique(np.concatenate([positions[title][label] for label in lines]))
        scale_x(ax, every)
        found = [draw_guide(ax, every, values, name) for name, values in guides.get(title, {}).items()]
        for label, values in lines.items():
            x, name, color = positions[title][label], style.display_name(label), palette[label]
            median = line_with_band(ax, x, values, label=name, color=color, floor=floor)
            found.append(Line(name, x, median, color))
            if label in dotted.get(title, {}):
                ax.plot(
                    x, dotted[title][label], color="black", linewidth=1.3, linestyle=style.DOTTED, zorder=4
                )
        drawn.append(found)
    leaves = ["A band leaves the frame."] * cut
    style.add_note(figure, [*remarks, *notes(panels, log_y=log_y), *leaves])
    return figure, axes, drawn


def name_lines(
    figure: Figure,
    axes: Sequence[Axes],
    lines: Sequence[Sequence[Line]],
    *,
    side: str = "right",
    span: tuple[float, float] | None = None,
) -> Figure:
    """Lays the figure out and writes names at the ends of its lines: "left", "right", or "auto".

    `span` is the range of x that holds the data; by default that of the lines.
    """
    style.freeze(figure)
    ends = {
        where: [[end for line in found for end in labels.line_end(*line, where)] for found in lines]
        for where in ("left", "right")
    }
    side = labels.best_side(axes, ends) if side == "auto" else side
    for ax, found, panel_ends in zip(axes, lines, ends[side], strict=True):
        every = np.concatenate([line.x for line in found])
        labels.label_ends(ax, panel_ends, span or (float(every.min()), float(every.max())), side=side)
    return figure
