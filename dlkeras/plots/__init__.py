"""Figures of the labs: functions from arrays and plain records to Matplotlib figures.

For figures of one's own there are `style` (colours, the empty grid of panels), `scales` (limits and ticks),
`labels` (names at the ends of lines) and `medians` (lines with bands over seeds).
"""

from matplotlib.figure import Figure

from dlkeras.plots import labels, medians, scales, style
from dlkeras.plots.dots import by_setting, rows, scatter
from dlkeras.plots.lines import against_theory, by_layer, curves, mark_x
from dlkeras.plots.maps import cell_text, descent_paths, grid_map, layer_by_step
from dlkeras.plots.records import layers_over_time
from dlkeras.plots.regions import region_maps
from dlkeras.plots.style import BAND, DOTS, colors_for, display_name, in_words, save

__all__ = [
    "BAND",
    "DOTS",
    "Figure",
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
    "labels",
    "layer_by_step",
    "layers_over_time",
    "mark_x",
    "medians",
    "region_maps",
    "rows",
    "save",
    "scales",
    "scatter",
    "style",
]
