"""Best values at the end of a range: planted ones are found, others are not."""

import dataclasses
import doctest
import importlib

import numpy as np
import pytest
from search_samples import ask, plain

from dlkeras.tuning import TrialRecord
from dlkeras.tuning.analysis import Edge, edges


def test_examples_run():
    found = doctest.testmod(importlib.import_module("dlkeras.tuning.analysis"))
    assert (found.attempted > 0, found.failed) == (True, 0)


def search(kind, best, num_trials=30, **config):
    """Trials of one hyperparameter; the score falls with the distance of its place from that of the best."""
    space = (ask(kind, "x", **config),)
    if "values" in config:
        values = [config["values"][i % len(config["values"])] for i in range(num_trials)]
    else:
        low, high = config["min_value"], config["max_value"]
        shares = np.linspace(0.0, 1.0, num_trials)
        values = low * (high / low) ** shares if config["sampling"] == "log" else low + (high - low) * shares
        values = [round(v) if kind == "Int" else v for v in values.tolist()]
    far = [abs(np.log(v / best)) if config.get("sampling") == "log" else abs(v - best) for v in values]
    return [
        TrialRecord(str(i), i, "COMPLETED", {"x": v}, -float(d), space=space)
        for i, (v, d) in enumerate(zip(values, far, strict=True))
    ]


LOG = {"min_value": 1e-4, "max_value": 0.1, "sampling": "log"}
LINEAR = {"min_value": 0.0, "max_value": 0.8, "sampling": "linear"}
UNITS = {"min_value": 1, "max_value": 64, "sampling": "linear", "step": 1}
SIZES = {"values": [16, 32, 64, 128], "ordered": True}


@pytest.mark.parametrize(
    ("records", "side"),
    [
        (search("Float", 0.1, **LOG), "upper"),
        (search("Float", 1e-4, **LOG), "lower"),
        (search("Float", 0.01, **LOG), None),
        (search("Float", 0.0, **LINEAR), "lower"),
        (search("Float", 0.4, **LINEAR), None),
        (search("Int", 64, **UNITS), "upper"),
        (search("Int", 60, **UNITS), None),
        (search("Choice", 128, **SIZES), "upper"),
        (search("Choice", 64, **SIZES), None),
    ],
)
def test_planted_ends_are_found(records, side):
    assert [edge.side for edge in edges(records)] == ([] if side is None else [side])


def test_the_place_is_taken_on_the_own_scale():
    # 0.05 is in the middle of a linear range up to 0.1, and near the end of a logarithmic one.
    assert edges(search("Float", 0.085, **LOG))
    assert not edges(search("Float", 0.085, min_value=1e-4, max_value=0.1, sampling="linear"))


def test_one_lucky_trial_at_the_end_is_not_enough():
    records = search("Float", 0.01, **LOG)
    lucky = [dataclasses.replace(r, score=9.0) if r.values["x"] == pytest.approx(0.1) else r for r in records]
    assert edges(lucky) == []
    two = [dataclasses.replace(r, score=9.0 + r.score) if r.values["x"] > 0.07 else r for r in records]
    assert [(edge.num_near, edge.num_best) for edge in edges(two)] == [(2, 5)]


def test_of_losses_the_least_is_the_best():
    records = search("Float", 0.1, **LOG)
    losses = [dataclasses.replace(r, score=-r.score, direction="min") for r in records]
    assert edges(losses) == edges(records) != []
    assert [edge.side for edge in edges([dataclasses.replace(r, direction="min") for r in records])] == [
        "lower"
    ]


def test_choices_and_inactive_ones_have_no_end():
    records = plain(200)
    assert [edge.name for edge in edges(records)] == ["rate"]
    assert edges([dataclasses.replace(r, status="FAILED", score=None) for r in records]) == []
    assert edges([]) == []
    two_values = search("Choice", 2, values=[1, 2], ordered=True)
    assert edges(two_values) == []


def test_what_is_said():
    (edge,) = edges(search("Float", 0.1, **LOG))
    assert edge.text == (
        "x: the best of the trials, 0.1, is at the upper end of 0.0001 to 0.1, with 2 of the 5 best; "
        "widen it upwards"
    )
    natural = Edge("dropout", 0.004, "lower", 0.0, 0.8, 3, 5)
    assert natural.text.endswith("; widen it downwards, or stay if 0 is where it ends by nature")
    assert not Edge("units", 64, "upper", 1, 64, 3, 5).is_natural
