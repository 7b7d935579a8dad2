"""Figures of a hyperparameter search, from its trials: any records with the fields of a `TrialRecord`."""

from dlkeras.plots.search.over_time import history, intermediate_values, timeline
from dlkeras.plots.search.over_values import contour, slices
from dlkeras.plots.search.side_by_side import importance, parallel_coordinates

__all__ = [
    "contour",
    "history",
    "importance",
    "intermediate_values",
    "parallel_coordinates",
    "slices",
    "timeline",
]
