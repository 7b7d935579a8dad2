"""Lab 5: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import itertools
import math

import numpy as np


def he_by_unit(n_in, n_out, rng):
    rows = [rng.standard_normal(n_in) / np.sqrt(n_in / 2) for _ in range(n_out)]
    return np.array(rows), np.array([[0.0]] * n_out)


def he_transposed(n_in, n_out, rng):
    return np.sqrt(2.0 / n_in) * rng.normal(size=(n_in, n_out)).T, np.zeros((n_out, 1), dtype=int)


def he_in_float32(n_in, n_out, rng):
    W = rng.standard_normal((n_out, n_in), dtype=np.float32) * np.float32(2 / n_in) ** 0.5
    return [W, np.zeros((n_out, 1), np.float32)]


def uniform_by_random(n_in, n_out, rng):
    return (2 * rng.random((n_out, n_in)) - 1) * math.sqrt(6 / (n_in + n_out))


def uniform_by_row(n_in, n_out, rng):
    limit = 6**0.5 / (n_in + n_out) ** 0.5
    return np.stack([rng.uniform(low=-limit, high=limit, size=n_in) for _ in range(n_out)])


def initialize_by_pairs(sizes, rng):
    parameters = {}
    for i, (n_in, n_out) in enumerate(itertools.pairwise(sizes), start=1):
        parameters[f"b{i}"] = np.zeros((n_out, 1))
        parameters["W" + str(i)] = rng.normal(0, (2 / n_in) ** 0.5, size=(n_out, n_in))
    return parameters


def initialize_backward(sizes, rng):
    names = range(len(sizes) - 1, 0, -1)
    drawn = {f"W{i}": rng.standard_normal((sizes[i], sizes[i - 1])) for i in names}
    scaled = {name: W / np.sqrt(W.shape[1] / 2) for name, W in drawn.items()}
    return scaled | {f"b{i}": np.zeros((sizes[i], 1)) for i in names}


def initialize_in_float32(sizes, rng):
    found = {}
    for i in range(len(sizes) - 1):
        W = rng.standard_normal((sizes[i + 1], sizes[i])).astype("float32")
        found[f"W{i + 1}"], found[f"b{i + 1}"] = W * np.float32(math.sqrt(2 / sizes[i])), W[:, :1] * 0
    return found


def squares_recursively(X, weights):
    if not weights:
        return np.empty(0)
    A = (W := weights[0] @ X) * (W > 0)
    return np.append((A * A).mean(), squares_recursively(A, weights[1:]))


def squares_by_norm(X, weights):
    A, found = X.astype(np.float32), []
    for W in weights:
        A = np.where((Z := W.astype(np.float32) @ A) > 0, Z, 0)
        found.append(np.linalg.norm(A) ** 2 / A.size)
    return found


def squares_into_an_array(X, weights):
    q = np.zeros(len(weights))
    A = X
    for i in range(len(weights)):
        A = np.einsum("ij,jm->im", weights[i], A).clip(0)
        q[i] = np.einsum("im,im->", A, A) / (A.shape[0] * A.shape[1])
    return q


def factor_by_covariance(q):
    layers = np.arange(1, len(q) + 1)
    return math.exp(np.cov(layers, np.log(q))[0, 1] / np.var(layers, ddof=1))


def factor_by_least_squares(q):
    ones = np.column_stack([np.arange(len(q)), np.ones(len(q))])
    return 2 ** np.linalg.lstsq(ones, np.log2(q))[0][0]


def factor_by_formula(q):
    layers, logs = np.arange(len(q)) - (len(q) - 1) / 2, np.log(q)
    return np.exp(layers @ logs / (layers @ layers))


ANSWERS = {
    "start_spreads": (
        [("n_in + n_out", "n_in * n_out"), ("n_in + n_out", "n_in")],
        [
            lambda n_in, n_out: (math.sqrt(2 / (n_in + n_out)), math.sqrt(2 / n_in)),
            lambda n_in, n_out: np.sqrt([2 / (n_out + n_in), 2 / n_in]).tolist(),
            lambda n_in, n_out: (np.float32(2 / (n_in + n_out)) ** 0.5, (2 / n_in) ** 0.5),
        ],
    ),
    "he_layer": (
        [("np.zeros((n_out, 1))", "np.zeros(n_out)"), ("np.zeros(", "np.ones("), ("normal(0,", "normal(1,")],
        [he_by_unit, he_transposed, he_in_float32],
    ),
    "glorot_uniform": (
        [("(n_out, n_in))", "(n_in, n_out))"), ("-limit, limit", "-limit, 2 * limit")],
        [
            uniform_by_random,
            uniform_by_row,
            lambda a, b, rng: np.sqrt(6 / (a + b)) * rng.uniform(-1, 1, (b, a)),
        ],
    ),
    "initialize": (
        [
            ("np.zeros((n_out, 1))", "np.zeros((1, n_out))"),
            ("size=(n_out, n_in)", "size=(n_in, n_out)"),
            ('f"W{layer}"', 'f"W{layer - 1}"'),
            ("np.zeros(", "np.ones("),
        ],
        [initialize_by_pairs, initialize_backward, initialize_in_float32],
    ),
    "mean_squares": (
        [
            ("np.maximum", "np.minimum"),
            ("X**2", "X**3"),
            ("found.append", "found = [1, *found]; found.append"),
        ],
        [squares_recursively, squares_by_norm, squares_into_an_array],
    ),
    "factor_per_layer": (
        [("len(q)", "len(q)) * 2 + (0"), ("np.exp(slope)", "np.exp(slope / 2)")],
        [factor_by_covariance, factor_by_least_squares, factor_by_formula],
    ),
}
