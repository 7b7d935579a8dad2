"""Lines by layer: numbered from the input, with guides, and depths that may differ."""

import numpy as np
from plot_samples import ACTIVATIONS, line, norms, tick_texts
from refusals import refuses

from dlkeras import plots


def test_by_layer_numbers_layers_from_the_input():
    values = norms()
    figure = plots.by_layer({"first step": values}, ylabel="gradient norm (L2)")
    (ax,) = figure.axes
    for label in ACTIVATIONS:
        drawn = line(ax, plots.display_name(label))
        np.testing.assert_array_equal(drawn.get_xdata(), np.arange(1, 21))
        np.testing.assert_allclose(drawn.get_ydata(), np.median(values[label], axis=0), rtol=1e-12)
    assert tick_texts(ax.xaxis) == ["1\ninput", "5", "10", "15", "20\noutput"]
    np.testing.assert_array_equal(ax.xaxis.get_majorticklocs(), [1, 5, 10, 15, 20])
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("layer", "gradient norm (L2)", "log")


def test_panels_may_differ_in_depth():
    figure = plots.by_layer({f"depth {d}": norms(depth=d) for d in (1, 2, 5, 10)}, ylabel="‖Δw‖ / ‖w‖")
    ends = [tick_texts(ax.xaxis)[-1] for ax in figure.axes]
    assert ends == ["1\ninput and output", "2\noutput", "5\noutput", "10\noutput"]


def test_guides_are_dashed_and_may_differ_by_panel():
    bound = np.stack([0.1 * 0.25 ** np.arange(20)[::-1], 0.01 * 0.25 ** np.arange(20)[::-1]])
    values = {"first step": norms(), "after training": norms(seed=1)}
    figure = plots.by_layer(values, ylabel="gradient norm (L2)", guides={"bound": bound})
    for ax, expected in zip(figure.axes, bound, strict=True):
        drawn = line(ax, "bound")
        np.testing.assert_array_equal(drawn.get_ydata(), expected)
        assert drawn.is_dashed()
    same = plots.by_layer(values, ylabel="gradient norm (L2)", guides={"bound": bound[0]})
    for ax in same.axes:
        np.testing.assert_array_equal(line(ax, "bound").get_ydata(), bound[0])


def test_names_stand_where_the_lines_are_apart():
    values = norms()
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
