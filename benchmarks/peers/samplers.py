"""Searches of Optuna and SMAC3 over functions that ask for hyperparameters as keras-tuner has them."""

from __future__ import annotations

import contextlib
import tempfile
import time
import warnings
from collections import deque
from collections.abc import Callable
from importlib.util import find_spec

import keras_tuner

TPE, GP, SMAC = "TPE (Optuna)", "Gaussian process (Optuna)", "SMAC3"
PEERS = {TPE: "optuna", GP: "optuna", SMAC: "smac"}  # and the package whose version is told
NEEDS = {TPE: ("optuna",), GP: ("optuna", "torch"), SMAC: ("smac",)}


def installed() -> list[str]:
    """Returns the searches whose packages are installed."""
    return [method for method, needs in NEEDS.items() if all(map(find_spec, needs))]


class OptunaParameters:
    """Asks Optuna for what a model asks keras-tuner for.

    Args:
        trial: An `optuna.Trial`.

    Attributes:
        seconds: What its answers have taken.
    """

    def __init__(self, trial):
        self.trial, self.values, self._is_active, self.seconds = trial, {}, [True], 0.0

    def Float(self, name, low, high, sampling="linear"):  # noqa: N802
        return self._ask(name, lambda: self.trial.suggest_float(name, low, high, log=sampling == "log"))

    def Int(self, name, low, high):  # noqa: N802
        return self._ask(name, lambda: self.trial.suggest_int(name, low, high))

    def Choice(self, name, values):  # noqa: N802
        if isinstance(values[0], str):
            return self._ask(name, lambda: self.trial.suggest_categorical(name, values))
        return self._ask(name, lambda: values[self.trial.suggest_int(name, 0, len(values) - 1)])

    def Boolean(self, name):  # noqa: N802
        return self._ask(name, lambda: self.trial.suggest_categorical(name, [False, True]))

    @contextlib.contextmanager
    def conditional_scope(self, name, values):
        self._is_active.append(self._is_active[-1] and self.values.get(name) in values)
        yield
        self._is_active.pop()

    def _ask(self, name, suggest):
        if self._is_active[-1]:
            start = time.perf_counter()
            self.values[name] = suggest()
            self.seconds += time.perf_counter() - start
        return self.values.get(name)


def by_optuna(
    *, method: str, seed: int, trials: int, observe: Callable, times: list[float], noisy: bool, at_once: int
) -> None:
    """Runs a search of Optuna's, with the options that suit it best; `at_once` trials run at a time."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        if method == TPE:
            known = {"multivariate": True, "group": True, "constant_liar": at_once > 1}
            sampler = optuna.samplers.TPESampler(seed=seed, **known)
        else:
            known = {"deterministic_objective": not noisy, "warn_independent_sampling": False}
            sampler = optuna.samplers.GPSampler(seed=seed, **known)
    study = optuna.create_study(sampler=sampler)
    running = deque()
    for _ in range(trials):
        if len(running) == at_once:
            study.tell(*running.popleft())
        start = time.perf_counter()
        trial = study.ask()
        asked = time.perf_counter() - start
        parameters = OptunaParameters(trial)
        running.append((trial, observe(parameters)))  # which is told later
        times.append(asked + parameters.seconds)


def by_smac(
    space: keras_tuner.HyperParameters, seed: int, trials: int, observe: Callable, times: list
) -> None:
    """Runs a search of SMAC3 with its facade for hyperparameters; each setting is tried once."""
    from smac import HyperparameterOptimizationFacade, Scenario
    from smac.runhistory import TrialValue

    known = {"deterministic": True, "n_trials": trials, "seed": seed}
    with tempfile.TemporaryDirectory() as folder:
        scenario = Scenario(configuration_space(space), output_directory=folder, **known)
        told = {"overwrite": True, "logging_level": False}
        search = HyperparameterOptimizationFacade(scenario, lambda config, seed: 0.0, **told)
        asked = space.copy()
        for _ in range(trials):
            start = time.perf_counter()
            trial = search.ask()
            times.append(time.perf_counter() - start)
            asked.values = values_of(space, dict(trial.config))
            search.tell(trial, TrialValue(cost=observe(asked)), save=False)


def configuration_space(space: keras_tuner.HyperParameters):
    """Returns the space as ConfigSpace has it; a choice of numbers is one of their places."""
    import ConfigSpace

    made = ConfigSpace.ConfigurationSpace()
    for parameter in space.space:
        name, kind = parameter.name, type(parameter).__name__
        if kind == "Float":
            log = parameter.sampling == "log"
            own = ConfigSpace.Float(name, (parameter.min_value, parameter.max_value), log=log)
        elif kind == "Int":
            own = ConfigSpace.Integer(name, (parameter.min_value, parameter.max_value))
        elif numbers := numbers_of(parameter):
            own = ConfigSpace.Integer(name, (0, len(numbers) - 1))
        else:
            own = ConfigSpace.Categorical(name, [str(value) for value in parameter.values])
        made.add(own)
        for condition in parameter.conditions[-1:]:  # what it depends on has the conditions before
            made.add(ConfigSpace.InCondition(own, made[condition.name], list(map(str, condition.values))))
    return made


def values_of(space: keras_tuner.HyperParameters, config: dict) -> dict:
    """Returns the values that a configuration stands for."""
    values = {}
    for parameter in space.space:
        if parameter.name in config:
            value, kind = config[parameter.name], type(parameter).__name__
            if numbers := numbers_of(parameter):
                values[parameter.name] = numbers[int(value)]
            elif kind in ("Float", "Int"):
                values[parameter.name] = float(value) if kind == "Float" else int(value)
            else:
                values[parameter.name] = next(each for each in parameter.values if str(each) == value)
    return values


def numbers_of(parameter) -> list[float]:
    """Returns the numbers of a choice of numbers, else nothing."""
    is_choice = type(parameter).__name__ == "Choice" and not isinstance(parameter.values[0], str)
    return list(parameter.values) if is_choice else []
