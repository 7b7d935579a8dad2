"""What line figures share: checks of panels, medians and bands over seeds, and what a figure must admit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from dlkeras.plots import style

Panels = dict[str, dict[str, np.ndarray]]
ZERO_NOTE = "Zeros stand at the line marked 0."


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
    checked = {
        title: {label: np.asarray(values, dtype=float) for label, values in lines.items()}
        for title, lines in panels.items()
    }
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
    if log_y and not np.any(_positive(all_values(checked))):
        raise ValueError(
            "`panels` must hold a positive, finite value to set a log axis by. Received: none. "
            "Pass log_y=False."
        )
    return checked


def check_length(panels: Panels, x: np.ndarray, name: str = "x") -> None:
    """Refuses panels whose points are not those of `x`.

    Args:
        panels: Checked panels, arrays of shape (R, n).
        x: Positions, of shape (n,).
        name: What the caller's reader knows `x` as.

    Raises:
        ValueError: If an array has another number of points than `x`.

    Example:
        >>> check_length({"SGD": {"relu": np.ones((5, 3))}}, np.arange(3))
    """
    for title, lines in panels.items():
        for label, values in lines.items():
            if x.shape != values.shape[1:]:
                raise ValueError(
                    f"`{name}` must have one entry for each point of `panels[{title!r}][{label!r}]`. "
                    f"Received: {name} of shape {x.shape}, values of shape {values.shape}."
                )


def notes(panels: Panels, *, log_y: bool = False) -> list[str]:
    """Says what a figure of these panels leaves out or moves.

    Args:
        panels: Checked panels, arrays of shape (R, n).
        log_y: Whether the values stand on a log axis.

    Returns:
        Sentences: which runs have values that are not finite, and where zeros are.

    Example:
        >>> notes({"SGD": {"relu": np.array([[1.0, np.nan]])}})
        ['Left out where not finite: ReLU (1 of 1 runs).']
    """
    counts: dict[str, list[int]] = {}
    for lines in panels.values():
        for label, values in lines.items():
            count = counts.setdefault(style.display_name(label), [0, 0])
            count[0] += int(np.sum(~np.isfinite(values).all(axis=1)))
            count[1] += len(values)
    bad = [f"{label} ({some} of {total} runs)" for label, (some, total) in counts.items() if some]
    sentences = [f"Left out where not finite: {', '.join(bad)}."] if bad else []
    if log_y and np.any(all_values(panels) == 0):
        sentences.append(ZERO_NOTE)
    return sentences


def spread_over_seeds(samples: np.ndarray, *, log: bool = False, floor: float | None = None) -> np.ndarray:
    """Computes the 10th, 50th and 90th percentile over seeds, leaving out what is not finite.

    A percentile is a seed's own value, or midway between two (the inverse of the empirical distribution,
    averaged at its steps): the median is the usual one, and nothing is interpolated between far-apart seeds.

    Args:
        samples: Values of shape (R, n): seeds, points.
        log: Midway between two positive values is meant on the log scale, as a log axis shows it.
        floor: What zeros become on the log scale; needed where there are any.

    Returns:
        Percentiles of shape (3, n): low, median, high; NaN where no seed is finite.

    Example:
        >>> spread_over_seeds(np.array([[1.0], [2.0], [np.nan]]))[1]
        array([1.5])
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


def all_values(panels: Panels) -> np.ndarray:
    """Collects every value of every panel.

    Args:
        panels: Checked panels.

    Returns:
        Values of shape (N,).

    Example:
        >>> all_values({"SGD": {"relu": np.ones((2, 3))}}).shape
        (6,)
    """
    return np.concatenate([values.ravel() for lines in panels.values() for values in lines.values()])


def _positive(values: np.ndarray) -> np.ndarray:
    return values[np.isfinite(values) & (values > 0)]
