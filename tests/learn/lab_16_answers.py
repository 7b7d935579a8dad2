"""Lab 16: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import numpy as np


def norm_by_unit(Z, gamma, beta, epsilon):
    out = np.zeros(Z.shape)
    for j in range(Z.shape[1]):
        off = Z[:, j] - sum(Z[:, j]) / len(Z)
        out[:, j] = off * gamma[j] / (np.mean(off**2) + epsilon) ** 0.5 + beta[j]
    return out


def norm_by_scale(Z, gamma, beta, epsilon):
    scale = gamma / np.sqrt(np.var(Z, 0) + epsilon)
    return Z * scale + (beta - scale * np.mean(Z, 0))


def norm_in_float32(Z, gamma, beta, epsilon):
    off = np.float32(Z - Z.mean(0))
    return off / np.sqrt(np.square(off).mean(0) + np.float32(epsilon)) * np.float32(gamma) + np.float32(beta)


def running_by_step(mean, variance, Z, momentum):
    mu = Z.sum(0) / len(Z)
    own = ((Z - mu) ** 2).sum(0) / len(Z)
    return mean - (1 - momentum) * (mean - mu), variance - (1 - momentum) * (variance - own)


def running_by_average(mean, variance, Z, momentum):
    pairs = (mean, np.mean(Z, 0)), (variance, np.std(Z, 0) ** 2)
    return [np.average(pair, axis=0, weights=[momentum, 1 - momentum]) for pair in pairs]


def running_on_copies(mean, variance, Z, momentum):
    mean, variance = mean.copy(), np.float32(variance)
    mean *= momentum
    mean += (1 - momentum) * Z.mean(axis=0)
    return mean, variance * np.float32(momentum) + np.float32(1 - momentum) * np.float32(Z.var(axis=0))


def back_through_all(dOut, Z, gamma, epsilon):
    m, off = len(Z), Z - Z.mean(axis=0)
    variance = np.mean(off**2, axis=0)
    inverse = (variance + epsilon) ** -0.5
    dN = dOut * gamma
    dvariance = np.sum(dN * off, axis=0) * -0.5 * inverse**3
    dmu = -inverse * dN.sum(axis=0) - 2 * dvariance * off.mean(axis=0)
    dZ = dN * inverse + dvariance * 2 * off / m + dmu / m
    return dZ, (dOut * off * inverse).sum(axis=0), dOut.sum(axis=0)


def back_by_jacobian(dOut, Z, gamma, epsilon):
    m, columns = len(Z), []
    inverse = 1 / np.sqrt(Z.var(axis=0) + epsilon)
    N = (Z - Z.mean(axis=0)) * inverse
    for j in range(Z.shape[1]):
        jacobian = (np.eye(m) - 1 / m - np.outer(N[:, j], N[:, j]) / m) * inverse[j]
        columns.append(jacobian @ dOut[:, j] * gamma[j])
    return np.stack(columns, axis=1), np.einsum("ij,ij->j", dOut, N), np.ones(m) @ dOut


def back_in_one_line(dOut, Z, gamma, epsilon):
    root = np.sqrt(np.var(Z, axis=0) + epsilon)
    N = ((Z - np.mean(Z, axis=0)) / root).astype(np.float32)
    dgamma, dbeta = (dOut * N).sum(0), dOut.sum(0)
    return gamma / root * (dOut - (dbeta + N * dgamma) / len(Z)), dgamma, dbeta


ANSWERS = {
    "batch_moments": (
        [
            ("Z.mean(axis=0), Z.var(axis=0)", "Z.var(axis=0), Z.mean(axis=0)"),
            ("Z.var(axis=0)", "np.ptp(Z, axis=0)"),
        ],
        [
            lambda Z: (np.sum(Z, axis=0) / len(Z), np.sum((Z - Z.mean(axis=0)) ** 2, axis=0) / len(Z)),
            lambda Z: np.array([(column.mean(), column.std() ** 2) for column in Z.T]).T.tolist(),
            lambda Z: [Z.mean(0), np.mean(np.float32(Z - Z.mean(0)) ** 2, axis=0)],
        ],
    ),
    "batch_norm": (
        [("Z.mean(axis=0)", "Z.mean()"), ("return gamma", "Z -= mu\n    return gamma")],
        [norm_by_unit, norm_by_scale, norm_in_float32],
    ),
    "running_moments": (
        [
            ("Z.mean(axis=0)", "Z.mean(axis=1)"),
            ("return new_mean", "mean *= momentum\n    return new_mean"),
            ("momentum * variance", "variance"),
        ],
        [running_by_step, running_by_average, running_on_copies],
    ),
    "batch_norm_in_a_test": (
        [("(Z - mean)", "(Z + mean)"), ("+ beta", "- beta")],
        [
            lambda Z, gamma, beta, mean, variance, epsilon: np.array(
                [
                    [
                        g * (z - c) / np.sqrt(v + epsilon) + b
                        for z, g, b, c, v in zip(row, gamma, beta, mean, variance, strict=True)
                    ]
                    for row in Z
                ]
            ),
            lambda Z, gamma, beta, mean, variance, epsilon: (
                Z * (scale := gamma * (variance + epsilon) ** -0.5) + beta - mean * scale
            ),
            lambda Z, gamma, beta, mean, variance, epsilon: (
                np.float32(gamma)
                * (np.float32(Z) - np.float32(mean))
                / np.sqrt(np.float32(variance + epsilon))
                + np.float32(beta)
            ),
        ],
    ),
    "batch_norm_backward": (
        [("+ epsilon", "- epsilon * 0"), ("dN.mean(axis=0)", "dN.mean()"), ("return dZ", "return -dZ")],
        [back_through_all, back_by_jacobian, back_in_one_line],
    ),
}
