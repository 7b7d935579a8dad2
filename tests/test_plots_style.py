"""What all figures share: examples that run, colours, panels, and files that do not change."""

import doctest
import importlib
import io
import itertools
import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from plot_samples import norms
from refusals import refuses

from dlkeras import plots
from dlkeras.plots import in_words, style


@pytest.mark.parametrize("name", ["dots", "labels", "lines", "maps", "medians", "scales", "style"])
def test_examples_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = doctest.testmod(importlib.import_module(f"dlkeras.plots.{name}"))
    assert found.attempted > 0
    assert found.failed == 0


def test_activations_keep_their_colours_in_any_company():
    alone = plots.colors_for(["relu"])
    among = plots.colors_for(["Adam", "momentum", "ReLU", "relu", "tanh"])
    assert alone["relu"] == among["relu"] == among["ReLU"] == style.ACTIVATION_COLORS["relu"]
    assert len({among[label] for label in ("Adam", "momentum", "relu", "tanh")}) == 4


def test_given_colours_win_and_the_palette_does_not_run_out_silently():
    assert plots.colors_for(["relu", "Adam"], {"Adam": "red"}) == {"relu": "#009E73", "Adam": "red"}
    names = [f"optimizer {i}" for i in range(8)]
    message = (
        "`labels` must need at most 7 colours that can be told apart. "
        f"Received: labels={names}. Show fewer lines in a panel, or pass `colors`."
    )
    with refuses(message):
        plots.colors_for(names)


@pytest.mark.parametrize("color", [*style.ACTIVATION_COLORS.values(), *style.CATEGORY_COLORS, "yellow"])
def test_text_can_be_read_on_white(color):
    dark = style.text_color(color)
    assert 1.05 / (style.luminance(to_rgb(dark)) + 0.05) >= 4.5 - 0.02  # 8-bit rounding of the hex text


@pytest.mark.parametrize(
    ("count", "shape"), [(1, (1, 1)), (3, (1, 3)), (4, (2, 2)), (5, (3, 2)), (6, (2, 3))]
)
def test_grid_arranges_panels(count, shape):
    _, axes = style.grid(count)
    spec = axes[0].get_subplotspec().get_gridspec()
    assert (spec.nrows, spec.ncols, len(axes)) == (*shape, count)


def test_grid_refuses_no_panels():
    with refuses("`num_panels` must be at least 1. Received: num_panels=0."):
        style.grid(0)


def test_lowest_panel_of_each_column_has_the_x_label():
    values = {f"panel {i}": {"tanh": np.ones((2, 4))} for i in range(5)}
    figure = plots.curves(range(4), values, xlabel="epoch", ylabel="loss (nats)")
    assert [ax.get_xlabel() for ax in figure.axes] == ["", "", "", "epoch", "epoch"]
    assert [ax.get_ylabel() for ax in figure.axes] == ["loss (nats)", "", "loss (nats)", "", "loss (nats)"]
    assert [ax.get_title(loc="left") for ax in figure.axes] == list(values)


def test_long_titles_do_not_run_into_the_next_panel():
    values = {f"{i}: gradient norm after training, depth 20, SGD": norms() for i in range(3)}
    figure = plots.by_layer(values, ylabel="gradient norm (L2)")
    figure.canvas.draw()
    boxes = [ax._left_title.get_window_extent() for ax in figure.axes]
    assert not any(left.overlaps(right) for left, right in itertools.pairwise(boxes))


def test_settings_of_matplotlib_are_left_alone():
    with matplotlib.rc_context({"font.size": 31.0}):
        before = dict(matplotlib.rcParams)
        plots.by_layer({"first step": norms()}, ylabel="gradient norm (L2)")
        assert dict(matplotlib.rcParams) == before


def test_pyplot_is_never_imported():
    code = "import sys, dlkeras.plots; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_same_figure_is_same_file(tmp_path):
    values = {"first step": norms()}
    for i in range(2):
        figure = plots.by_layer(values, ylabel="gradient norm (L2)")
        plots.save(figure, tmp_path / f"{i}.svg")
        plots.save(figure, tmp_path / f"{i}.png")
    assert (tmp_path / "0.svg").read_bytes() == (tmp_path / "1.svg").read_bytes()
    assert (tmp_path / "0.png").read_bytes() == (tmp_path / "1.png").read_bytes()


def test_figures_can_be_drawn_after_saving_settings_change():
    figure = plots.by_layer({"p": norms()}, ylabel="gradient norm (L2)")
    buffer = io.BytesIO()
    with matplotlib.rc_context({"xtick.labelsize": 3}):
        figure.savefig(buffer, format="png")
    assert figure.axes[0].xaxis.get_ticklabels()[0].get_fontsize() == style.LABEL_SIZE


def test_in_words_gives_medians_by_display_names():
    values = {"relu": [1.0, 3.0, 2.0], "SGD": [0.5, np.nan, np.inf]}
    assert in_words(values) == "ReLU 2, SGD inf"  # NaN counts as infinite
