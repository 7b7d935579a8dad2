"""The contract of every exercise: mistakes are rejected and named, right answers of any form accepted."""

import importlib
import re
import subprocess
from pathlib import Path

import pytest

from dlkeras.learn.catalogue import all_entries
from dlkeras.learn.exercise import Exercise
from dlkeras.learn.grade import FAILED, OPEN, PASSED, grade
from dlkeras.learn.variants import made_from, variant

LEAST_MISTAKES, LEAST_RIGHT = 8, 3
ROOT = Path(__file__).parents[2]
ENTRIES = all_entries(ROOT / "labs")
each = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
each_in_time = pytest.mark.parametrize(  # Keras takes a hundred times as long as NumPy
    "entry",
    [pytest.param(e, marks=[pytest.mark.slow] * e.exercise.needs_keras) for e in ENTRIES],
    ids=lambda entry: entry.name,
)


def answers(entry) -> tuple[list, list]:
    return importlib.import_module(f"lab_{entry.lab:02d}_answers").ANSWERS[entry.exercise.name]


def committed(path: Path) -> str:
    """What the repository has under a name; a learner's own file may have an answer in it."""
    command = ["git", "show", f"HEAD:{path.relative_to(ROOT).as_posix()}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout


@each
def test_the_learners_file_asks_and_is_open(entry):
    if entry.path.read_text(encoding="utf-8") != entry.stub:
        assert committed(entry.path) == entry.stub
    assert grade(made_from(entry.exercise, entry.stub), entry.exercise).state == OPEN


@each
def test_our_solution_passes(entry):
    for seed in range(3):
        assert grade(entry.exercise.solution, entry.exercise, seed).state == PASSED


@each_in_time
def test_every_mistake_is_rejected_and_known_ones_are_named(entry):
    exercise, (others, _) = entry.exercise, answers(entry)
    assert len(exercise.mistakes) + len(others) >= LEAST_MISTAKES
    for name, (old, new) in exercise.mistakes.items():
        result = grade(variant(exercise, old, new), exercise)
        assert (result.state, result.mistake) == (FAILED, name), (old, new, result)
    for old, new in others:
        result = grade(variant(exercise, old, new), exercise)
        assert result.state == FAILED, (old, new)


@each_in_time
def test_right_answers_of_other_forms_are_accepted(entry):
    _, right = answers(entry)
    assert len(right) >= LEAST_RIGHT
    for function in right:
        for seed in range(2):
            assert grade(function, entry.exercise, seed).state == PASSED, (
                function.__name__,
                grade(function, entry.exercise, seed),
            )


@each
def test_the_figure_is_one_of_the_labs(entry):
    assert f'"{entry.exercise.figure}":' in (entry.folder / "figures.py").read_text(encoding="utf-8")
    assert entry.exercise.equation
    assert len(entry.exercise.hints) >= 2


def test_there_are_enough():
    labs = [entry.lab for entry in ENTRIES]
    assert len(ENTRIES) >= 60
    assert all(labs.count(number) >= 3 for number in range(1, 20))
    names = [entry.exercise.name for entry in ENTRIES]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]+", name) for name in names)


def test_the_contract_can_be_broken():
    def double(x):
        """Doubles.

        y = 2 x
        """
        return 2 * x

    exercise = Exercise(double, lambda draw: (draw.normal(2),), lambda x: x + x, "error", ())
    assert grade(lambda x: x + x, exercise).state == PASSED
    assert grade(lambda x: x**2, exercise).state == FAILED
    assert grade(lambda x: -2 * x, exercise).mistake == "The sign is the other way round."
