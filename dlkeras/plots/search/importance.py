"""How much each hyperparameter matters, as bars."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import numpy as np
from matplotlib.figure import Figure

from dlkeras.plots import scales, style

MOST = 20  # bars
_ROW = 0.36  # inches
DOUBTFUL_NOTE = "Grey: may be chance, since one in twenty random choices of the best trials gives as much."


@style.look()
def importance(shares: Mapping[str, float], doubtful: Collection[str] = ()) -> Figure:
    """Draws the importance of each hyperparameter as a bar, the greatest on top, at most twenty.

    Args:
        shares: Importance by name, at least 0, as `dlkeras.tuning.importance` gives it; NaN where there
            are too few trials, which the figure says.
        doubtful: Names whose importance may be chance; their bars are grey, and the figure says why.

    Returns:
        The figure, 9 inches wide.

    Raises:
        ValueError: If none is a number, or one is negative or infinite.

    Example:
        >>> figure = importance({"learning_rate": 0.7, "units": 0.3, "momentum": math.nan})
    """
    known = {name: float(share) for name, share in shares.items() if not math.isnan(share)}
    if not known or not all(0 <= share < math.inf for share in known.values()):
        raise ValueError(f"`shares` must hold finite numbers of at least 0. Received: shares={dict(shares)}")
    ordered = sorted(known.items(), key=lambda item: -item[1])[:MOST]
    figure, (ax,) = style.grid(1)
    figure.set_figheight(_ROW * len(ordered) + 1.4)
    heights = np.arange(len(ordered), 0, -1)
    values = [share for _, share in ordered]
    colors = [style.MISSING if name in doubtful else style.CATEGORY_COLORS[0] for name, _ in ordered]
    ax.barh(heights, values, height=0.66, color=colors)
    for height, value in zip(heights, values, strict=True):
        ax.annotate(
            f"{100 * value:.0f} %" if value >= 0.005 else "< 1 %",
            (value, height),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=style.LABEL_SIZE,
        )
    scales.fix_ticks(ax.yaxis, heights, [name for name, _ in ordered])
    ax.set_xlim(0, 1.1 * max(values) or 1.0)
    ax.set_ylim(0.4, len(ordered) + 0.6)
    ax.tick_params(axis="y", length=0)
    ax.grid(False)
    ax.spines["bottom"].set_visible(False)
    ax.set_xticks([])
    style.label_axes([ax], titles=[""], xlabel="importance (share of all)", ylabel="")
    unknown = [name for name in shares if name not in known]
    sentences = [DOUBTFUL_NOTE] if set(doubtful) & set(known) else []
    if len(known) > MOST:
        sentences.append(f"Left out: the {len(known) - MOST} least important ones.")
    if unknown:
        sentences.append(f"Too few trials to say: {', '.join(unknown)}.")
    style.add_note(figure, sentences)
    style.freeze(figure)
    return figure
