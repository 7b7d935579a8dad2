"""Lab 7: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import numpy as np
from sklearn.preprocessing import StandardScaler


def statistics_by_loop(X):
    means, spreads = [], []
    for j in range(X.shape[1]):
        column = X[:, j]
        means.append(sum(column) / len(column))
        spreads.append(np.sqrt(np.sum((column - means[-1]) ** 2) / len(column)))
    return means, spreads


def statistics_by_squares(X):
    centred = X - np.mean(X, axis=0)
    return X.mean(0), np.sqrt((centred**2).mean(0))


def normalize_by_scaler(X_train, X_test):
    scaler = StandardScaler().fit(X_train)
    return scaler.transform(X_train), scaler.transform(X_test)


def normalize_by_column(X_train, X_test):
    found = X_train.astype(float).copy(), X_test.astype(float).copy()
    for j, column in enumerate(X_train.T):
        for X in found:
            X[:, j] -= column.mean()
            if column.std() > 0:
                X[:, j] /= column.std()
    return found


def normalize_in_float32(X_train, X_test):
    mean, std = np.float32(np.mean(X_train, axis=0)), np.float32(np.std(X_train, axis=0))
    std[std == 0] = 1
    return [(X.astype(np.float32) - mean) / std for X in (X_train, X_test)]


def raw_by_loop(w, b, mean, std):
    w_raw, b_raw = np.zeros(len(w)), b
    for i in range(len(w)):
        w_raw[i] = w[i] / std[i]
        b_raw -= w[i] * mean[i] / std[i]
    return w_raw, b_raw


ANSWERS = {
    "column_statistics": (
        [
            ("X.mean(axis=0)", "X.sum(axis=0)"),
            ("X.mean(axis=0), X.std(axis=0)", "X.std(axis=0), X.mean(axis=0)"),
        ],
        [statistics_by_loop, statistics_by_squares, lambda X: np.float32([X.mean(0), X.std(0)]).tolist()],
    ),
    "normalize": (
        [
            ("(X_train - mean) / std", "X_train"),
            ("std == 0", "std < 1"),
            ("return (X_train", "X_train -= mean\n    return (X_train"),
        ],
        [normalize_by_scaler, normalize_by_column, normalize_in_float32],
    ),
    "weights_for_raw": (
        [
            ("w / std", "w / std**2"),
            ("return w_raw, b", "return w_raw, -b"),
            ("w_raw @ mean", "w_raw.sum() * mean.mean() * 2"),
        ],
        [
            raw_by_loop,
            lambda w, b, mean, std: (w / std, b - np.sum(w * mean / std)),
            lambda w, b, mean, std: [np.float32(w) / np.float32(std), b - np.dot(w, mean / std)],
        ],
    ),
    "condition_number": (
        [
            ("curvatures[-1] /", "curvatures[1] /"),
            ("/ curvatures[0]", "/ curvatures.mean()"),
            ("X.T @ X", "X.T @ abs(X)"),
        ],
        [
            lambda X: np.linalg.cond(X.T @ X),
            lambda X: np.divide(*np.linalg.svd(X, compute_uv=False)[[0, -1]]) ** 2,
            lambda X: max(values := np.linalg.eig(X.T @ X / len(X))[0].real) / min(values),
        ],
    ),
}
