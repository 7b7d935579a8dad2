"""Lab 6: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import numpy as np


def penalty_by_norm(weights, lambd, m):
    return 0.5 * lambd / m * sum(np.linalg.norm(W) ** 2 for W in weights)


def penalty_by_loop(weights, lambd, m):
    total = 0
    for W in weights:
        for row in W:
            total += row @ row
    return total * lambd / m / 2


def penalty_flat(weights, lambd, m):
    flat = np.concatenate([W.ravel() for W in weights]).astype(np.float32)
    return np.dot(flat, flat) * lambd / (2 * m)


def gradient_by_entry(dW, W, lambd, m):
    new = np.empty(W.shape)
    for i in range(W.shape[0]):
        for j in range(W.shape[1]):
            new[i, j] = dW[i, j] + W[i, j] * lambd / m
    return new


def decayed_in_two_steps(W, dW, rate, lambd, m):
    new = W.copy()
    new -= rate * lambd * W / m
    new -= rate * dW
    return new


def dropout_by_draws(A, keep_prob, rng):
    D = rng.binomial(1, keep_prob, A.shape)
    return np.where(D == 1, A / keep_prob, 0), D


def dropout_of_a_copy(A, keep_prob, rng):
    D = rng.uniform(size=A.shape) > 1 - keep_prob
    new = A.copy() / keep_prob
    new[~D] = 0
    return new, D.astype(int)


def dropout_in_float32(A, keep_prob, rng):
    D = (rng.random(A.shape, dtype=np.float32) < keep_prob).astype(np.float32)
    return np.float32(A) * D / np.float32(keep_prob), D


def backward_by_mask(dA, D, keep_prob):
    new = np.zeros(dA.shape)
    new[D == 1] = dA[D == 1] / keep_prob
    return new


def apart_by_difference(answers, truth):
    error = np.mean((answers - truth) ** 2)
    bias = np.mean((np.mean(answers, axis=0) - truth) ** 2)
    return bias, error - bias


def apart_by_loop(answers, truth):
    networks, samples = answers.shape
    middle = sum(answers) / networks
    variance = sum(np.sum((own - middle) ** 2) for own in answers) / networks / samples
    return np.sum(np.square(middle - truth)) / samples, variance


ANSWERS = {
    "l2_penalty": (
        [("W**2", "W"), ("sum(np", "max(np"), ("lambd / ", "lambd**2 / ")],
        [penalty_by_norm, penalty_by_loop, penalty_flat],
    ),
    "l2_gradient": (
        [("return dW + lambd / m * W", "dW += lambd / m * W\n    return dW"), ("* W", "")],
        [
            gradient_by_entry,
            lambda dW, W, lambd, m: np.add(dW, np.multiply(lambd, W) / m),
            lambda dW, W, lambd, m: np.float32(dW) + np.float32(lambd / m) * np.float32(W),
        ],
    ),
    "decay_step": (
        [("(1 - rate * lambd / m) * W - rate * dW", "W - rate * dW"), ("- rate * dW", "- dW")],
        [
            decayed_in_two_steps,
            lambda W, dW, rate, lambd, m: W - rate * (dW + lambd / m * W),
            lambda W, dW, rate, lambd, m: np.float32(W) * (1 - rate * lambd / m) + np.float32(dW) * -rate,
        ],
    ),
    "inverted_dropout": (
        [
            ("D / keep_prob, D", "D / keep_prob, ~D"),
            ("A * D / keep_prob, D", "A * D / D.mean(), D"),
            ("D = rng", "A -= 1\n    D = rng"),
        ],
        [dropout_by_draws, dropout_of_a_copy, dropout_in_float32],
    ),
    "dropout_backward": (
        [
            ("/ keep_prob", "/ keep_prob**2"),
            ("return dA * D", "dA *= D\n    return dA * D"),
            ("* D", "* np.sqrt(D) * 2"),
        ],
        [
            backward_by_mask,
            lambda dA, D, keep_prob: np.where(D > 0, dA, 0) / keep_prob,
            lambda dA, D, keep_prob: np.float32(D) / np.float32(keep_prob) * np.float32(dA),
        ],
    ),
    "bias_and_variance": (
        [("np.mean((answers", "np.sum((answers"), ("(middle - truth) ** 2", "np.abs(middle - truth)")],
        [
            apart_by_difference,
            apart_by_loop,
            lambda answers, truth: (((answers.mean(0) - truth) ** 2).mean(), answers.var(axis=0).mean()),
        ],
    ),
}
