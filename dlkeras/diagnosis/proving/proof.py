"""Tries the changes that were proposed, from the same seeds, and judges what each gained."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from dlkeras.base.checks import checked_integer
from dlkeras.diagnosis.evidence import Evidence
from dlkeras.diagnosis.problem import Change, Problem
from dlkeras.diagnosis.proving.applying import changed_fit, changed_model, changed_samples
from dlkeras.diagnosis.watching.skill import skill_of
from dlkeras.findings import Finding, judge
from dlkeras.population import Population

HELD_OUT = 0.2
LEAST_RATE = 0.003  # for samples and weights of unit scale
MATTERS = 0.05  # of skill: the smallest gain worth a change


@dataclass(frozen=True)
class Trial:
    """A change that was tried.

    Attributes:
        change: The change.
        before: Skill on held-out samples of the training as it is, by seed, (n,).
        after: The same with the change, (n,).
        finding: What it gained, with interval and verdict.
    """

    change: Change
    before: np.ndarray
    after: np.ndarray
    finding: Finding

    @property
    def is_recommended(self) -> bool:
        """Whether the gain is supported."""
        return self.finding.verdict == "supported"


def try_changes(
    problems: Sequence[Problem],
    evidence: Evidence,
    build: Callable[..., keras.Model],
    x: np.ndarray,
    y: np.ndarray,
    seeds: int = 5,
    validation_data: tuple[np.ndarray, np.ndarray] | None = None,
    most: int | None = None,
) -> list[Trial]:
    """Trains as it is and with each change that can be made by itself; see `Diagnosis.try_changes`."""
    seeds = checked_integer("seeds", seeds)
    most = None if most is None else checked_integer("most", most)
    train, held_out = _parts(np.asarray(x), np.asarray(y), validation_data)
    fit = {
        "epochs": evidence.fit.get("epochs") or 1,
        "batch_size": evidence.fit.get("batch_size") or 32,
        "shuffle": evidence.fit.get("shuffle", True),
    }
    before = _skills({}, evidence, build, train, held_out, fit, seeds)
    trials = []
    for change in _to_try(problems)[:most]:
        after = _skills(change.settings, evidence, build, train, held_out, fit, seeds)
        measured = "skill on held-out samples, gained by the change"
        finding = judge(change.words, measured, after, "skill", above=MATTERS, baseline=before)
        trials.append(Trial(change, before, after, finding))
    return sorted(trials, key=lambda trial: -trial.finding.effect)


def _to_try(problems: Sequence[Problem]) -> list[Change]:
    """Each change that can be made by itself, and all of them together, where there are several."""
    found: list[Change] = []
    for problem in problems:
        if problem.change.settings and problem.change.settings not in [each.settings for each in found]:
            found.append(problem.change)
    if len(found) > 1:
        settings = {name: value for each in reversed(found) for name, value in each.settings.items()}
        if "learning_rate" in settings and settings.keys() & {"x", "y", "initializer"}:
            # The rate was found for steps that the wrong scale had made large.
            settings["learning_rate"] = max(settings["learning_rate"], LEAST_RATE)
        found.append(Change("All of these together.", "\n".join(each.code for each in found), settings))
    return found


def _parts(x: np.ndarray, y: np.ndarray, validation_data) -> tuple[tuple, tuple]:
    if validation_data is not None:
        return (x, y), tuple(np.asarray(each) for each in validation_data[:2])
    order = np.random.default_rng(0).permutation(len(x))
    num_val = max(1, round(HELD_OUT * len(x)))
    val, train = order[:num_val], np.sort(order[num_val:])
    return (x[train], y[train]), (x[val], y[val])


def _skills(settings, evidence, build, train, held_out, fit: dict[str, Any], seeds: int) -> np.ndarray:
    (x, y), (x_val, y_val) = changed_samples(settings, train, held_out)
    arguments = changed_fit(settings, fit, y)
    is_logit = evidence.outputs[0].from_logits and "loss" not in settings

    def make(seed):
        keras.utils.set_random_seed(seed)
        model = build(seed) if inspect.signature(build).parameters else build()
        if settings:
            keras.utils.set_random_seed(seed)
            model = changed_model(model, settings, x)
        return model

    try:
        outputs = _trained_together(make, range(seeds), x, y, x_val, arguments)
    except (TypeError, ValueError):  # what a population cannot be made of
        outputs = (_trained(make(seed), x, y, x_val, arguments) for seed in range(seeds))
    found = [skill_of(y_val, output, evidence.y[0].kind, is_logit) for output in outputs]
    return np.array([skill if np.isfinite(skill) and skill > 0 else 0.0 for skill in found])  # or a constant


def _trained_together(make, seeds, x, y, x_val, arguments: dict[str, Any]) -> np.ndarray:
    """Trains all seeds as one population; gives what each predicts, (seeds, n, ...)."""
    model = make(seeds[0])
    if type(model) is not keras.Sequential:
        raise TypeError("A model of the user's own may train in another way.")
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "`build` gives all seeds the same weights"
        )  # they may start at zero
        population = Population(make, seeds)
    population.compile(type(model.optimizer).from_config(model.optimizer.get_config()), model.loss)
    population.fit(x, y, verbose=0, **arguments)
    return population.predict(x_val)


def _trained(model, x, y, x_val, arguments: dict[str, Any]) -> np.ndarray:
    model.fit(x, y, verbose=0, **arguments)
    return model.predict(x_val, verbose=0)
