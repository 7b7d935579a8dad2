"""Broken trainings are found, with the right cause among the first two; the same repaired are left alone."""

import pytest
from faults.trainings import FAULTS, trained
from slow_cases import some_now

from dlkeras.diagnosis import Diagnosis


@pytest.mark.parametrize("name", some_now(FAULTS, "labels scaled as inputs are", "rate far too low"))
def test_a_fault_is_found_and_its_cause_named(name):
    diagnosis = Diagnosis()
    trained(name, True, diagnosis)
    assert set(diagnosis.causes[:2]) & FAULTS[name][0], diagnosis.report()


@pytest.mark.parametrize("name", some_now(FAULTS, "labels scaled as inputs are"))
def test_the_same_repaired_is_left_alone(name):
    diagnosis = Diagnosis()
    trained(name, False, diagnosis)
    assert diagnosis.problems == [], diagnosis.report()
