"""Figures of a hyperparameter search, from its trials: any records with the fields of a `TrialRecord`."""

from dlkeras.plots.search.contour import contour
from dlkeras.plots.search.history import history
from dlkeras.plots.search.importance import importance
from dlkeras.plots.search.intermediate import intermediate_values
from dlkeras.plots.search.parallel import parallel_coordinates
from dlkeras.plots.search.slices import slices
from dlkeras.plots.search.timeline import timeline

__all__ = [
    "contour",
    "history",
    "importance",
    "intermediate_values",
    "parallel_coordinates",
    "slices",
    "timeline",
]
