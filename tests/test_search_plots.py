"""The figures of a search show what its trials are."""

import dataclasses
import doctest
import importlib
import math

import numpy as np
import pytest
from matplotlib.colors import to_hex
from plot_samples import figure_notes, line, tick_texts
from refusals import refuses
from search_samples import plain, staged, trial

from dlkeras.base import scales
from dlkeras.plots import search
from dlkeras.plots.search import dimensions, trials
from dlkeras.plots.search.over_values import WIDTH, mean_nearby

FIGURES = {
    "history": search.history,
    "parallel": search.parallel_coordinates,
    "slices": search.slices,
    "contour": lambda records: search.contour(records, "rate", "units"),
    "strip": lambda records: search.contour(records, "rate", "way"),
    "map": lambda records: search.contour(records, "way", "units"),
}


def drawn(ax, marker):
    """All points with a marker, (n, 2), from left to right."""
    points = [found.get_xydata() for found in ax.get_lines() if found.get_marker() == marker]
    points = np.concatenate([np.empty((0, 2)), *points])
    return points[np.argsort(points[:, 0], kind="stable")]


def place(name, value):
    (dimension,) = dimensions.dimensions(plain(), [name])
    return dimension.place(value)


@pytest.mark.parametrize("module", ["dimensions", "side_by_side"])
def test_examples_run(module):
    found = doctest.testmod(importlib.import_module(f"dlkeras.plots.search.{module}"))
    assert (found.attempted > 0, found.failed) == (True, 0)


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_drawn_of_any_trials(name):
    for records in (staged(direction="min"), plain(), plain(1)):
        figure = FIGURES[name](records)
        assert figure.get_size_inches()[0] == 9
        figure.draw_without_rendering()


@pytest.mark.parametrize("name", FIGURES)
def test_trials_without_scores_are_refused(name):
    message = "`trials` must hold at least one trial with a score. Received: 1 trials, none with a score."
    with refuses(message):
        FIGURES[name]([trial(0, None, plain(1)[0].values)])


def test_history_shows_each_score_and_the_best_so_far():
    records = staged()
    (ax,) = search.history(records).axes
    done = [r for r in records if r.status == "COMPLETED"]
    np.testing.assert_array_equal(drawn(ax, "o"), [[r.number, r.score] for r in done])
    assert drawn(ax, "x")[:, 0].tolist() == [3]
    best = line(ax, "best so far").get_ydata()
    assert best.tolist() == [*(max(r.score for r in done[: i + 1]) for i in range(len(done))), best.max()]
    assert [text.get_text() for text in ax.texts[1:]] == ["coarse", "fine 1", "fine 2", "fine 3"]
    assert figure_notes(ax.figure) == "At the edge: 1 failed (×). Left out: 1 still running."


def test_history_is_the_same_in_any_order_but_not_of_other_trials():
    def best(records):
        return line(search.history(records).axes[0], "best so far").get_ydata().tolist()

    records = staged()
    assert best(records[::-1]) == best(records)
    assert best([dataclasses.replace(r, direction="min") for r in records]) != best(records)


def test_a_score_far_from_the_others_stands_at_the_edge():
    records = [*plain(), trial(20, -1000.0, plain(1)[0].values)]
    (ax,) = search.history(records).axes
    ((x, y),) = drawn(ax, "v")
    assert x == 20
    assert 0 < min(drawn(ax, "o")[:, 1]) - y < 0.1
    assert "1 far worse than the others (triangle)" in figure_notes(ax.figure)


def test_losses_over_decades_stand_on_a_log_axis():
    records = [
        trial(i, loss, plain(1)[0].values, direction="min") for i, loss in enumerate([10.0, 1.0, 0.01])
    ]
    assert search.history(records).axes[0].get_yscale() == "log"
    assert search.history(plain(direction="min")).axes[0].get_yscale() == "linear"


@pytest.mark.parametrize(
    ("scale", "low", "high"),
    [("linear", 2, 7), ("log", 1e-4, 0.1), ("reverse_log", 0.1, 7.0), ("one_minus_log", 0.9, 0.999)],
)
def test_places_are_those_of_the_search(scale, low, high):
    dimension = dimensions.Dimension("x", scale, low, high)
    assert dimension.place((low + high) / 2) == scales.to_place(scale, low, high, (low + high) / 2)
    places, texts = dimension.ticks(4)
    assert len(set(texts)) == len(places) > 1
    assert all(0 <= p <= 1 for p in places)


def test_slices_have_each_hyperparameter_on_its_scale():
    records = staged()
    axes = search.slices(records).axes
    assert [ax.get_title("left") for ax in axes] == ["rate", "units", "way", "momentum"]
    done = [r for r in records if r.status == "COMPLETED"]
    logs = sorted(math.log10(r.values["rate"]) / 4 + 1 for r in done)
    np.testing.assert_allclose(sorted(drawn(axes[0], "o")[:, 0])[1:], sorted([*logs, max(logs)])[1:])
    assert tick_texts(axes[0].xaxis)[-1] == "$10^{0}$"
    active = [r for r in done if r.values["way"] == "sgd"]
    best_is_active = max(done, key=lambda r: r.score) in active
    assert len(drawn(axes[3], "o")) == len(active) + best_is_active  # the ring


def test_slices_have_the_box_of_the_last_trial_of_each_stage():
    axes = search.slices(staged()).axes
    for stage, number in (("fine 1", 10), ("fine 2", 15)):
        ends = line(axes[0], f"box of {stage}").get_xdata()
        np.testing.assert_allclose(ends, [place("rate", 0.01 * number), place("rate", 0.02 * number)])
    heights = [line(axes[0], f"box of {s}").get_ydata()[0] for s in ("coarse", "fine 1", "fine 2")]
    assert heights == sorted(heights, reverse=True)
    assert not [found for found in axes[3].get_lines() if found.get_label() == "box of fine 1"]  # inactive
    assert not [found for found in search.slices(plain()).axes[0].get_lines() if "box" in found.get_label()]


def test_parallel_lines_go_below_where_inactive():
    records = plain()
    (ax,) = search.parallel_coordinates(records).axes
    lines = [found.get_ydata() for found in ax.get_lines() if len(found.get_xdata()) == 5]
    assert len(lines) == len(records) + 1  # the frame of the best
    inactive = sum(r.values["way"] == "adam" for r in records)
    best_inactive = max(records, key=lambda r: r.score).values["way"] == "adam"
    assert sum(heights[3] < 0 for heights in lines) == inactive + best_inactive
    np.testing.assert_allclose(
        sorted({h[0] for h in lines}), sorted(place("rate", r.values["rate"]) for r in records)
    )
    assert [text.strip() for text in tick_texts(ax.xaxis)] == [
        "rate",
        "units",
        "way",
        "momentum",
        "val_accuracy",
    ]


def test_the_contour_is_the_weighted_mean_of_the_trials_nearby():
    rng = np.random.default_rng(0)
    places, scores = rng.random((12, 2)), rng.random(12)
    means = mean_nearby((np.array([0.3, 9.0]), np.array([0.6])), places, scores, (False, False))
    weights = [math.exp(-((x - 0.3) ** 2 + (y - 0.6) ** 2) / 2 / WIDTH**2) for x, y in places]
    assert means[0, 0] == pytest.approx(np.average(scores, weights=weights))
    assert np.isnan(means[0, 1])
    fields = mean_nearby(
        (np.array([0.25, 0.75]), np.array([0.5])),
        np.array([[0.25, 0.5], [0.25, 0.5], [0.75, 0.5]]),
        np.array([1.0, 2.0, 7.0]),
        (True, True),
    )
    assert fields.tolist() == [[1.5, 7.0]]


def test_contours_refuse_what_is_never_active_together():
    with refuses("`x` and `y` must be active in one trial. Received: x='rate', y='momentum'"):
        search.contour([r for r in plain() if r.values["way"] == "adam"], "rate", "momentum")
    with refuses(
        "`names` must be hyperparameters with more than one value, which are: rate, units, way, momentum. "
        "Received: width"
    ):
        search.contour(plain(), "rate", "width")


def test_importance_has_the_bars_and_says_what_is_not_known():
    figure = search.importance({"b": 0.25, "a": 0.75, "c": math.nan}, doubtful=["b", "c"])
    (ax,) = figure.axes
    assert [bar.get_width() for bar in ax.patches] == [0.75, 0.25]
    assert tick_texts(ax.yaxis) == ["a", "b"]
    assert [text.get_text() for text in ax.texts] == ["75 %", "25 %"]
    assert [to_hex(bar.get_facecolor()) for bar in ax.patches] == ["#0072b2", "#bdbdbd"]
    assert " ".join(figure_notes(figure).split()) == (
        "Grey: may be chance, since one in twenty random choices of the best trials gives as much. "
        "Too few trials to say: c."
    )
    assert figure_notes(search.importance({"a": 1.0})) == ""
    with refuses("`shares` must hold finite numbers of at least 0. Received: shares={'a': nan}"):
        search.importance({"a": math.nan})


def test_the_timeline_has_a_bar_for_each_trial_that_ended():
    records = staged()
    (ax,) = search.timeline(records).axes
    bars = sorted((bar.get_x(), bar.get_width()) for bar in ax.patches)
    assert ax.get_xlabel() == "time since the first trial began (min)"
    np.testing.assert_allclose(bars, [(10 * r.number / 60, 15 / 60) for r in records[:-1]])
    assert tick_texts(ax.yaxis) == ["worker0", "worker1"]
    assert sum(bar.get_hatch() is not None for bar in ax.patches) == 1
    with refuses("`trials` must have times. Received: no trial that has started and ended."):
        search.timeline(plain())


def test_intermediate_values_are_means_over_the_executions():
    (ax,) = search.intermediate_values(staged()).axes
    lines = [found.get_ydata() for found in ax.get_lines()]
    assert len(lines) == 18
    for values in lines:
        np.testing.assert_allclose(values, [0.3, 0.5])
    assert sum(text.get_text().startswith("trial ") for text in ax.texts) == 3
    with refuses("`trials` must have 'val_accuracy' by epoch. Received: no trial with epochs."):
        search.intermediate_values(plain())


def test_stages_get_darker():
    colors = list(trials.stage_colors(staged()).values())[1:]
    brightness = [sum(color[:3]) for color in colors]
    assert trials.stage_names(staged()) == ["coarse", "fine 1", "fine 2", "fine 3"]
    assert brightness == sorted(brightness, reverse=True)


def test_too_many_axes_are_refused():
    with refuses("`names` must be at most 10. Received: 11 names."):
        search.parallel_coordinates(plain(), ["rate"] * 11)
