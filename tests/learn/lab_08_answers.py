"""Lab 8: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import numpy as np


def relative_by_roots(g, g_hat):
    if not g.any() and not g_hat.any():
        return 0
    return np.sqrt(((g_hat - g) ** 2).sum()) / (np.sqrt(g @ g) + np.sqrt(g_hat @ g_hat))


def relative_in_float32(g, g_hat):
    g, g_hat = g.astype(np.float32), g_hat.astype(np.float32)
    both = np.linalg.norm([g, g_hat], axis=1).sum()
    return 0.0 if both == 0 else np.linalg.norm(g - g_hat) / both


def gradient_of_a_copy(J, theta, epsilon):
    theta, found = theta.copy(), []
    for i in range(len(theta)):
        before = theta[i]
        theta[i] = before + epsilon
        up = J(theta)
        theta[i] = before - epsilon
        found.append((up - J(theta)) / (2 * epsilon))
        theta[i] = before
    return found


def gradient_restored(J, theta, epsilon):
    g_hat = np.empty_like(theta)
    for i, before in enumerate(theta.tolist()):
        theta[i] = before + epsilon
        up = J(theta)
        theta[i] = before - epsilon
        down = J(theta)
        theta[i] = before
        g_hat[i] = (up - down) / 2 / epsilon
    return g_hat


def wrong_by_quotients(gradients, estimates, tolerance):
    found = []
    for name in gradients:
        off = np.sqrt(np.sum((gradients[name] - estimates[name]) ** 2))
        scale = np.sqrt(np.sum(gradients[name] ** 2)) + np.sqrt(np.sum(estimates[name] ** 2))
        if scale and off / scale > tolerance:
            found.append(name)
    return found


def wrong_in_float32(gradients, estimates, tolerance):
    def norm(values):
        return np.linalg.norm(np.float32(values).ravel())

    pairs = {name: (g, estimates[name]) for name, g in gradients.items()}
    return [n for n, (g, e) in pairs.items() if norm(g - e) > tolerance * (norm(g) + norm(e))]


ANSWERS = {
    "relative_difference": (
        [("g - g_hat", "g + g_hat"), ("0.0", "1.0"), ("/ scale", "* scale")],
        [
            relative_by_roots,
            relative_in_float32,
            lambda g, e: np.linalg.norm(g - e) / max(np.linalg.norm(g) + np.linalg.norm(e), 1e-300),
        ],
    ),
    "two_sided": (
        [("theta + epsilon", "theta + 2 * epsilon"), ("(J(theta", "-(J(theta")],
        [
            lambda J, x, e: J(x + e) / (2 * e) - J(x - e) / (2 * e),
            lambda J, x, e: 0.5 * ((J(x + e) - J(x)) / e + (J(x) - J(x - e)) / e),
            lambda J, x, e: (J(np.float32(x + e)) - J(np.float32(x - e))) / (e + e),
        ],
    ),
    "numerical_gradient": (
        [
            ("(J(theta + aside)", "-(J(theta + aside)"),
            (
                "aside = np.zeros(len(theta))\n        aside[i] = epsilon",
                "theta[i] += epsilon\n        aside = 0 * theta",
            ),
        ],
        [
            gradient_of_a_copy,
            gradient_restored,
            lambda J, t, e: np.array([(J(t + e * row) - J(t - e * row)) / (2 * e) for row in np.eye(len(t))]),
        ],
    ),
    "wrong_tensors": (
        [("tolerance * scale", "tolerance * scale * 100"), ("wrong.append(name)", "wrong = [name]")],
        [
            wrong_by_quotients,
            wrong_in_float32,
            lambda gradients, estimates, tolerance: [
                n
                for n, g in gradients.items()
                if not np.linalg.norm(g - estimates[n])
                <= tolerance * (np.linalg.norm(g) + np.linalg.norm(estimates[n]))
            ],
        ],
    ),
}
