"""Lab 17: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import numpy as np
from scipy import special


def choices_by_loop(Z, labels):
    chosen = [int(np.flatnonzero(z == z.max())[0]) for z in Z]
    return chosen, sum(a == b for a, b in zip(chosen, labels, strict=True)) / len(labels)


def choices_by_sorting(Z, labels):
    chosen = np.argsort(Z)[:, -1]
    return chosen, 1 - np.count_nonzero(chosen - labels) / len(labels)


def softmax_by_row(Z):
    A = np.zeros(Z.shape)
    for i, z in enumerate(Z):
        for j in range(len(z)):
            A[i, j] = 1 / np.sum(np.exp(z - z[j]))
    return A


def entropy_by_row(Z, labels):
    total = 0
    for z, own in zip(Z, labels, strict=True):
        total -= z[own] - special.logsumexp(z)
    return total / len(Z)


def entropy_one_hot(Z, labels):
    Y = np.eye(Z.shape[1])[labels]
    return -np.sum(Y * special.log_softmax(Z, axis=1)) / len(Y)


def entropy_in_float32(Z, labels):
    Z = Z.astype(np.float32)
    off = Z - np.take_along_axis(Z, labels[:, None], axis=1)
    top = off.max(axis=1, keepdims=True)
    return (top[:, 0] + np.log(np.sum(np.exp(off - top), axis=1))).mean()


def gradient_one_hot(Z, labels):
    return (special.softmax(Z, axis=1) - np.eye(Z.shape[1])[labels]) / Z.shape[0]


def gradient_by_row(Z, labels):
    rows = []
    for z, own in zip(np.float32(Z), labels, strict=True):
        a = np.exp(z - max(z))
        a = a / sum(a)
        a[own] = a[own] - 1
        rows.append(a / len(Z))
    return np.array(rows)


def gradient_by_where(Z, labels):
    A = np.exp(special.log_softmax(Z, axis=1))
    return np.where(np.arange(Z.shape[1]) == labels[:, None], A - 1, A) / len(labels)


def back_by_loop(dA, A):
    dZ = np.zeros(A.shape)
    m, classes = A.shape
    for k in range(m):
        for i in range(classes):
            for j in range(classes):
                dZ[k, i] += dA[k, j] * A[k, j] * ((i == j) - A[k, i])
    return dZ


def sure_by_softmax(Z, labels, temperature):
    A = special.softmax(Z / temperature, axis=1)
    return A.max(axis=1).mean() - (A.argmax(axis=1) == labels).mean()


def sure_by_row(Z, labels, temperature):
    gap = 0
    for z, own in zip(Z, labels, strict=True):
        top = int(np.argmax(z))
        gap += 1 / np.exp((z - z[top]) / temperature).sum() - (top == own)
    return gap / len(Z)


def sure_by_logs(Z, labels, temperature):
    A = np.exp(np.float32(special.log_softmax(Z / temperature, axis=1)))
    return np.max(A, axis=1).mean() - np.mean(Z[np.arange(len(Z)), labels] == Z.max(axis=1))


ANSWERS = {
    "choices": (
        [("chosen == labels", "chosen >= labels"), ("np.argmax(Z", "np.argmax(np.abs(Z)")],
        [choices_by_loop, choices_by_sorting, lambda Z, y: [Z.argmax(1), (Z.argmax(1) == y).sum() / len(y)]],
    ),
    "stable_softmax": (
        [
            ("np.exp(Z", "np.exp2(Z"),
            ("power / power.sum(axis=1, keepdims=True)", "power / power.max(axis=1, keepdims=True)"),
        ],
        [
            softmax_by_row,
            lambda Z: special.softmax(np.float32(Z), axis=1),
            lambda Z: np.exp(Z - special.logsumexp(Z, axis=1)[:, None]),
        ],
    ),
    "cross_entropy": (
        [("Z[np.arange(len(Z)), labels]", "Z[:, 0]"), ("np.log(np.exp", "np.log1p(np.exp")],
        [entropy_by_row, entropy_one_hot, entropy_in_float32],
    ),
    "logits_gradient": (
        [("dZ / len(Z)", "-dZ / len(Z)"), ("-= 1", "-= 2")],
        [gradient_one_hot, gradient_by_row, gradient_by_where],
    ),
    "softmax_backward": (
        [("A * (dA", "-A * (dA"), (", keepdims=True", "")],
        [
            back_by_loop,
            lambda dA, A: A * dA - A * np.einsum("ij,ij->i", dA, A)[:, None],
            lambda dA, A: np.float32([a * (own - own @ a) for own, a in zip(dA, A, strict=True)]),
        ],
    ),
    "overconfidence": (
        [("Z.max(axis=1, keepdims=True)", "0"), ("1 / power.sum", "1 - 1 / power.sum")],
        [sure_by_softmax, sure_by_row, sure_by_logs],
    ),
}
