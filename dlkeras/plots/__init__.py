"""Figures of the labs: functions from arrays and plain records to Matplotlib figures."""

from dlkeras.plots.curves import by_setting, curves
from dlkeras.plots.heatmaps import cell_text, grid_map, layer_by_step
from dlkeras.plots.layers import by_layer
from dlkeras.plots.style import BAND, DOTS, colors_for, display_name, save

__all__ = [
    "BAND",
    "DOTS",
    "by_layer",
    "by_setting",
    "cell_text",
    "colors_for",
    "curves",
    "display_name",
    "grid_map",
    "layer_by_step",
    "save",
]
