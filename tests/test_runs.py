import numpy as np
import pytest
from refusals import refuses

from dlkeras.runs import Runs, by_replica, product

RUNS = Runs(
    {"rate": rate, "seed": seed, "loss": [rate, 10.0 * seed], "kind": "a"}
    for seed in (1, 0)
    for rate in (0.2, 0.1, 0.3)
)


def test_stack_sorts_the_axes():
    stacked = RUNS.stack("loss", "rate", "seed")
    assert stacked.shape == (3, 2, 2)
    np.testing.assert_array_equal(stacked[..., 0], [[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]])
    np.testing.assert_array_equal(stacked[..., 1], [[0, 10]] * 3)
    np.testing.assert_array_equal(RUNS.stack("loss", "seed", "rate"), np.swapaxes(stacked, 0, 1))


def test_stack_of_a_kind():
    np.testing.assert_array_equal(RUNS.stack("loss", "seed", rate=0.2), [[0.2, 0], [0.2, 10]])
    np.testing.assert_array_equal(RUNS.stack("seed", "rate", seed=1), [1, 1, 1])


def test_values_leave_out_runs_without_the_field():
    assert Runs([*RUNS, {"depth": 2}]).values("rate") == [0.1, 0.2, 0.3]


def test_an_unknown_kind_says_what_is_known():
    message = (
        "There must be a run of this kind. Received: {'rate': 5}. Known values: {'rate': [0.1, 0.2, 0.3]}"
    )
    with refuses(message):
        RUNS.where(rate=5)


@pytest.mark.parametrize(
    ("runs", "axes", "number", "varied"),
    [
        (RUNS, ("rate",), 6, "{'rate': 3}"),
        (Runs(RUNS[1:]), ("rate", "seed"), 5, "{'rate': 3, 'seed': 2}"),
        (Runs([*RUNS[1:], RUNS[1]]), ("rate", "seed"), 6, "{'rate': 3, 'seed': 2}"),
    ],
    ids=["two seeds", "one missing", "one twice"],
)
def test_a_place_has_one_run(runs, axes, number, varied):
    message = (
        "There must be one run for each combination of `axes`. "
        f"Received: {number} runs of {{'kind': 'a'}}, with so many values: {varied}"
    )
    with refuses(message):
        runs.stack("loss", *axes, kind="a")


def test_lines_are_stacks_in_the_order_asked_for():
    lines = RUNS.lines("loss", "seed", rate=[0.3, 0.1])
    assert list(lines) == [0.3, 0.1]
    for rate, values in lines.items():
        assert values.tolist() == RUNS.stack("loss", "seed", rate=rate).tolist()


def test_product_counts_the_last_name_fastest():
    assert product(rate=[0.1, 1], seed=range(2)) == [
        {"rate": 0.1, "seed": 0},
        {"rate": 0.1, "seed": 1},
        {"rate": 1, "seed": 0},
        {"rate": 1, "seed": 1},
    ]


def test_by_replica_takes_each_replica_its_own():
    history = [np.array([1.0, 2.0]), np.array([3.0, 4.0])]  # an entry for each epoch, as Keras keeps it
    norms = np.arange(12).reshape(3, 2, 2)  # (steps, layers, replicas)
    first, second = by_replica(product(seed=[5, 6]), {"depth": 2}, loss=history, norms=norms)
    assert {name: first[name] for name in ("depth", "seed", "loss")} == {
        "depth": 2,
        "seed": 5,
        "loss": [1, 3],
    }
    assert (second["seed"], second["loss"]) == (6, [2, 4])
    assert second["norms"].tolist() == [[1, 3], [5, 7], [9, 11]]
