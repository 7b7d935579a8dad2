"""Lab 9: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import math

import numpy as np


def steps_by_division(num_samples, batch_size):
    whole, left = divmod(num_samples, batch_size)
    return whole + (left > 0)


def batches_by_while(X, Y, batch_size):
    batches, start = [], 0
    while start < X.shape[1]:
        end = min(start + batch_size, X.shape[1])
        batches.append([X[:, start:end].copy(), Y[:, start:end].copy()])
        start = end
    return batches


def batches_by_course(X, Y, batch_size):
    m, batches = X.shape[1], []
    for k in range(m // batch_size):
        own = slice(k * batch_size, (k + 1) * batch_size)
        batches.append((X[:, own], Y[:, own]))
    if m % batch_size:
        own = slice(m // batch_size * batch_size, m)
        batches.append((X[:, own], Y[:, own]))
    return batches


def batches_by_split(X, Y, batch_size):
    at = np.arange(batch_size, X.shape[1], batch_size)
    return tuple(zip(np.split(X, at, axis=1), np.split(Y, at, axis=1), strict=True))


def shuffled_by_split(X, Y, batch_size, rng):
    order = rng.permutation(np.arange(X.shape[1]))
    return batches_by_split(X[:, order], Y[:, order], batch_size)


def shuffled_together(X, Y, batch_size, rng):
    both = np.vstack([X, Y]).T.copy()
    rng.shuffle(both)
    return batches_by_while(both.T[: len(X)], both.T[len(X) :], batch_size)


def shuffled_by_keys(X, Y, batch_size, rng):
    order = np.argsort(rng.random(X.shape[1]))
    return [
        (X[:, order[i : i + batch_size]], Y[:, order[i : i + batch_size]])
        for i in range(0, len(order), batch_size)
    ]


def cost_by_loop(costs, sizes):
    total = count = 0
    for cost, size in zip(costs, sizes, strict=True):
        total, count = total + cost * size, count + size
    return total / count


def noise_by_batch(gradients, batch_size):
    g, squares = gradients.mean(0), []
    for start in range(0, len(gradients), batch_size):
        squares.append(np.linalg.norm(gradients[start : start + batch_size].mean(0) - g) ** 2)
    return math.sqrt(np.mean(squares)) / np.linalg.norm(g)


def noise_by_variance(gradients, batch_size):
    batches = np.array([own.mean(axis=0) for own in np.split(gradients, len(gradients) // batch_size)])
    return np.sqrt(batches.var(axis=0).sum() / (gradients.mean(axis=0) ** 2).sum())


def noise_in_float32(gradients, batch_size):
    own = gradients.astype(np.float32).reshape(len(gradients) // batch_size, batch_size, -1)
    off = own.mean(axis=1) - own.mean(axis=(0, 1))
    return np.linalg.norm(off) / np.sqrt(len(off)) / np.linalg.norm(own.mean(axis=(0, 1)))


ANSWERS = {
    "steps_per_epoch": (
        [
            ("num_samples //", "(num_samples - 1) //"),
            ("-(-num", "(num"),
            ("batch_size)", "(batch_size + 1))"),
        ],
        [lambda n, size: math.ceil(n / size), lambda n, size: (n + size - 1) // size, steps_by_division],
    ),
    "mini_batches": (
        [("Y[:, i :", "Y[:, i + 1 :"), ("range(0,", "range(1,")],
        [batches_by_while, batches_by_course, batches_by_split],
    ),
    "shuffled_batches": (
        [("X.shape[1])\n    X", "X.shape[1])[1:]\n    X"), ("range(0,", "range(1,")],
        [shuffled_by_split, shuffled_together, shuffled_by_keys],
    ),
    "epoch_cost": (
        [("costs * sizes", "costs / sizes"), ("np.sum(costs", "-np.sum(costs")],
        [cost_by_loop, lambda c, s: np.average(c, weights=s), lambda c, s: np.float32(c) @ (s / s.sum())],
    ),
    "gradient_noise": (
        [("reshape(-1, batch_size,", "reshape(batch_size, -1,"), ("mean(axis=1)", "sum(axis=1)")],
        [noise_by_batch, noise_by_variance, noise_in_float32],
    ),
}
