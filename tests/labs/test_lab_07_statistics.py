"""The condition number of columns against the Hessian written out, and tests by their own statistics."""

import numpy as np
import pytest
from lab_module import lab_module

CURVATURE = lab_module("lab_07_input_normalization", "curvature")
WHOSE = lab_module("lab_07_input_normalization", "whose_statistics")


def test_the_condition_number_is_that_of_the_hessian():
    """Softmax regression at weights of zero, its Hessian written out over all weights and biases."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 3)) * [1, 5, 0.2] + [0, 2, 0]
    inputs = np.c_[x, np.ones(40)]
    of_classes = np.eye(3) / 3 - np.ones((3, 3)) / 9  # where all classes are equally likely
    hessian = sum(np.kron(np.outer(row, row), of_classes) for row in inputs) / len(inputs)
    eigenvalues = np.linalg.eigvalsh(hessian)
    curved = eigenvalues[eigenvalues > 1e-12]  # a constant added to all logits changes nothing
    assert len(curved) == 8
    assert CURVATURE.condition_number(x) == pytest.approx(curved[-1] / curved[0], rel=1e-9)


def test_a_single_sample_less_its_mean_says_nothing():
    x, y = np.array([[3.0, -1.0]]), np.array([0])
    kernel, bias = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.0, 0.5])
    assert WHOSE._points_lost(x, y, kernel, bias) == 100  # right, and wrong once all columns are 0


def test_samples_that_are_normalized_already_lose_nothing():
    x = np.array([[1.0], [-1.0]])
    assert WHOSE._points_lost(x, np.array([0, 1]), np.array([[1.0, -1.0]]), np.zeros(2)) == 0
