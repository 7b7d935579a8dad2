"""What trials tell: importance against numbers by hand and planted truths, and best values at an end."""

import dataclasses
import doctest
import importlib
import math

import numpy as np
import pytest
from refusals import refuses
from scipy import stats
from search_samples import ask, plain, staged

from dlkeras.tuning import TrialRecord
from dlkeras.tuning.analysis import Edge, chances, density, divergence, edges, importance
from dlkeras.tuning.space import choice_axis, grid_axis, range_axis

CUBE = tuple(ask("Float", name, min_value=0.0, max_value=1.0, sampling="linear") for name in "abc")


def record(number, score, values, space=CUBE, **others):
    return TrialRecord(f"{number}", number, "COMPLETED", values, score, (score,), space=space, **others)


def trials(score, num_trials=60, seed=0):
    points = np.random.default_rng(seed).random((num_trials, 3))
    return [
        record(i, float(score(p)), dict(zip("abc", p.tolist(), strict=True))) for i, p in enumerate(points)
    ]


def choices(first, second):
    """Trials of two choices, the best first; values by letters."""
    space = (
        ask("Choice", "first", values=["a", "b"], ordered=False),
        ask("Choice", "second", values=["u", "v"], ordered=False),
    )
    rows = enumerate(zip(first, second, strict=True))
    return [record(i, -float(i), {"first": a, "second": b}, space) for i, (a, b) in rows]


@pytest.mark.parametrize("module", ["analysis", "betas", "simulation", "zoom"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # keras-tuner asks for the thread so
def test_examples_run(module):
    found = doctest.testmod(importlib.import_module(f"dlkeras.tuning.{module}"))
    assert (found.attempted > 0, found.failed) == (True, 0)


def test_a_small_example_by_hand():
    # 10 trials, so the best 5 are the top. first: all 5 a of the top, 6 a of all. second: 3 u and 6 u.
    shares = importance(choices("aaaaaabbbb", "uuuvvuuuvv"))
    p = (6 + 1 / 2) / 11, (4 + 1 / 2) / 11
    q_first, q_second = ((5 + 1 / 2) / 6, (0 + 1 / 2) / 6), ((3 + 1 / 2) / 6, (2 + 1 / 2) / 6)
    by_hand = [sum(b * (a / b - 1) ** 2 for a, b in zip(q, p, strict=True)) for q in (q_first, q_second)]
    assert shares == pytest.approx({"first": by_hand[0] / sum(by_hand), "second": by_hand[1] / sum(by_hand)})
    assert by_hand[0] == pytest.approx(0.1796 + 0.2594, abs=1e-4)


def test_what_decides_the_score_is_found():
    for seed in range(5):
        shares = importance(trials(lambda p: -abs(p[0] - 0.3), seed=seed))
        assert list(shares) == ["a", "b", "c"]
        assert sum(shares.values()) == pytest.approx(1.0)
        assert shares["a"] > 0.6
    assert importance(trials(lambda p: p[2]))["c"] > 0.6  # so the test can fail
    two = importance(trials(lambda p: -abs(p[0] - 0.5) - 0.3 * abs(p[1] - 0.5), num_trials=400))
    assert two["a"] > two["b"] > two["c"]


def test_only_the_order_of_the_scores_counts():
    records = trials(lambda p: p[0] + p[1] / 2)
    shares = importance(records)
    bent = [dataclasses.replace(r, score=math.exp(5 * r.score)) for r in records]
    assert importance(bent) == shares
    losses = [dataclasses.replace(r, score=-r.score, direction="min") for r in records]
    assert importance(losses) == shares
    assert importance([dataclasses.replace(r, direction="min") for r in records]) != shares


def test_the_order_of_the_trials_does_not_count():
    records = trials(lambda p: p[0] + p[1] / 2)
    shuffled = [records[i] for i in np.random.default_rng(0).permutation(len(records))]
    assert importance(shuffled) == pytest.approx(importance(records))


def test_the_scale_of_a_hyperparameter_counts():
    linear = importance(trials(lambda p: p[0]))
    space = ({**CUBE[0], "min_value": 1e-4, "sampling": "log"}, *CUBE[1:])
    records = [
        dataclasses.replace(r, values={**r.values, "a": 1e-4 ** (1 - r.values["a"])}, space=space)
        for r in trials(lambda p: p[0])
    ]
    assert importance(records) == pytest.approx(linear)


def test_a_conditional_one_counts_where_it_is_active():
    shares = importance(plain(60))
    assert set(shares) == {"rate", "units", "way", "momentum"}
    assert shares["rate"] == max(shares.values())
    worst_if_active = [dataclasses.replace(r, score=0.9 - (r.values["way"] == "sgd")) for r in plain(60)]
    assert importance(worst_if_active)["momentum"] == 0.0  # none of the best has it


def test_few_trials_say_nothing():
    shares = importance(plain(12))
    assert math.isnan(shares["momentum"])
    assert sum(share for share in shares.values() if not math.isnan(share)) == pytest.approx(1.0)
    assert all(math.isnan(share) for share in importance(plain(9)).values())
    assert importance([]) == {}


def test_chance_tells_what_is_not_important():
    found = chances(trials(lambda p: p[0]))
    assert found["a"] == 1 / 200  # no random choice does it
    assert chances(trials(lambda p: p[0])[::-1]) == found
    assert all(math.isnan(chance) for chance in chances(trials(lambda p: 0.0)).values())
    rng = np.random.default_rng(0)
    pure = [chances(trials(lambda p: rng.random(), num_trials=30, seed=s)).values() for s in range(8)]
    below = np.mean([chance < 0.25 for row in pure for chance in row])
    assert 0.1 < below < 0.45  # a quarter of them, as chance has it
    assert math.isnan(chances(plain(12))["momentum"])


def test_equal_scores_say_nothing():
    equal = [dataclasses.replace(r, score=0.5) for r in plain(30)]
    assert all(math.isnan(share) for share in importance(equal).values())


def test_failures_are_the_worst():
    records = trials(lambda p: p[0])
    failed = [dataclasses.replace(r, status="FAILED", score=None) if r.score < 0.3 else r for r in records]
    assert importance(failed) == importance(records)
    assert sum(r.status == "RUNNING" for r in staged()) == 1
    ended = [r for r in staged() if r.status != "RUNNING"]
    assert importance(staged()) == pytest.approx(importance(ended), nan_ok=True)


def test_the_density_is_a_mixture_of_truncated_normals():
    axis, places = range_axis("x", 0.0, 1.0, "linear"), np.array([0.01, 0.2, 0.25, 0.5, 0.9])
    cells = np.floor(places * 50)
    spread = min(np.std(cells, ddof=1), stats.iqr(cells) / 1.34)
    width = 1.059 * spread * 5**-0.2
    borders = np.arange(51) - 0.5
    low, high = (-0.5 - cells) / width, (49.5 - cells) / width
    kernels = [
        np.diff(stats.truncnorm(a, b, c, width).cdf(borders))
        for a, b, c in zip(low, high, cells, strict=True)
    ]
    expected = (np.sum(kernels, axis=0) + 1 / 50) / 6
    np.testing.assert_allclose(density(axis, places), expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("axis", "num_cells"),
    [
        (range_axis("x", 1e-3, 1.0, "log"), 50),
        (grid_axis("x", range(4)), 4),
        (grid_axis("x", range(200)), 50),
        (choice_axis("x", "abc"), 3),
    ],
)
def test_densities_sum_to_one(axis, num_cells):
    places = np.array([axis.to_place(axis.to_value(p)) for p in (0.0, 0.1, 0.6, 1.0)])
    shares = density(axis, places)
    assert shares.shape == (num_cells,)
    assert shares.sum() == pytest.approx(1.0)
    assert divergence(shares, shares) == 0.0
    assert divergence(density(axis, places[:2]), shares) > 0.0


def test_the_share_of_the_best_must_be_a_share():
    for top in (0, 1):
        with refuses(f"`top` must be above 0 and below 1. Received: top={top}"):
            importance(plain(), top=top)


# Best values at the end of a range


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
