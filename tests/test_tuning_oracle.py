"""The oracle with invented scores: every kind of hyperparameter and every way a trial can end."""

import json
import threading

import keras_tuner
import numpy as np
import pytest
from keras_tuner.engine import hyperparameters as kinds
from refusals import refuses
from tuning_oracles import MAX, MIN, end, make, ranges, run

from dlkeras.tuning import CoarseToFineOracle


def loss(values):
    deep = abs(values.get("deep", 1.0) - 0.5)
    return (np.log10(values["rate"]) + 2) ** 2 + (values["kind"] == "a") + deep + abs(values["depth"] - 3)


def test_every_value_is_one_that_the_hyperparameter_has():
    trials = run(make(max_trials=60), loss)
    texts = [json.dumps(trial.hyperparameters.values, sort_keys=True) for trial in trials]
    assert len(set(texts)) == len(texts) == 60  # none twice
    for trial in trials:
        values = trial.hyperparameters.values
        assert 1e-4 <= values["rate"] <= 1
        assert 0.9 <= values["beta"] <= 0.999
        assert type(values["depth"]) is int
        assert values["depth"] in range(1, 6)
        assert values["fixed"] == 3
        assert ("nested" in values) == (values["kind"] == "b")
        assert ("deep" in values) == values.get("nested", False)
        assert values.get("deep", 0.0) in (0.0, 0.25, 0.5, 0.75, 1.0)


@pytest.mark.parametrize(("objective", "sign"), [(MIN, 1), (MAX, -1)], ids=["min", "max"])
def test_it_goes_down_or_up(objective, sign):
    oracle = make(objective, max_trials=40)
    run(oracle, lambda values: sign * loss(values))
    best = oracle.get_best_trials(3)
    assert sign * best[0].score < 0.6
    assert [sign * trial.score for trial in best] == sorted(sign * trial.score for trial in best)
    other = make(MAX if objective is MIN else MIN, max_trials=40)
    run(other, lambda values: -sign * loss(values))
    values = [[t.hyperparameters.values for t in o.trials.values()] for o in (oracle, other)]
    assert values[0] == values[1]  # the same search upside down


def test_each_trial_says_its_stage():
    oracle = make(max_trials=40)
    run(oracle, loss)
    notes = [oracle.notes[trial_id] for trial_id in oracle.start_order]
    assert [note["number"] for note in notes] == list(range(40))
    assert [note["stage"] for note in notes[:6]] == ["coarse"] * 6
    assert notes[-1]["stage"] in ("coarse", "fine 5")
    fine = next(note for note in notes if note["stage"] == "fine 1")
    assert set(fine["box"]) <= {"rate", "beta", "depth", "kind", "nested", "deep", "fixed"}
    low, high = fine["box"]["rate"]
    assert 1e-4 <= low < high <= 1


def test_a_seed_of_zero_is_zero():
    same = [[t.hyperparameters.values for t in run(make(seed=0), loss)] for _ in range(2)]
    assert same[0] == same[1]
    assert make(seed=0).seed == 0
    assert run(make(seed=1), loss)[0].hyperparameters.values != same[0][0]
    assert make(seed=None).seed > 0


def test_scores_of_executions_are_kept_and_averaged():
    oracle = make()
    trial = oracle.create_trial("w")
    end(oracle, trial, [1.0, 2.0, 6.0])
    assert trial.score == 3.0
    assert trial.metrics.get_history("loss")[0].value == [1.0, 2.0, 6.0]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_score_that_is_not_finite_fails_with_its_reason(bad):
    oracle = make()
    trial = oracle.create_trial("w")
    end(oracle, trial, [1.0, bad])
    assert trial.status == "FAILED"
    assert trial.score is None
    assert trial.message == f"`loss` must be finite. Received: {bad}"
    assert oracle.get_best_trials(5) == []


def test_a_trial_is_run_again_when_there_are_retries():
    oracle = make(max_retries_per_trial=1)
    first = oracle.create_trial("w")
    end(oracle, first, np.nan)
    assert first.status == "INVALID"
    again = oracle.create_trial("w")
    assert again.trial_id == first.trial_id
    assert oracle.attempt_of(again.trial_id) == 1
    end(oracle, again, 2.0)
    assert (again.status, again.score) == ("COMPLETED", 2.0)


def test_failures_in_a_row_end_the_search():
    oracle = make(max_consecutive_failed_trials=2)
    end(oracle, oracle.create_trial("w"), 1.0)
    end(oracle, oracle.create_trial("w"), status="FAILED", message="no")
    end(oracle, oracle.create_trial("w"), 2.0)
    end(oracle, oracle.create_trial("w"), status="FAILED", message="no")
    with pytest.raises(RuntimeError) as error:
        end(oracle, oracle.create_trial("w"), status="FAILED", message="Traceback\nOSError: the disk is full")
    assert str(error.value) == (
        "Number of consecutive failures exceeded the limit of 2: the search stops. "
        "The last trial failed for: "
        "OSError: the disk is full\nTraceback\nOSError: the disk is full"
    )
    assert oracle.create_trial("w").status == "STOPPED"
    assert [trial.score for trial in oracle.get_best_trials(9)] == [1.0, 2.0]
    oracle.begin()  # a new call of search
    assert oracle.create_trial("w").status == "RUNNING"


def test_what_still_runs_does_not_start_a_stopped_search_anew():
    oracle = make(max_consecutive_failed_trials=1)
    first, second = oracle.create_trial("a"), oracle.create_trial("b")
    with pytest.raises(RuntimeError, match="exceeded the limit of 1: the search stops"):
        end(oracle, first, status="FAILED")
    end(oracle, second, 1.0)
    assert oracle.create_trial("a").status == "STOPPED"


def test_trials_of_an_interrupted_call_are_given_out_again():
    oracle = make()
    trials = [oracle.create_trial(name) for name in "abc"]
    end(oracle, trials[1], 1.0)
    oracle.begin()
    again = [oracle.create_trial("d") for _ in range(2)]
    assert again[0] is again[1] is trials[0]
    assert oracle.create_trial("e") is trials[2]


def test_entries_found_late_join_the_search():
    oracle = make(hyperparameters=None, max_trials=40)
    seen = []
    for number in range(40):
        trial = oracle.create_trial("w")
        hp = trial.hyperparameters
        x = hp.Float("x", 0.0, 1.0)
        y = hp.Float("y", 0.0, 1.0, default=0.9) if number >= 5 else 0.9
        seen.append((x - 0.3) ** 2 + (y - 0.2) ** 2)
        end(oracle, trial, seen[-1])
    assert [hp.name for hp in oracle.get_space().space] == ["x", "y"]
    assert min(seen) < 0.01


def test_two_workers_without_a_space_do_not_end_the_search():
    oracle = make(hyperparameters=None)
    first, second = oracle.create_trial("a"), oracle.create_trial("b")
    assert [first.status, second.status] == ["RUNNING", "RUNNING"]
    assert first.trial_id != second.trial_id
    for trial in (first, second):
        trial.hyperparameters.Float("x", 0.0, 1.0)
        end(oracle, trial, 1.0)
    assert "x" in oracle.create_trial("a").hyperparameters.values


def test_workers_get_trials_of_their_own_and_never_wait():
    oracle = make(max_trials=12)
    trials = [oracle.create_trial(f"w{i}") for i in range(8)]
    assert len({trial.trial_id for trial in trials}) == 8
    assert oracle.create_trial("w3") is trials[3]
    for trial in reversed(trials):
        end(oracle, trial, loss(trial.hyperparameters.values))
    assert oracle.end_order == [trial.trial_id for trial in reversed(trials)]
    end(oracle, trials[0], 99.0)  # a worker that was thought dead: the first outcome counts
    assert trials[0].score != 99.0
    assert [oracle.create_trial(f"w{i}").status for i in range(5)] == ["RUNNING"] * 4 + ["STOPPED"]


def test_a_method_that_raises_holds_no_lock():
    oracle = make()
    with pytest.raises(KeyError):
        oracle.end_trial(keras_tuner.engine.trial.Trial(ranges(), "unknown"))
    done = []
    thread = threading.Thread(target=lambda: done.append(oracle.create_trial("other").status), daemon=True)
    thread.start()
    thread.join(30)
    assert done == ["RUNNING"]


def test_good_values_come_first():
    oracle = make()
    oracle.enqueue({"rate": 0.01, "kind": "b", "nested": True, "deep": 0.5})
    oracle.enqueue({"rate": 0.01, "kind": "b", "nested": True, "deep": 0.5})  # the script again
    oracle.enqueue({"depth": 3})
    first, second, third = (oracle.create_trial(f"w{i}") for i in range(3))
    assert first.hyperparameters.values == {
        **{"rate": 0.01, "beta": 0.9, "depth": 1, "kind": "b", "nested": True, "deep": 0.5, "fixed": 3}
    }
    assert second.hyperparameters.values == {"rate": 1e-4, "beta": 0.9, "depth": 3, "kind": "a", "fixed": 3}
    assert [oracle.notes[t.trial_id]["stage"] for t in (first, second, third)] == ["given", "given", "coarse"]


def test_values_that_cannot_be_are_refused():
    oracle = make()
    with refuses(
        "`values` must name hyperparameters of the search, which are: "
        "beta, deep, depth, fixed, kind, nested, rate. Received: lr"
    ):
        oracle.enqueue({"lr": 1})
    with refuses("`values` must have for 'kind' one of: 'a', 'b'. Received: 'c'"):
        oracle.enqueue({"kind": "c"})
    with refuses(
        "`values` must have for 'rate' a number from 0.0001 to 1.0. Received: 2. "
        "Widen the range in the model."
    ):
        oracle.enqueue({"rate": 2})
    with refuses("`values` must have for 'rate' a number. Received: 'fast'"):
        oracle.enqueue({"rate": "fast"})


@pytest.mark.parametrize(
    ("name", "value", "must"),
    [
        ("max_trials", 0, "be at least 1"),
        ("max_trials", 2.5, "be an integer"),
        ("seed", -1, "be at least 0"),
        ("seed", "a", "be an integer"),
        ("max_consecutive_failed_trials", 0, "be at least 1"),
        ("max_retries_per_trial", -1, "be at least 0"),
    ],
)
def test_arguments_are_checked(name, value, must):
    kind = TypeError if must == "be an integer" else ValueError
    with refuses(f"`{name}` must {must}. Received: {name}={value!r}", kind):
        make(**{name: value})


def test_a_search_without_a_limit_goes_on():
    oracle = make(max_trials=None)
    for _ in range(70):
        end(oracle, oracle.create_trial("w"), 1.0)
    assert oracle.create_trial("w").status == "RUNNING"


def test_several_objectives():
    oracle = CoarseToFineOracle([MIN, MAX], max_trials=5, hyperparameters=ranges())
    oracle.verbose = 0
    trial = oracle.create_trial("w")
    oracle.update_trial(trial.trial_id, {"loss": 3.0, "score": 1.0, "multi_objective": 2.0})
    trial.status = "COMPLETED"
    oracle.end_trial(trial)
    assert trial.score == 2.0


def test_a_subclass_of_a_kind_is_kept_through_a_reload(tmp_path):
    oracle = make(folder=tmp_path)
    run(oracle, loss)
    other = make(folder=tmp_path, hyperparameters=None)
    other.reload()
    assert [type(hp) for hp in other.get_space().space] == [type(hp) for hp in ranges().space]
    assert isinstance(other.get_space().space[1], kinds.Float)
