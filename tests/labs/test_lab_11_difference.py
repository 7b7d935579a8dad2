"""Two curves and how far apart they are."""

import numpy as np
from lab_module import lab_module
from refusals import refuses

with_difference = lab_module("lab_11_optimizers", "difference").with_difference

X = np.arange(1, 31)
LOSS = np.exp(-X / [[9], [10], [11]])
LABELS = {"xlabel": "step", "ylabel": "loss (nats)", "difference_label": "distance (ulp)"}


def draw(pair=None, difference=None):
    pair = pair or {"built-in": LOSS, "ours": 2 * LOSS}
    return with_difference(X, pair, 3 * LOSS if difference is None else difference, **LABELS)


def test_pair_and_difference_stand_on_axes_of_their_own():
    left, right = draw().axes
    built_in, ours = left.get_lines()
    np.testing.assert_allclose(built_in.get_ydata(), np.median(LOSS, axis=0))
    np.testing.assert_allclose(ours.get_ydata(), np.median(2 * LOSS, axis=0))
    assert built_in.get_linewidth() > 3 * ours.get_linewidth()  # both can be seen where they coincide
    (apart,) = right.get_lines()
    np.testing.assert_allclose(apart.get_ydata(), np.median(3 * LOSS, axis=0))
    assert right.get_ylim()[0] == 0
    assert (left.get_ylabel(), right.get_ylabel()) == ("loss (nats)", "distance (ulp)")
    assert draw(difference=0 * LOSS).axes[1].get_ylim()[1] > 0  # equal curves can be drawn


def test_refusals():
    with refuses("`pair` must have two curves. Received: ours."):
        draw(pair={"ours": LOSS})
    with refuses(f"`difference` must be at least 0. Received: minimum={(LOSS - 1).min():g}."):
        draw(difference=LOSS - 1)
