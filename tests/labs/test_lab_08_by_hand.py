"""The backward pass by hand of lab 8: right without a bug, and a bug spoils the tensors that it names."""

import numpy as np
import pytest
from lab_module import lab_module

from dlkeras import data
from dlkeras.gradcheck import check_gradients

BY_HAND = lab_module("lab_08_gradient_checking", "by_hand")


@pytest.fixture(scope="module")
def start():
    return BY_HAND.starting_point(data.load("wine"), width=3, batch_size=8, seed=0)


@pytest.mark.parametrize("bug", BY_HAND.BUGS)
def test_a_check_blames_the_tensors_that_a_bug_makes_wrong(start, bug):
    p, *batch = start
    check = check_gradients(BY_HAND.Loss(*batch), p, BY_HAND.gradients_by_hand(p, *batch, bug))
    assert sorted(check.wrong) == sorted(BY_HAND.BUGS[bug])


def test_a_loss_counts_its_calls_and_keeps_its_masks_unless_it_may_draw(start):
    p, *batch = start
    kept, drawn = BY_HAND.Loss(*batch), BY_HAND.Loss(*batch, np.random.default_rng(0))
    assert kept(p) == kept(p)
    assert drawn(p) != drawn(p)
    assert (kept.calls, drawn.calls) == (2, 2)


def test_masks_drawn_anew_spoil_a_gradient(start):
    assert BY_HAND.redrawn(*start, seed=0) > 0.5
