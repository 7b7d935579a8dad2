"""Lab 13: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import numpy as np
import scipy.linalg


def share_by_loop(H):
    values = np.linalg.eig(H)[0].real
    return sum(1 for value in values if value < 0) / len(values)


def share_by_inertia(H):
    pivots = scipy.linalg.eigh(H, eigvals_only=True)
    return np.count_nonzero(np.signbit(pivots)) / H.shape[0]


def kind_in_a_row(gradient, H, tolerance):
    least = min(np.linalg.eig(H)[0].real)
    words = {True: "saddle", least > tolerance: "minimum"}
    if np.sqrt(gradient @ gradient) > tolerance:
        return "slope"
    if -tolerance <= least <= tolerance:
        return "plateau"
    return words[True] if least < 0 else "minimum"


def kind_by_counts(gradient, H, tolerance):
    values = scipy.linalg.eigvalsh(H)
    if np.sum(gradient**2) > tolerance**2:
        return "slope"
    if np.any(values < -tolerance):
        return "saddle"
    if np.all(values > tolerance):
        return "minimum"
    return "plateau"


def kind_in_float32(gradient, H, tolerance):
    values = np.linalg.eigvalsh(H.astype(np.float32))
    kinds = np.where(values[0] < -tolerance, "saddle", np.where(values[0] > tolerance, "minimum", "plateau"))
    return "slope" if np.linalg.norm(gradient) > tolerance else str(kinds)


def hessian_into_an_array(slope, w, epsilon):
    H, moved = np.zeros((len(w), len(w))), w.copy()
    for j in range(len(w)):
        moved[j] = w[j] + epsilon
        H[:, j] = slope(moved)
        moved[j] = w[j] - epsilon
        H[:, j] -= slope(moved)
        moved[j] = w[j]
    return H / 2 / epsilon


def hessian_made_symmetric(slope, w, epsilon):
    H = np.array([(slope(w + epsilon * e) - slope(w - epsilon * e)) / (2 * epsilon) for e in np.eye(len(w))])
    return (H + H.T) / 2


def down_by_eig(H):
    values, vectors = np.linalg.eig(H)
    i = np.argmin(values)
    d = vectors[:, i].real / np.linalg.norm(vectors[:, i])
    first = d[np.abs(d) > 1e-9][0]
    return values[i].real, d if first > 0 else -d


def down_by_scipy(H):
    values, vectors = scipy.linalg.eigh(H, subset_by_index=[0, 0])
    d = vectors.ravel()
    return values[0], np.sign(next(entry for entry in d if abs(entry) > 1e-9)) * d


def down_by_shift(H):
    d = np.linalg.svd(np.linalg.norm(H) * np.eye(len(H)) - H)[2][0]
    first = np.flatnonzero(np.abs(d) > 1e-6)[0]
    return d @ H @ d, d / d[first] * abs(d[first])


ANSWERS = {
    "negative_share": (
        [("< 0", "< -1"), ("< 0", "!= 0")],
        [share_by_loop, share_by_inertia, lambda H: (np.linalg.eigvalsh(np.float32(H)) < 0).mean()],
    ),
    "kind_of_point": (
        [("(gradient) > tolerance", "(gradient) > 0"), ('else "plateau"', 'else "saddle"')],
        [kind_in_a_row, kind_by_counts, kind_in_float32],
    ),
    "hessian": (
        [("(slope(w + aside)", "-(slope(w + aside)"), ("range(len(w))", "range(len(w) - 1)")],
        [
            hessian_into_an_array,
            hessian_made_symmetric,
            lambda g, w, e: np.column_stack([(g(w + e * i) - g(w - e * i)) / 2 / e for i in np.eye(len(w))]),
        ],
    ),
    "way_down": (
        [("return values[0], d", "return -values[0], d"), ("vectors[:, 0]", "vectors[:, 0] * 2")],
        [down_by_eig, down_by_scipy, down_by_shift],
    ),
}
