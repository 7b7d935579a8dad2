"""The mistakes that are made by rule, for the benchmark of the exercises."""

import numpy as np
from generated_mutants import mutants


def positive_mean(values, by=2):
    """Computes the mean of those above zero."""
    total = 0
    for value in values:
        if value > 0:
            total += value
    return np.sum([total], axis=0) * -1 / len(values)


CHANGES = [
    "total = 0 -> pass",
    "total += value -> total -= value",
    "value > 0 -> value >= 0",
    "value > 0 -> value < 0",
    "0 -> 1",
    "0 -> -1",
    "np.sum([total], axis=0) -> np.sum([total])",
    "np.sum([total], axis=0) * -1 / len(values) -> np.sum([total], axis=0) * -1 * len(values)",
    "np.sum([total], axis=0) * -1 -> np.sum([total], axis=0) / -1",
    "-1 -> +1",
]


def test_each_change_is_a_function_of_its_own():
    found = list(mutants(positive_mean))
    words = [words for words, _ in found]
    assert set(CHANGES) - {"total = 0 -> pass"} <= set(words)
    original = next(mutants(positive_mean))[1]
    assert len({source for _, source in found}) == len(found)
    assert all(source.startswith("def positive_mean(values, by=") for _, source in found)
    assert "Computes" not in original


def test_lines_are_removed():
    removed = [source for words, source in mutants(positive_mean) if "pass" in words]
    assert len(removed) == 5  # total, the loop, the condition, the sum, the return
