"""A view's record holds what it was given, in a form that JSON and a page can have."""

import dataclasses
import doctest
import json
import math

import numpy as np
import pytest
from refusals import refuses
from report_samples import Reader
from view_samples import NORMS, STEPS, VIEW

from dlkeras import views
from dlkeras.views import Axis, Cells, Line, Panel, Slider, View, band, thinned


def test_examples_run():
    found = doctest.testmod(views)
    assert found.attempted > 0
    assert found.failed == 0


def view_of(*marks, **axis):
    slider = Slider("step", "Step", STEPS)
    return View("t", "a", [slider], [Panel("p", Axis("x"), Axis("y", **axis), marks)])


def test_numbers_are_kept_and_gaps_are_null():
    line = json.loads(VIEW.json)["panels"][0]["marks"][0]
    expected = [[[None if math.isnan(n) else n for n in row] for row in step] for step in NORMS]
    assert line["y"] == expected
    assert line["by"] == ["step", "rate"]
    assert json.loads(view_of(Line("a", "red", [1.0], [math.pi])).json)["panels"][0]["marks"][0]["y"] == [
        3.142
    ]


def test_axes_hold_all_that_any_position_shows():
    line = Line("a", "red", [[0.0, 1.0]] * 3, [[1, 2], [3, 100], [10, 1000]], by=["step"], x_by=["step"])
    panel = json.loads(view_of(line).json)["panels"][0]
    assert panel["x"]["ends"] == [-0.04, 1.04]
    assert panel["y"]["ends"] == pytest.approx([1 - 0.04 * 999, 1000 + 0.04 * 999], rel=1e-3)
    ends = json.loads(view_of(line, log=True).json)["panels"][0]["y"]["ends"]
    assert np.log10(ends) == pytest.approx([-0.12, 3.12], abs=1e-3)
    nothing = json.loads(view_of(Line("a", "red", [0], [-1.0]), log=True).json)["panels"][0]
    assert nothing["y"]["ends"][0] > 0  # a logarithmic axis without a number to show


def test_a_view_cannot_end_its_script():
    text = dataclasses.replace(VIEW, title="</script><script>alert(1)</script>")._repr_html_()
    reader = Reader(text)
    assert len(reader.all("script")) == 2  # data and the script
    assert "http" not in text


WRONG = {
    "`by` must name sliders. Received: 'epoch', of ['step']": Line("a", "red", [1], [1], by=["epoch"]),
    "`until` and `at` must name a slider. Received: 'epoch', of ['step']": Line(
        "a", "red", [1], [1], at="epoch"
    ),
    "`y` must have an entry for each of the 3 positions of 'step'. Received: 2": Line(
        "a", "red", [1], [[1], [1]], by=["step"]
    ),
    "`values` must have an entry for each of the 3 positions of 'step'. Received: 1": Cells(
        [[[1]]], (0, 1, 0, 1), by=["step"]
    ),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_mark_that_no_slider_can_move_is_refused(message):
    with refuses(message):
        view_of(WRONG[message])


def test_thinned_keeps_the_start_and_the_end():
    assert thinned(5).tolist() == [0, 1, 2, 3, 4]
    steps = thinned(5000)
    assert (steps[0], steps[-1]) == (0, 4999)
    assert len(steps) <= 60
    assert (np.diff(steps) > 0).all()
    assert np.diff(steps)[0] < np.diff(steps)[-1]


def test_band_is_over_seeds():
    numbers = np.arange(22.0).reshape(11, 2)
    found = band(numbers)
    assert found["y"].tolist() == [10, 11]
    assert found["low"].tolist() == [2, 3]
    assert found["high"].tolist() == [18, 19]
