"""What a figure shows, in words for readers who cannot see it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from dlkeras.plots.style import display_name


def in_words(values: Mapping[str, ArrayLike]) -> str:
    """Puts medians over seeds into words, for readers who cannot see a figure; NaN counts as infinite.

    Example:
        >>> in_words({"SGD": [0.5, 0.25, 0.25], "Adam": [0.1]})
        'SGD 0.25, Adam 0.1'
    """
    medians = {name: np.median(np.where(np.isnan(found), np.inf, found)) for name, found in values.items()}
    return ", ".join(f"{display_name(name)} {median:.2g}" for name, median in medians.items())
