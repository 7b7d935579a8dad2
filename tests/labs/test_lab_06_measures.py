"""Bias and variance of networks with a known one; samples of one's own; images moved by a pixel."""

import numpy as np
import pytest
from lab_module import lab_module

from dlkeras.runs import Runs

MEASURES = lab_module("lab_06_regularization", "measures")
FINDINGS = lab_module("lab_06_regularization", "findings")


def test_bias_and_variance_of_answers_with_a_known_one():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 400)
    seeds, mean, spread = range(200), 0.3, 0.1  # the probability of the right class, over networks
    right = mean + spread * rng.choice([-1, 1], (len(seeds), len(labels)))
    said = np.where(np.arange(2) == labels[:, None], right[..., None], 1 - right[..., None])
    runs = Runs(
        {"part": "own", "seed": s, "width": 8, "logits": np.log(said[s]), "labels_test": labels}
        for s in seeds
    )
    bias, variance = FINDINGS.bias_and_variance(runs, width=8)
    assert bias.mean() == pytest.approx(2 * (1 - mean) ** 2, rel=0.01)  # of both classes
    assert variance.mean() == pytest.approx(2 * spread**2, rel=0.02)
    assert (bias + variance).mean() == pytest.approx(2 * np.mean((1 - right) ** 2), rel=1e-9)


def test_each_network_sees_its_own_samples_alone_and_all_of_them():
    orders = MEASURES.OwnSamples([3, 4, 3], num_own=10)
    first, second = orders.draw(25), orders.draw(25)
    assert first.shape == (3, 25)
    for order in (*first, *second):
        assert len(np.unique(order)) == 10
    np.testing.assert_array_equal(first[0], first[2])
    assert set(first[0]) == set(second[0]) != set(first[1])
    assert not np.array_equal(first[0], second[0])


def test_shifted_images_are_the_image_moved_by_a_pixel():
    x = np.random.default_rng(0).normal(size=(3, 64)).astype("float32")
    moved, labels = MEASURES.shifted(x, np.arange(3))
    assert moved.shape == (15, 64)
    np.testing.assert_array_equal(labels, np.tile(np.arange(3), 5))
    square, down = x[0].reshape(8, 8), moved[3].reshape(8, 8)
    np.testing.assert_array_equal(moved[:3], x)
    np.testing.assert_array_equal(down[1:], square[:-1])
    np.testing.assert_array_equal(down[0], square[0])  # the edge is repeated


def test_the_effective_number_of_equal_parts_is_theirs_and_of_one_part_one():
    number = MEASURES.effective_number
    np.testing.assert_allclose(number(np.array([[1.0, -1, 1, -1], [0, 5, 0, 0], [2, 2, 0, 0]])), [4, 1, 2])
    assert number(np.zeros(3)) == 0
