"""Lines over steps, by layer and beside a theory show the numbers that they are given."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from plot_samples import ACTIVATIONS, figure_notes, line, norms, tick_texts
from refusals import refuses

from dlkeras import plots
from dlkeras.plots import style

WORDS = {"xlabel": "step", "ylabel": "loss"}


def names_on(ax):
    return [text.get_text() for text in ax.texts]


def test_curves_show_median_and_band():
    x = np.arange(1, 31)
    values = np.random.default_rng(0).random((5, 30))
    (ax,) = plots.curves(x, {"depth 2": {"relu": values}}, **WORDS).axes
    drawn = line(ax, "ReLU")
    np.testing.assert_array_equal(drawn.get_xdata(), x)
    np.testing.assert_array_equal(drawn.get_ydata(), np.median(values, axis=0))
    assert drawn.get_color() == style.ACTIVATION_COLORS["relu"]
    corners = ax.collections[0].get_paths()[0].vertices
    for step, low, high in zip(x, values.min(axis=0), values.max(axis=0), strict=True):
        at_step = corners[corners[:, 0] == step, 1]  # below ten seeds the band is the range
        assert {at_step.min(), at_step.max()} == {low, high}
    (alone,) = plots.curves(x, {"depth 2": {"relu": values[:1]}}, **WORDS).axes
    assert not alone.collections  # one seed has no band


def test_ticks_of_x_say_the_steps():
    axis = plots.curves(np.arange(10, 4310, 10), {"p": {"a": np.ones((2, 430))}}, **WORDS).axes[0].xaxis
    shown = [float(text.replace(",", "")) for text in tick_texts(axis)]
    assert shown == list(axis.get_majorticklocs())
    assert shown[0] == 10
    assert shown[-1] <= 4300


def test_reference_is_drawn_and_named():
    (ax,) = plots.curves([1, 2, 3], {"p": {"a": np.ones((2, 3))}}, **WORDS, reference=(0.1, "chance")).axes
    np.testing.assert_array_equal(line(ax, "chance").get_ydata(), [0.1] * 3)
    assert names_on(ax) == ["chance", "a"]
    low, high = ax.get_ylim()
    assert low < 0.1 < 1 < high


NAN, ONES = np.nan, np.ones((3, 2))


@pytest.mark.parametrize(
    ("relu", "names", "note"),
    [
        (ONES, ["ReLU", "tanh"], ""),
        ([[NAN, 1], [1, NAN], [1, 1]], ["ReLU", "tanh"], "Left out where not finite: ReLU (2 of 3 runs)."),
        (NAN * ONES, ["tanh"], "Left out where not finite: ReLU (3 of 3 runs)."),
    ],
)
def test_what_is_not_finite_is_told_and_not_named(relu, names, note):
    figure = plots.curves([1, 2], {"p": {"relu": relu, "tanh": ONES}}, **WORDS)
    assert names_on(figure.axes[0]) == names
    assert figure_notes(figure) == note


def test_zeros_on_a_log_axis_stand_at_a_line_marked_zero():
    values = {"relu": np.zeros((3, 4)), "tanh": np.full((3, 4), 1e-3)}
    figure = plots.curves([1, 2, 3, 4], {"p": values}, **WORDS, log_y=True)
    (ax,) = figure.axes
    zero = ax.yaxis.get_majorticklocs()[tick_texts(ax.yaxis).index("0")]
    np.testing.assert_allclose(line(ax, "ReLU").get_ydata(), zero)
    assert zero <= 1e-4
    assert figure_notes(figure) == "Zeros stand at the line marked 0."


# --- by layer


def test_by_layer_numbers_layers_from_the_input():
    values = norms()
    (ax,) = plots.by_layer({"first step": values}, ylabel="gradient norm (L2)").axes
    for label in ACTIVATIONS:
        drawn = line(ax, plots.display_name(label))
        np.testing.assert_array_equal(drawn.get_xdata(), np.arange(1, 21))
        np.testing.assert_allclose(drawn.get_ydata(), np.median(values[label], axis=0), rtol=1e-12)
    np.testing.assert_array_equal(ax.xaxis.get_majorticklocs(), [1, 5, 10, 15, 20])
    assert tick_texts(ax.xaxis) == ["1\ninput", "5", "10", "15", "20\noutput"]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("layer", "gradient norm (L2)", "log")


def test_panels_may_differ_in_depth():
    figure = plots.by_layer({f"depth {d}": norms(depth=d) for d in (1, 2, 5, 10)}, ylabel="‖Δw‖ / ‖w‖")
    ends = [tick_texts(ax.xaxis)[-1] for ax in figure.axes]
    assert ends == ["1\ninput and output", "2\noutput", "5\noutput", "10\noutput"]


def test_guides_are_dashed_and_may_differ_by_panel():
    bound = np.stack([0.1 * 0.25 ** np.arange(20)[::-1], 0.01 * 0.25 ** np.arange(20)[::-1]])
    values = {"first step": norms(), "after training": norms(seed=1)}
    for guide, rows in ((bound, bound), (bound[0], [bound[0]] * 2)):
        figure = plots.by_layer(values, ylabel="gradient norm (L2)", guides={"bound": guide})
        for ax, expected in zip(figure.axes, rows, strict=True):
            np.testing.assert_array_equal(line(ax, "bound").get_ydata(), expected)
            assert line(ax, "bound").is_dashed()


def test_names_stand_where_the_lines_are_apart():
    values = norms()
    flipped = {label: array[:, ::-1] for label, array in values.items()}
    for lines, alignment in ((values, "right"), (flipped, "left")):
        (ax,) = plots.by_layer({"p": lines}, ylabel="gradient norm (L2)").axes
        assert {text.get_ha() for text in ax.texts} == {alignment}


# --- beside a theory

X = np.arange(1, 6)
HALVED = 0.5 ** np.arange(5.0)


def with_theory(panels, theory, x=X, **options):
    words = {"xlabel": "layer", "ylabel": "mean square", "theory_name": "mean-field theory"}
    return plots.against_theory(x, panels, theory, **words, **options)


def test_median_and_theory_of_each_line():
    samples = HALVED * np.array([[0.5], [0.9], [2.0]])
    theory = {"forward": np.where(X < 3, HALVED, np.nan), "backward": 1e6 / HALVED}
    figure = with_theory(
        {"forward": {"relu": samples}, "backward": {"tanh": 1 / samples}},
        {"forward": {"relu": theory["forward"]}, "backward": {"tanh": theory["backward"]}},
        reference=(1.0, "kept"),
    )
    np.testing.assert_allclose(line(figure.axes[0], "ReLU").get_ydata(), 0.9 * HALVED)
    for ax, expected in zip(figure.axes, theory.values(), strict=True):
        (dotted,) = [found for found in ax.get_lines() if found.get_color() == "black"]
        np.testing.assert_array_equal(dotted.get_ydata(), expected)
        np.testing.assert_array_equal(dotted.get_xdata(), X)
        np.testing.assert_array_equal(line(ax, "kept").get_ydata(), np.ones(5))
        low, high = ax.get_ylim()  # a theory far from the measurement is not cut off
        assert low < HALVED.min()
        assert high > 1.6e7
    assert set(names_on(figure.axes[0])) == {"ReLU", "kept"}
    assert figure_notes(figure) == "Dotted: mean-field theory."
    assert figure.axes[0].get_yscale() == "log"


def test_scales_may_be_logarithmic_and_colours_chosen():
    x, pink = 2.0 ** np.arange(5), {"Glorot": "#CC79A7"}
    figure = with_theory(
        {"p": {"Glorot": HALVED[None]}}, {"p": {"Glorot": HALVED}}, x, log_x=True, colors=pink
    )
    assert figure.axes[0].get_xscale() == "log"
    assert to_rgb(line(figure.axes[0], "Glorot").get_color()) == to_rgb("#CC79A7")


def test_zeros_and_missing_values_are_told():
    samples = np.stack([HALVED, HALVED, HALVED])
    samples[0, 4], samples[1, 4] = 0, np.nan
    figure = with_theory({"p": {"relu": samples}}, {"p": {"relu": HALVED}})
    assert figure_notes(figure) == (
        "Dotted: mean-field theory. Left out where not finite: ReLU (1 of 3 runs). Zeros stand at the line\n"
        "marked 0."
    )


def test_marks_stand_in_their_panel():
    lines = {"relu": np.ones((3, 4))}
    figure = plots.curves(np.arange(1, 5), {"a": lines, "b": lines}, **WORDS)
    assert plots.mark_x(figure, {"b": {"2 / L": 2.5}}) is figure
    a, b = figure.axes
    assert len(b.get_lines()) == len(a.get_lines()) + 1
    np.testing.assert_array_equal(b.get_lines()[-1].get_xdata(), [2.5, 2.5])
    assert "2 / L" in names_on(b)


def curves(lines, **options):
    return plots.curves([0, 1], {"p": lines}, **WORDS, **options)


def by_layer(lines, **options):
    return plots.by_layer({"p": lines}, ylabel="norm", **options)


def with_relu(theory):
    return with_theory({"p": {"relu": HALVED[None]}}, theory)


REFUSALS = {
    "`panels` must map at least one title to at least one labelled array. Received: panels={}.": lambda: (
        plots.curves([0, 1], {}, **WORDS)
    ),
    "`panels['p']['a']` must have shape (seeds, points), at least one of each. "
    "Received: shape=(2,). Pass values[None, :] for a single seed.": lambda: curves({"a": [1.0, 2.0]}),
    "`x` must have one entry for each point of `panels['p']['a']`. "
    "Received: x of shape (2,), values of shape (5, 3).": lambda: curves({"a": np.ones((5, 3))}),
    "`panels['p']['a']` must not be negative on a log axis. Received: minimum=-2.0. "
    "Pass log_y=False.": lambda: curves({"a": [[1.0, -2.0]]}, log_y=True),
    "`panels` must hold a positive, finite value to set a log axis by. Received: none. "
    "Pass log_y=False.": lambda: curves({"a": [[0.0, np.nan]]}, log_y=True),
    "`x` must be positive on a log axis. Received: minimum=0. Pass log_x=False.": lambda: curves(
        {"a": [[1.0, 2.0]]}, log_x=True
    ),
    "Guide and reference lines must be positive on a log axis. Received: minimum=0. "
    "Pass log_y=False.": lambda: curves({"a": [[1.0, 2.0]]}, log_y=True, reference=(0.0, "zero")),
    "`panels['p']` must have the same number of layers in every line. Received: {'a': 3, 'b': 4}.": lambda: (
        by_layer({"a": np.ones((5, 3)), "b": np.ones((5, 4))})
    ),
    "`guides['bound']` must have shape (layers,) or (panels, layers), and every panel the same layers. "
    "Received: shape=(4,), layers of the panels [3].": lambda: by_layer(
        {"a": np.ones((5, 3))}, guides={"bound": np.ones(4)}
    ),
    "`theory['p']['relu']` must be given, as for every line of `panels`. Received: none.": lambda: with_relu(
        {"q": {"relu": HALVED}}
    ),
    "`theory['p']['relu']` must be positive and of shape (5,), as `x`. "
    "Received: shape=(3,), minimum=0.25.": lambda: with_relu({"p": {"relu": HALVED[:3]}}),
    "`theory['p']['relu']` must be positive and of shape (5,), as `x`. "
    "Received: shape=(5,), minimum=-0.4375.": lambda: with_relu({"p": {"relu": HALVED - 0.5}}),
    "`marks` must name panels of the figure: p. Received: 'c'.": lambda: plots.mark_x(
        curves({"a": [[1.0, 2.0]]}), {"c": {"2 / L": 2.5}}
    ),
}


@pytest.mark.parametrize("message", REFUSALS)
def test_refusals(message):
    with refuses(message):
        REFUSALS[message]()
