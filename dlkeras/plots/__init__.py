"""Figures of the labs: functions from arrays and plain records to Matplotlib figures."""

from dlkeras.plots.curves import by_setting, curves
from dlkeras.plots.descents import descent_paths, mark_x
from dlkeras.plots.heatmaps import cell_text, grid_map, layer_by_step
from dlkeras.plots.layers import by_layer
from dlkeras.plots.rows import rows
from dlkeras.plots.scatter import scatter
from dlkeras.plots.style import BAND, DOTS, colors_for, display_name, save
from dlkeras.plots.theory import against_theory
from dlkeras.plots.words import in_words

__all__ = [
    "BAND",
    "DOTS",
    "against_theory",
    "by_layer",
    "by_setting",
    "cell_text",
    "colors_for",
    "curves",
    "descent_paths",
    "display_name",
    "grid_map",
    "in_words",
    "layer_by_step",
    "mark_x",
    "rows",
    "save",
    "scatter",
]
