"""Confidence, temperature and convex regions of answers whose truth is known."""

import numpy as np
import pytest
from lab_module import lab_module

CALIBRATION = lab_module("lab_17_softmax", "calibration")
REGIONS = lab_module("lab_17_softmax", "regions")


def drawn(num, temperature):
    """Logits that are `temperature` times too large for the labels drawn from them."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (num, 4))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (chances.cumsum(axis=1) < rng.random((num, 1))).sum(axis=1)
    return logits * temperature, labels


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_of_drawn_labels_is_found(temperature):
    logits, labels = drawn(20_000, temperature)
    assert CALIBRATION.best_temperature(logits, labels) == pytest.approx(temperature, rel=0.05)
    assert abs(CALIBRATION.overconfidence(logits, labels, temperature)) < 0.01


def test_logits_too_large_are_overconfident_and_too_small_ones_the_opposite():
    assert CALIBRATION.overconfidence(*drawn(5000, 3.0)) > 0.1
    assert CALIBRATION.overconfidence(*drawn(5000, 0.3)) < -0.1


def test_each_half_has_the_temperature_of_the_other():
    logits, labels = drawn(20_000, 1.0)
    logits[::2] *= 4
    found = CALIBRATION.temperatures(logits, labels)
    assert found[0] == pytest.approx(1, rel=0.1)
    assert found[1] == pytest.approx(4, rel=0.1)


def test_half_planes_are_left_by_no_segment_and_a_ring_by_many():
    points = REGIONS.on_segments()
    assert REGIONS.crossings((points @ [1.0, 0.3] > 0.2).astype(int)) == 0
    assert REGIONS.crossings((np.linalg.norm(points, axis=-1) < 1).astype(int)) > 0.05
