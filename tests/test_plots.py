"""Figures show the numbers they are given, under labels that are true."""

import contextlib
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

from dlkeras import plots
from dlkeras.plots import heatmaps, labels, panels, scales, style

ACTIVATIONS = ("sigmoid", "tanh", "relu")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@contextlib.contextmanager
def refuses(message, kind=ValueError):
    with pytest.raises(kind) as error:
        yield
    assert str(error.value) == message


def norms(rng, num_seeds=5, depth=20):
    """Sigmoid falls from 1e-1 at the output to 1e-13 at the input; tanh and ReLU are nearly flat."""
    layer = np.arange(1, depth + 1)
    level = {
        "sigmoid": -1 - 12 * (depth - layer) / max(depth - 1, 1),
        "tanh": -1 - 0.02 * layer,
        "relu": -1.2,
    }
    return {a: 10 ** (level[a] + 0.2 * rng.standard_normal((num_seeds, depth))) for a in ACTIVATIONS}


def line(ax, label):
    (found,) = [found for found in ax.get_lines() if found.get_label() == label]
    return found


def tick_texts(axis):
    return [text.get_text() for text in axis.get_ticklabels()]


def figure_notes(figure):
    return figure.get_supxlabel()


def text_boxes(figure):
    """Boxes of the names in each panel, in pixels."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    return [
        [matplotlib.text.Text.get_window_extent(text, renderer) for text in ax.texts] for ax in figure.axes
    ]


@pytest.mark.parametrize(
    "name", ["curves", "heatmaps", "labels", "layers", "lines", "panels", "scales", "style"]
)
def test_examples_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = doctest.testmod(importlib.import_module(f"dlkeras.plots.{name}"))
    assert found.attempted > 0
    assert found.failed == 0


# --- style


def test_activations_keep_their_colours_in_any_company():
    alone = plots.colors_for(["relu"])
    among = plots.colors_for(["Adam", "momentum", "ReLU", "relu", "tanh"])
    assert alone["relu"] == among["relu"] == among["ReLU"] == style.ACTIVATION_COLORS["relu"]
    assert len({among[label] for label in ("Adam", "momentum", "relu", "tanh")}) == 4


def test_given_colours_win():
    assert plots.colors_for(["relu", "Adam"], {"Adam": "red"}) == {"relu": "#009E73", "Adam": "red"}


def test_palette_does_not_run_out_silently():
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


def test_lowest_panel_of_each_column_has_the_x_label(rng):
    values = {f"panel {i}": {"tanh": rng.random((2, 4))} for i in range(5)}
    figure = plots.curves(range(4), values, xlabel="epoch", ylabel="loss (nats)")
    assert [ax.get_xlabel() for ax in figure.axes] == ["", "", "", "epoch", "epoch"]
    assert [ax.get_ylabel() for ax in figure.axes] == ["loss (nats)", "", "loss (nats)", "", "loss (nats)"]
    assert [ax.get_title(loc="left") for ax in figure.axes] == list(values)


def test_long_titles_do_not_run_into_the_next_panel(rng):
    values = {f"{i}: gradient norm after training, depth 20, SGD": norms(rng) for i in range(3)}
    figure = plots.by_layer(values, ylabel="gradient norm (L2)")
    figure.canvas.draw()
    boxes = [ax._left_title.get_window_extent() for ax in figure.axes]
    assert not any(left.overlaps(right) for left, right in itertools.pairwise(boxes))


def test_settings_of_matplotlib_are_left_alone(rng):
    with matplotlib.rc_context({"font.size": 31.0}):
        before = dict(matplotlib.rcParams)
        plots.by_layer({"first step": norms(rng)}, ylabel="gradient norm (L2)")
        assert dict(matplotlib.rcParams) == before


def test_pyplot_is_never_imported():
    code = "import sys, dlkeras.plots; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_same_figure_is_same_file(rng, tmp_path):
    values = {"first step": norms(rng)}
    for i in range(2):
        figure = plots.by_layer(values, ylabel="gradient norm (L2)")
        plots.save(figure, tmp_path / f"{i}.svg")
        plots.save(figure, tmp_path / f"{i}.png")
    assert (tmp_path / "0.svg").read_bytes() == (tmp_path / "1.svg").read_bytes()
    assert (tmp_path / "0.png").read_bytes() == (tmp_path / "1.png").read_bytes()


# --- medians and bands


@pytest.mark.parametrize("num_seeds", [1, 2, 3, 5, 9, 10, 20, 21])
def test_spread_is_numpys_percentile(rng, num_seeds):
    samples = rng.standard_normal((num_seeds, 6))
    expected = np.percentile(samples, [10, 50, 90], axis=0, method="averaged_inverted_cdf")
    np.testing.assert_allclose(panels.spread_over_seeds(samples), expected, rtol=1e-12)


def test_spread_leaves_out_what_is_not_finite():
    samples = np.array([[1.0, np.nan], [2.0, np.inf], [np.nan, np.nan], [6.0, -np.inf]])
    np.testing.assert_array_equal(panels.spread_over_seeds(samples)[:, 0], [1, 2, 6])
    assert np.isnan(panels.spread_over_seeds(samples)[:, 1]).all()


def test_spread_on_a_log_axis_is_midway_in_decades():
    samples = np.array([[1e-13], [1e-3]])
    np.testing.assert_allclose(panels.spread_over_seeds(samples, log=True)[1], 1e-8)
    np.testing.assert_allclose(panels.spread_over_seeds(samples)[1], 0.5e-3)


def test_spread_midway_to_a_zero_does_not_hang_on_the_floor():
    samples = np.array([[0.0], [0.1]])
    for floor in (1e-5, 1e-14):
        np.testing.assert_allclose(
            panels.spread_over_seeds(samples, log=True, floor=floor)[:, 0], [floor, 0.05, 0.1]
        )


def test_spread_of_very_small_numbers_does_not_underflow():
    samples = np.array([[1e-200], [1e-220]])
    np.testing.assert_allclose(panels.spread_over_seeds(samples, log=True)[1], 1e-210)


def test_spread_counts_zeros_as_the_floor():
    samples = np.array([[0.0], [0.0], [1.0]])
    np.testing.assert_allclose(panels.spread_over_seeds(samples, log=True, floor=1e-5)[:, 0], [1e-5, 1e-5, 1])


# --- curves


def test_curves_show_median_and_band(rng):
    x = np.arange(1, 31)
    values = rng.random((5, 30))
    figure = plots.curves(x, {"depth 2": {"relu": values}}, xlabel="training step", ylabel="loss (nats)")
    (ax,) = figure.axes
    drawn = line(ax, "ReLU")
    np.testing.assert_array_equal(drawn.get_xdata(), x)
    np.testing.assert_array_equal(drawn.get_ydata(), np.median(values, axis=0))
    assert drawn.get_color() == style.ACTIVATION_COLORS["relu"]
    corners = ax.collections[0].get_paths()[0].vertices
    for step, low, high in zip(x, values.min(axis=0), values.max(axis=0), strict=True):
        at_step = corners[corners[:, 0] == step, 1]  # below ten seeds the band is the range
        assert {at_step.min(), at_step.max()} == {low, high}


def test_one_seed_has_no_band():
    figure = plots.curves([1, 2], {"p": {"a": [[1.0, 2.0]]}}, xlabel="epoch", ylabel="loss")
    assert not figure.axes[0].collections


def test_ticks_of_x_say_the_steps():
    x = np.arange(10, 4310, 10)
    figure = plots.curves(x, {"p": {"a": np.ones((2, 430))}}, xlabel="training step", ylabel="loss")
    axis = figure.axes[0].xaxis
    shown = [float(text.replace(",", "")) for text in tick_texts(axis)]
    assert shown == list(axis.get_majorticklocs())
    assert shown[0] == 10
    assert shown[-1] <= 4300


def test_reference_is_drawn_and_named():
    figure = plots.curves(
        [1, 2, 3], {"p": {"a": np.ones((2, 3))}}, xlabel="epoch", ylabel="accuracy", reference=(0.1, "chance")
    )
    (ax,) = figure.axes
    np.testing.assert_array_equal(line(ax, "chance").get_ydata(), [0.1] * 3)
    assert [text.get_text() for text in ax.texts] == ["chance", "a"]
    low, high = ax.get_ylim()
    assert low < 0.1 < 1 < high


def test_missing_runs_are_told():
    values = np.ones((5, 4))
    values[0, 2:] = np.nan
    figure = plots.curves([1, 2, 3, 4], {"p": {"relu": values}}, xlabel="epoch", ylabel="loss")
    assert figure_notes(figure) == "Left out where not finite: ReLU (1 of 5 runs)."


def test_nothing_missing_is_no_note():
    figure = plots.curves([1, 2], {"p": {"relu": np.ones((5, 2))}}, xlabel="epoch", ylabel="loss")
    assert figure_notes(figure) == ""


def test_a_line_with_nothing_finite_is_told_and_not_named():
    values = {"relu": np.full((3, 2), np.nan), "tanh": np.ones((3, 2))}
    figure = plots.curves([1, 2], {"p": values}, xlabel="epoch", ylabel="loss")
    assert [text.get_text() for text in figure.axes[0].texts] == ["tanh"]
    assert figure_notes(figure) == "Left out where not finite: ReLU (3 of 3 runs)."


def test_zeros_on_a_log_axis_stand_at_a_line_marked_zero():
    values = {"relu": np.zeros((3, 4)), "tanh": np.full((3, 4), 1e-3)}
    figure = plots.curves(
        [1, 2, 3, 4], {"p": values}, xlabel="training step", ylabel="gradient norm (L2)", log_y=True
    )
    (ax,) = figure.axes
    zero = ax.yaxis.get_majorticklocs()[tick_texts(ax.yaxis).index("0")]
    np.testing.assert_allclose(line(ax, "ReLU").get_ydata(), zero)
    assert zero <= 1e-4
    assert figure_notes(figure) == "Zeros stand at the line marked 0."


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ({}, {}, "`panels` must map at least one title to at least one labelled array. Received: panels={}."),
        (
            {"p": {"a": [1.0, 2.0]}},
            {},
            "`panels['p']['a']` must have shape (seeds, points), at least one of each. "
            "Received: shape=(2,). Pass values[None, :] for a single seed.",
        ),
        (
            {"p": {"a": np.ones((5, 3))}},
            {},
            "`x` must have one entry for each point of `panels['p']['a']`. "
            "Received: x of shape (2,), values of shape (5, 3).",
        ),
        (
            {"p": {"a": [[1.0, -2.0]]}},
            {"log_y": True},
            "`panels['p']['a']` must not be negative on a log axis. Received: minimum=-2.0. "
            "Pass log_y=False.",
        ),
        (
            {"p": {"a": [[0.0, np.nan]]}},
            {"log_y": True},
            "`panels` must hold a positive, finite value to set a log axis by. Received: none. "
            "Pass log_y=False.",
        ),
        (
            {"p": {"a": [[1.0, 2.0]]}},
            {"log_x": True},
            "`x` must be positive on a log axis. Received: minimum=0. Pass log_x=False.",
        ),
        (
            {"p": {"a": [[1.0, 2.0]]}},
            {"log_y": True, "reference": (0.0, "zero")},
            "Guide and reference lines must be positive on a log axis. Received: minimum=0. "
            "Pass log_y=False.",
        ),
    ],
)
def test_curves_refuse(values, options, message):
    with refuses(message):
        plots.curves([0, 1], values, xlabel="step", ylabel="loss", **options)


# --- by setting


def test_every_seed_is_a_dot_at_its_setting(rng):
    depths = [2, 5, 10, 20]
    values = {a: rng.random((7, 4)) for a in ACTIVATIONS}
    figure = plots.by_setting(depths, {"SGD": values}, xlabel="depth (layers)", ylabel="test accuracy")
    (ax,) = figure.axes
    assert dict(zip(ax.xaxis.get_majorticklocs(), tick_texts(ax.xaxis), strict=True)) == {
        i: str(depth) for i, depth in enumerate(depths)
    }
    dots = [found for found in ax.get_lines() if found.get_linestyle() == "None"]
    for found, (label, results) in zip(dots, values.items(), strict=True):
        np.testing.assert_array_equal(found.get_ydata(), results.ravel())
        np.testing.assert_array_equal(np.round(found.get_xdata()), np.tile(np.arange(4), 7))
        median = line(ax, plots.display_name(label))
        np.testing.assert_allclose(median.get_ydata(), np.median(results, axis=0))


def test_by_setting_draws_the_reference(rng):
    figure = plots.by_setting(
        [2, 5],
        {"SGD": {"tanh": rng.random((2, 2))}},
        xlabel="depth",
        ylabel="accuracy",
        reference=(0.1, "chance"),
    )
    np.testing.assert_array_equal(line(figure.axes[0], "chance").get_ydata(), [0.1, 0.1])


def test_by_setting_refuses_other_lengths():
    message = (
        "`x` must have one entry for each point of `panels['SGD']['tanh']`. "
        "Received: x of shape (2,), values of shape (5, 3)."
    )
    with refuses(message):
        plots.by_setting([2, 5], {"SGD": {"tanh": np.ones((5, 3))}}, xlabel="depth", ylabel="accuracy")


# --- by layer


def test_by_layer_numbers_layers_from_the_input(rng):
    values = norms(rng)
    figure = plots.by_layer({"first step": values}, ylabel="gradient norm (L2)")
    (ax,) = figure.axes
    for label in ACTIVATIONS:
        drawn = line(ax, plots.display_name(label))
        np.testing.assert_array_equal(drawn.get_xdata(), np.arange(1, 21))
        np.testing.assert_allclose(drawn.get_ydata(), np.median(values[label], axis=0), rtol=1e-12)
    assert tick_texts(ax.xaxis) == ["1\ninput", "5", "10", "15", "20\noutput"]
    np.testing.assert_array_equal(ax.xaxis.get_majorticklocs(), [1, 5, 10, 15, 20])
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("layer", "gradient norm (L2)", "log")


def test_panels_may_differ_in_depth(rng):
    figure = plots.by_layer({f"depth {d}": norms(rng, depth=d) for d in (1, 2, 5, 10)}, ylabel="‖Δw‖ / ‖w‖")
    ends = [tick_texts(ax.xaxis)[-1] for ax in figure.axes]
    assert ends == ["1\ninput and output", "2\noutput", "5\noutput", "10\noutput"]


def test_guides_are_dashed_and_may_differ_by_panel(rng):
    bound = np.stack([0.1 * 0.25 ** np.arange(20)[::-1], 0.01 * 0.25 ** np.arange(20)[::-1]])
    values = {"first step": norms(rng), "after training": norms(rng)}
    figure = plots.by_layer(values, ylabel="gradient norm (L2)", guides={"bound": bound})
    for ax, expected in zip(figure.axes, bound, strict=True):
        drawn = line(ax, "bound")
        np.testing.assert_array_equal(drawn.get_ydata(), expected)
        assert drawn.is_dashed()
    same = plots.by_layer(values, ylabel="gradient norm (L2)", guides={"bound": bound[0]})
    for ax in same.axes:
        np.testing.assert_array_equal(line(ax, "bound").get_ydata(), bound[0])


def test_names_stand_where_the_lines_are_apart(rng):
    values = norms(rng)
    apart_at_input = plots.by_layer({"p": values}, ylabel="gradient norm (L2)").axes[0]
    flipped = {label: array[:, ::-1] for label, array in values.items()}
    apart_at_output = plots.by_layer({"p": flipped}, ylabel="gradient norm (L2)").axes[0]
    assert {text.get_ha() for text in apart_at_input.texts} == {"right"}
    assert {text.get_ha() for text in apart_at_output.texts} == {"left"}


def test_by_layer_refuses_lines_of_different_depth():
    message = "`panels['p']` must have the same number of layers in every line. Received: {'a': 3, 'b': 4}."
    with refuses(message):
        plots.by_layer({"p": {"a": np.ones((5, 3)), "b": np.ones((5, 4))}}, ylabel="norm")


def test_by_layer_refuses_a_guide_that_does_not_fit():
    message = (
        "`guides['bound']` must have shape (layers,) or (panels, layers), and every panel the same layers. "
        "Received: shape=(4,), layers of the panels [3]."
    )
    with refuses(message):
        plots.by_layer({"p": {"a": np.ones((5, 3))}}, ylabel="norm", guides={"bound": np.ones(4)})


# --- names at line ends


def test_push_apart_moves_as_little_as_possible():
    np.testing.assert_allclose(labels.push_apart([50, 20], [10, 10], 0, 100), [50, 20])
    np.testing.assert_allclose(labels.push_apart([50, 50, 50], [10, 10, 10], 0, 100), [40, 50, 60])
    np.testing.assert_allclose(labels.push_apart([1, 99], [10, 10], 0, 100), [5, 95])
    np.testing.assert_allclose(labels.push_apart([5, 5], [10, 10], 0, 8), [5, 15])
    assert labels.push_apart([], [], 0, 1).shape == (0,)


def test_push_apart_keeps_order_and_room(rng):
    for _ in range(50):
        centres, heights = rng.uniform(0, 100, 6), rng.uniform(5, 12, 6)
        moved = labels.push_apart(centres, heights, 0, 100)
        order = np.argsort(centres)
        room = (heights[order][1:] + heights[order][:-1]) / 2
        assert np.all(np.diff(moved[order]) >= room - 1e-9)


@pytest.mark.parametrize("num_seeds", [1, 2, 20])
@pytest.mark.parametrize("count", [2, 3, 4])
def test_names_overlap_nothing_and_stay_inside(rng, num_seeds, count):
    values = {f"panel {i}": norms(rng, num_seeds) for i in range(count)}
    guides = {"bound from\nσ′ ≤ 1/4": 0.1 * 0.25 ** np.arange(20)[::-1]}
    figure = plots.by_layer(values, ylabel="gradient norm (L2)", guides=guides)
    for ax, boxes in zip(figure.axes, text_boxes(figure), strict=True):
        frame = ax.get_window_extent()
        assert len(boxes) == 4
        for i, box in enumerate(boxes):
            assert frame.x0 <= box.x0
            assert box.x1 <= frame.x1
            assert not any(box.overlaps(other) for other in boxes[:i])


def test_names_of_equal_lines_would_overlap_without_moving(rng):
    values = {label: np.ones((3, 5)) for label in ACTIVATIONS}
    figure = plots.curves(range(5), {"p": values}, xlabel="epoch", ylabel="accuracy")
    (boxes,) = text_boxes(figure)
    assert not boxes[0].overlaps(boxes[1])
    for text in figure.axes[0].texts:
        text.set_position((text.get_position()[0], 0))
    (boxes,) = text_boxes(figure)
    assert boxes[0].overlaps(boxes[1])


def test_nothing_is_clipped_at_the_edge_of_the_figure(rng):
    figure = plots.by_layer(
        {"a": norms(rng), "b": norms(rng)}, ylabel="gradient norm (L2 over a layer's weights)"
    )
    inches = figure.get_tightbbox(figure.canvas.get_renderer())
    width, height = figure.get_size_inches()
    assert inches.x0 >= 0
    assert inches.y0 >= 0
    assert inches.x1 <= width
    assert inches.y1 <= height


# --- ticks


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (1e-13, 1e-1, [f"$10^{{{k}}}$" for k in (-13, -11, -9, -7, -5, -3, -1)]),
        (0.05, 2.5, ["0.05", "0.1", "0.2", "0.5", "1", "2"]),
        (1, 1000, ["1", "10", "100", "1,000"]),
        (0.31, 0.42, ["0.35", "0.4"]),
        (2e-7, 2e-6, ["$2×10^{-7}$", "$5×10^{-7}$", "$10^{-6}$", "$2×10^{-6}$"]),
        (3.0, 3.0, ["3"]),
    ],
)
def test_log_ticks_are_readable(low, high, texts):
    ticks, found = scales.log_ticks(low, high)
    assert found == texts
    assert all(low * (1 - 1e-9) <= tick <= high * (1 + 1e-9) for tick in ticks)


@pytest.mark.parametrize(
    ("depth", "ticks"),
    [
        (1, [1]),
        (8, list(range(1, 9))),
        (10, [1, 5, 10]),
        (20, [1, 5, 10, 15, 20]),
        (50, [1, 10, 20, 30, 40, 50]),
    ],
)
def test_layer_ticks(depth, ticks):
    assert scales.layer_ticks(depth) == ticks


# --- maps


def mesh_of(ax):
    (mesh,) = ax.collections
    return mesh


def test_map_shows_the_values_at_the_steps_given(rng):
    steps = np.arange(3, 43, 4)
    values = {"sigmoid": 10.0 ** rng.uniform(-9, 0, (10, 3)), "relu": rng.random((10, 3)) + 0.1}
    figure = plots.layer_by_step(
        values, steps=steps, layer_labels=["a", "b", "c"], colorbar_label="gradient norm (L2)"
    )
    first, second, bar = figure.axes
    for ax, expected in zip((first, second), values.values(), strict=True):
        mesh = mesh_of(ax)
        np.testing.assert_allclose(mesh.get_array(), expected.T, rtol=1e-12)
        edges = mesh.get_coordinates()[0, :, 0]
        np.testing.assert_allclose((edges[1:] + edges[:-1]) / 2, steps)
        np.testing.assert_array_equal(ax.yaxis.get_majorticklocs(), [1, 2, 3])
        assert [float(text) for text in tick_texts(ax.xaxis)] == list(ax.xaxis.get_majorticklocs())
    assert tick_texts(first.yaxis) == ["input  a", "b", "output  c"]
    assert mesh_of(first).norm is mesh_of(second).norm
    assert (first.get_title(loc="left"), second.get_title(loc="left")) == ("sigmoid", "ReLU")
    assert first.get_xlabel() == "training step"
    assert bar.get_ylabel() == "gradient norm (L2)"
    assert figure_notes(figure) == ""


def test_zero_and_missing_cells_are_grey_and_told():
    values = np.ones((4, 2))
    values[1, 0], values[2, 1] = 0, np.nan
    figure = plots.layer_by_step({"p": values}, steps=range(4), layer_labels=[1, 2], colorbar_label="norm")
    mesh = mesh_of(figure.axes[0])
    np.testing.assert_array_equal(np.argwhere(np.ma.getmaskarray(mesh.get_array())), [[0, 1], [1, 2]])
    assert mesh.cmap.get_bad()[:3] == pytest.approx(to_rgb(style.MISSING))
    assert figure_notes(figure) == heatmaps.GREY_NOTE


def test_a_map_of_nothing_is_all_grey():
    figure = plots.layer_by_step(
        {"p": np.zeros((4, 2))}, steps=range(4), layer_labels=[1, 2], colorbar_label="norm"
    )
    assert mesh_of(figure.axes[0]).get_array().mask.all()


def test_many_steps_become_medians_of_the_logarithm(rng):
    steps = np.arange(1, 10_001)
    values = 10.0 ** rng.uniform(-9, 0, (10_000, 2))
    values[:25, 0] = 0  # a whole cell
    values[25:30, 0] = np.nan  # a fifth of a cell
    figure = plots.layer_by_step({"p": values}, steps=steps, layer_labels=[1, 2], colorbar_label="norm")
    mesh = mesh_of(figure.axes[0])
    cells = mesh.get_array()
    assert cells.shape == (2, 400)
    np.testing.assert_allclose(cells[1, 7], 10 ** np.median(np.log10(values[175:200, 1])))
    assert cells.mask[0, 0]
    np.testing.assert_allclose(cells[0, 1], 10 ** np.median(np.log10(values[30:50, 0])))
    edges = mesh.get_coordinates()[0, :, 0]
    assert (edges[0], edges[1], edges[-1]) == (0.5, 25.5, 10_000.5)
    assert plots.cell_text(steps) == "Each cell is the median of the logarithm over 25 recorded steps."
    assert plots.cell_text(steps[:400]) == "Each cell is one recorded step."


@pytest.mark.parametrize(
    ("values", "steps", "message"),
    [
        ({}, [1, 2], "`panels` must map at least one title to values. Received: panels={}."),
        (
            {"p": np.ones((2, 3))},
            [2, 2],
            "`steps` must be increasing step numbers of shape (n,). Received: shape=(2,), steps=[2 2].",
        ),
        (
            {"p": np.ones((3, 2))},
            [1, 2],
            "`panels['p']` must have shape (steps, layers) = (2, 3). Received: shape=(3, 2).",
        ),
        (
            {"p": -np.ones((2, 3))},
            [1, 2],
            "`panels['p']` must not be negative on a log scale. Received: minimum=-1.0.",
        ),
    ],
)
def test_layer_by_step_refuses(values, steps, message):
    with refuses(message):
        plots.layer_by_step(values, steps=steps, layer_labels=[1, 2, 3], colorbar_label="norm")


def test_grid_map_writes_its_numbers():
    values = np.array([[0.1, 0.97, 0.5], [np.nan, 0.333, 0.2]])
    figure = plots.grid_map(
        values,
        row_labels=[2, 20],
        column_labels=["zeros", "Glorot", "He"],
        xlabel="initialization",
        ylabel="depth (layers)",
        colorbar_label="test accuracy",
    )
    ax, bar = figure.axes
    assert [text.get_text() for text in ax.texts] == ["0.10", "0.97", "0.50", "–", "0.33", "0.20"]
    assert ax.texts[0].get_color() == "white"  # on the dark end of the scale
    assert ax.texts[1].get_color() == "black"
    assert tick_texts(ax.xaxis) == ["zeros", "Glorot", "He"]
    assert tick_texts(ax.yaxis) == ["2", "20"]
    assert ax.yaxis_inverted()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("initialization", "depth (layers)")
    assert bar.get_ylabel() == "test accuracy"


def test_grid_map_refuses_labels_that_do_not_fit():
    message = (
        "`values` must have shape (rows, columns), as many as `row_labels` and `column_labels`, at least one "
        "of each. Received: shape=(2, 2), labels for (1, 2)."
    )
    with refuses(message):
        plots.grid_map(
            np.ones((2, 2)), row_labels=[1], column_labels=[1, 2], xlabel="x", ylabel="y", colorbar_label="z"
        )


def test_figures_can_be_drawn_after_saving_settings_change(rng):
    figure = plots.by_layer({"p": norms(rng)}, ylabel="gradient norm (L2)")
    buffer = io.BytesIO()
    with matplotlib.rc_context({"xtick.labelsize": 3}):
        figure.savefig(buffer, format="png")
    assert figure.axes[0].xaxis.get_ticklabels()[0].get_fontsize() == style.LABEL_SIZE
