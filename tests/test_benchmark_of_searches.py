"""What the peers of the search are asked for: the same spaces and values as keras-tuner's searches."""

import sys
from pathlib import Path

import keras_tuner
import pytest

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

from peers import samplers


def model(hp):
    """Asks for each kind, under two conditions, and returns what it got."""
    got = {"rate": hp.Float("rate", 1e-4, 1.0, sampling="log"), "units": hp.Choice("units", [8, 32])}
    got["kind"] = hp.Choice("kind", ["sgd", "adam"])
    with hp.conditional_scope("kind", ["adam"]):
        got["decays"] = hp.Boolean("decays")
        with hp.conditional_scope("decays", [True]):
            got["depth"] = hp.Int("depth", 1, 3)
    return got


def space():
    hp = keras_tuner.HyperParameters()
    model(hp)
    return hp


def test_values_of_a_configuration_are_those_that_a_model_gets():
    told = {"rate": 0.1, "units": 1, "kind": "adam", "decays": "True", "depth": 2}
    asked = space()
    asked.values = samplers.values_of(asked, told)
    assert model(asked) == {"rate": 0.1, "units": 32, "kind": "adam", "decays": True, "depth": 2}
    asked.values = samplers.values_of(asked, {"rate": 0.1, "units": 0, "kind": "sgd"})
    assert {name: model(asked)[name] for name in ("rate", "units", "kind")} == {
        **{"rate": 0.1, "units": 8, "kind": "sgd"}
    }


def test_the_space_of_smac_has_the_same_conditions():
    pytest.importorskip("ConfigSpace", reason="a peer that not everybody installs")
    asked = space()
    made = samplers.configuration_space(asked)
    made.seed(0)
    seen = set()
    for config in made.sample_configuration(100):
        asked.values = samplers.values_of(asked, dict(config))
        active = {parameter.name for parameter in asked.space if asked.is_active(parameter)}
        assert active == set(config)
        seen.add(frozenset(active))
    assert len(seen) == 3


def test_optuna_is_asked_for_what_is_active():
    optuna = pytest.importorskip("optuna", reason="a peer that not everybody installs")
    trial = optuna.trial.FixedTrial({"rate": 0.1, "units": 1, "kind": "adam", "decays": False})
    parameters = samplers.OptunaParameters(trial)
    assert model(parameters) == {"rate": 0.1, "units": 32, "kind": "adam", "decays": False, "depth": None}
    assert parameters.seconds > 0


def test_optuna_is_told_of_a_trial_when_the_next_one_begins():
    optuna = pytest.importorskip("optuna", reason="a peer that not everybody installs")
    running, times = [], []

    def observe(parameters):
        model(parameters)
        states = (optuna.trial.TrialState.RUNNING,)
        running.append(len(parameters.trial.study.get_trials(deepcopy=False, states=states)))
        return 1.0

    known = {"method": samplers.TPE, "seed": 0, "trials": 6, "noisy": False, "at_once": 3}
    samplers.by_optuna(observe=observe, times=times, **known)
    assert running == [1, 2, 3, 3, 3, 3]
    assert len(times) == 6
