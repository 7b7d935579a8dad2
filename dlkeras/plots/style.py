"""One look for every figure of the suite: colours, names, fonts, the empty grid of panels, saving."""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

_RANGE = "10th to 90th percentile (below ten seeds: from least to greatest)."

BAND = f"Line: median over seeds; band: {_RANGE}"
"""The sentence that every caption with a band ends with."""

DOTS = f"Dot: one seed; line: median over seeds; bar: {_RANGE}"
"""The same for `by_setting`."""

INK, MUTED, GRID, MISSING = "#222222", "#595959", "#E3E3E3", "#BDBDBD"

# Okabe and Ito (2008): told apart with every common form of colour blindness.
ACTIVATION_COLORS = {
    "sigmoid": "#D55E00",
    "tanh": "#0072B2",
    "relu": "#009E73",
    "leaky_relu": "#CC79A7",
    "softmax": "#E69F00",
    "linear": "#767676",
    "binary_step": "#000000",
}
ACTIVATION_NAMES = {key: key.replace("_", " ").replace("relu", "ReLU") for key in ACTIVATION_COLORS}
CATEGORY_COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000")

HALO = [withStroke(linewidth=2.5, foreground="white")]  # keeps lines off the letters

DASHED, DOTTED = (0, (5, 3)), (0, (1, 1.6))
WIDTH = 9.0  # inches: the text column of a lab's page
LABEL_SIZE = 11  # points: direct labels, ticks and notes; still legible at half size

STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 12,
    "text.color": INK,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.labelsize": 12,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#8C8C8C",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.labelsize": LABEL_SIZE,
    "ytick.labelsize": LABEL_SIZE,
    "xtick.color": "#8C8C8C",
    "ytick.color": "#8C8C8C",
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "figure.dpi": 100,
    "savefig.dpi": 200,  # twice the pixels of the page: sharp on a dense screen
    "figure.constrained_layout.h_pad": 0.06,
    "figure.constrained_layout.w_pad": 0.06,
    "svg.fonttype": "path",
    "svg.hashsalt": "dlkeras",  # the same figure is the same file
}


@contextlib.contextmanager
def look() -> Iterator[None]:
    """Draws with the suite's settings inside, and leaves Matplotlib's own settings as they were.

    Returns:
        A context manager that also works as a decorator.

    Example:
        >>> with look():
        ...     figure, axes = grid(2)
    """
    with matplotlib.style.context(["default", STYLE]):
        yield


def display_name(label: str) -> str:
    """Gives the name that a reader sees for a label: `relu` is ReLU, anything unknown stays.

    Args:
        label: Activation or any other category.

    Returns:
        The name to print.

    Example:
        >>> display_name("relu")
        'ReLU'
    """
    return ACTIVATION_NAMES.get(_key(label), label)


def in_words(values: Mapping[str, ArrayLike]) -> str:
    """Puts medians over seeds into words, for readers who cannot see a figure.

    Args:
        values: Name -> results, one per seed; NaN counts as infinite.

    Returns:
        Names, as a reader sees them, with their medians.

    Example:
        >>> in_words({"SGD": [0.5, 0.25, 0.25], "Adam": [0.1]})
        'SGD 0.25, Adam 0.1'
    """
    medians = {name: np.median(np.where(np.isnan(found), np.inf, found)) for name, found in values.items()}
    return ", ".join(f"{display_name(name)} {median:.2g}" for name, median in medians.items())


def colors_for(labels: Iterable[str], colors: Mapping[str, str] | None = None) -> dict[str, str]:
    """Gives each label its colour: activations always the same, others in a fixed order.

    Args:
        labels: Categories in the order they are drawn; repeats are taken once.
        colors: Colours that override the palette, by label.

    Returns:
        One colour per label, no two alike unless `colors` says so.

    Raises:
        ValueError: If there are more labels than colours that can be told apart.

    Example:
        >>> colors_for(["relu", "Adam"])
        {'relu': '#009E73', 'Adam': '#0072B2'}
    """
    labels = list(dict.fromkeys(labels))
    chosen = {label: ACTIVATION_COLORS[_key(label)] for label in labels if _key(label) in ACTIVATION_COLORS}
    chosen.update({label: colors[label] for label in labels if colors and label in colors})
    free = [color for color in CATEGORY_COLORS if color not in chosen.values()]
    rest = [label for label in labels if label not in chosen]
    if len(rest) > len(free):
        raise ValueError(
            f"`labels` must need at most {len(free)} colours that can be told apart. "
            f"Received: labels={labels}. Show fewer lines in a panel, or pass `colors`."
        )
    chosen.update(zip(rest, free, strict=False))
    return {label: chosen[label] for label in labels}


def text_color(color: str) -> str:
    """Darkens a colour until its contrast to white is at least 4.5 to 1 (WCAG 2.1, AA)."""
    rgb = to_rgb(color)
    while 1.05 / (luminance(rgb) + 0.05) < 4.5:
        rgb = tuple(0.95 * channel for channel in rgb)
    return to_hex(rgb)


def luminance(rgb: Iterable[float]) -> float:
    """Computes the relative luminance of WCAG 2.1, in [0, 1]."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def grid(num_panels: int, *, columns: int | None = None) -> tuple[Figure, list[Axes]]:
    """Makes an empty figure of small multiples that share the y axis.

    Args:
        num_panels: How many panels, at least 1.
        columns: Panels in a row. By default up to three panels stand side by side, and more are
            arranged in rows of three where that fills the rows, else of two.

    Returns:
        The figure, 9 inches wide and not yet laid out (see `freeze`), and its axes row by row.

    Raises:
        ValueError: If `num_panels` or `columns` is below 1.

    Example:
        >>> with look():
        ...     figure, axes = grid(4)
        >>> len(axes)
        4
    """
    for name, value in {"num_panels": num_panels, "columns": columns}.items():
        if value is not None and value < 1:
            raise ValueError(f"`{name}` must be at least 1. Received: {name}={value}.")
    if columns is None:
        columns = num_panels if num_panels <= 3 else 3 if num_panels % 3 == 0 else 2
    rows = -(-num_panels // columns)
    height = rows * (3.8 if columns == 1 else 3.0) + 0.5
    figure = Figure(figsize=(WIDTH, height), facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel().tolist()
    for unused in axes[num_panels:]:
        unused.remove()
    return figure, axes[:num_panels]


def label_axes(axes: list[Axes], *, titles: Iterable[str], xlabel: str, ylabel: str) -> None:
    """Writes panel titles, and the axis labels where they are not repeated.

    Args:
        axes: Panels row by row, as `grid` returns them.
        titles: One per panel.
        xlabel: Quantity with unit, written under the lowest panel of each column.
        ylabel: Quantity with unit, written beside the first panel of each row.

    Example:
        >>> figure, axes = grid(2)
        >>> label_axes(axes, titles=["SGD", "Adam"], xlabel="training step", ylabel="loss")
    """
    line = 32 if len(ylabel) <= 32 else len(ylabel) // 2 + 4  # two lines of a length where one is too long
    lowest = {ax.get_subplotspec().colspan.start: ax for ax in axes}
    for ax, title in zip(axes, titles, strict=True):
        ax.set_title(textwrap.fill(title, 80 // ax.get_subplotspec().get_gridspec().ncols))
        if ax.get_subplotspec().is_first_col():
            ax.set_ylabel(textwrap.fill(ylabel, line))
        if ax in lowest.values():
            ax.set_xlabel(xlabel)


def add_note(figure: Figure, sentences: Iterable[str]) -> None:
    """Writes what a reader must know about the drawing under the panels.

    Args:
        figure: The figure, before `freeze`.
        sentences: Sentences; none means no note.

    Example:
        >>> figure, axes = grid(2)
        >>> add_note(figure, ["Grey: zero or not finite."])
    """
    text = textwrap.fill(" ".join(sentences), 100)
    if text:
        figure.supxlabel(text, x=0.01, ha="left", fontsize=LABEL_SIZE, color=MUTED)


def freeze(figure: Figure) -> None:
    """Lays the figure out once and keeps it so, which makes positions in points final.

    Args:
        figure: A figure from `grid` with everything on it that takes room beside the panels.

    Example:
        >>> figure, axes = grid(2)
        >>> freeze(figure)
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")


@look()
def save(figure: Figure, path: str | Path) -> None:
    """Saves a figure so that the same figure always gives the same bytes.

    Args:
        figure: Any Matplotlib figure.
        path: File to write; its ending (`.png` or `.svg`) is the format.

    Example:
        >>> figure, axes = grid(2)
        >>> save(figure, "loss.svg")
    """
    metadata = {"Date": None} if Path(path).suffix == ".svg" else None
    figure.savefig(path, metadata=metadata)


def _key(label: str) -> str:
    return label.lower().replace(" ", "_")
