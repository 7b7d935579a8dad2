"""Corrections against hand-worked and published numbers, and a choice that is not judged on its own seeds."""

import numpy as np
import pytest

from dlkeras.findings import benjamini_hochberg, best_by_others, holm, judge

# Benjamini and Hochberg (1995), section 4: at 5 % Bonferroni's and Holm's procedures keep 3, their own 4.
PUBLISHED = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
    *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
]


def test_the_published_example():
    shuffled = np.random.default_rng(0).permutation(15)
    p_values = np.array(PUBLISHED)[shuffled]
    assert sorted(shuffled[benjamini_hochberg(p_values) <= 0.05]) == [0, 1, 2, 3]
    assert sorted(shuffled[holm(p_values) <= 0.05]) == [0, 1, 2]


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == pytest.approx([1, 1])


@pytest.mark.parametrize("correct", [holm, benjamini_hochberg])
def test_what_is_not_left_to_chance_does_not_count(correct):
    corrected = correct([np.nan, 0.02, np.nan, 0.01])
    assert np.isnan(corrected[[0, 2]]).all()
    assert corrected[[1, 3]] == pytest.approx([0.02, 0.02])
    assert np.isnan(correct([np.nan])).all()
    assert correct([]).shape == (0,)


def count_supported(choose, experiments=400, settings=9, seeds=20):
    rng, supported = np.random.default_rng(0), 0
    for _ in range(experiments):
        costs, rival = rng.normal(size=(settings, seeds)), rng.normal(size=seeds)
        finding = judge("s", "m", choose(costs), "u", baseline=rival, below=0)
        supported += finding.verdict == "supported"
    return supported / experiments


def test_the_best_of_equal_settings_is_no_better_than_an_equal_rival():
    assert count_supported(lambda costs: best_by_others(costs)[1]) <= 0.05
    # Chosen and judged on the same seeds it seems to be.
    assert count_supported(lambda costs: costs[np.median(costs, axis=1).argmin()]) > 0.05


def test_a_setting_that_diverges_is_not_chosen_and_a_better_one_is():
    costs = np.array([[np.inf] * 4, [2.0, 2.1, 2.2, 2.3], [1.0, 1.1, np.inf, 1.2]])
    places, lowest = best_by_others(costs)
    assert places.tolist() == [2, 1, 2, 1] or places.tolist() == [2, 2, 2, 2]
    assert lowest.tolist() == costs[places, range(4)].tolist()
    places, lowest = best_by_others(costs[:, :1])
    assert (places.tolist(), lowest.tolist()) == ([2], [1.0])
