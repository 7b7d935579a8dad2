"""Lab 11: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import numpy as np
from scipy import signal


def descent_by_weight(w, gradients, rate):
    new = w.copy()
    for i in range(len(w)):
        for t in range(len(gradients)):
            new[i] -= rate * gradients[t, i]
    return new


def momentum_by_filter(w, gradients, rate, beta):
    return w - rate * signal.lfilter([1 - beta], [1, -beta], gradients, axis=0).sum(axis=0)


def momentum_on_a_copy(w, gradients, rate, beta):
    w, v = w.copy(), 0 * w
    for t in range(gradients.shape[0]):
        v += (1 - beta) * (gradients[t] - v)
        w -= rate * v
    return w


def momentum_in_keras_form(w, gradients, rate, beta):
    u = np.zeros(len(w), np.float32)
    for g in gradients.astype(np.float32):
        u = beta * u - rate * (1 - beta) * g
        w = w + u
    return w


def rmsprop_on_a_copy(w, gradients, rate, beta, epsilon):
    w, s = np.array(w), np.zeros_like(w)
    for g in gradients:
        s *= beta
        s += (1 - beta) * np.square(g)
        w -= rate / (s**0.5 + epsilon) * g
    return w


def rmsprop_by_filter(w, gradients, rate, beta, epsilon):
    s = signal.lfilter([1 - beta], [1, -beta], gradients**2, axis=0)
    return w - np.sum(rate * gradients / (np.sqrt(s) + epsilon), axis=0)


def rmsprop_in_float32(w, gradients, rate, beta, epsilon):
    w, s = w.astype(np.float32), np.zeros(w.shape, np.float32)
    for g in gradients.astype(np.float32):
        s = s + np.float32(1 - beta) * (g * g - s)
        w = w - np.float32(rate) * g / (np.sqrt(s) + np.float32(epsilon))
    return w


def adam_by_rate(w, gradients, rate, beta_1, beta_2, epsilon):
    m, v = 0, 0
    for t, g in enumerate(gradients):
        m = m * beta_1 + g * (1 - beta_1)
        v = v * beta_2 + g * g * (1 - beta_2)
        root = np.sqrt(1 - beta_2 ** (t + 1))
        w = w - rate * root / (1 - beta_1 ** (t + 1)) * m / (np.sqrt(v) + epsilon * root)
    return w


def adam_with_powers(w, gradients, rate, beta_1, beta_2, epsilon):
    new, m, v = w.copy(), np.zeros_like(w), np.zeros_like(w)
    power_1 = power_2 = 1.0
    for g in gradients:
        power_1, power_2 = power_1 * beta_1, power_2 * beta_2
        m += (1 - beta_1) * (g - m)
        v += (1 - beta_2) * (g**2 - v)
        new -= rate * (m / (1 - power_1)) / ((v / (1 - power_2)) ** 0.5 + epsilon)
    return new


def adam_by_filter(w, gradients, rate, beta_1, beta_2, epsilon):
    t = np.arange(1, len(gradients) + 1)[:, None]
    m = signal.lfilter([1 - beta_1], [1, -beta_1], gradients, axis=0) / (1 - beta_1**t)
    v = signal.lfilter([1 - beta_2], [1, -beta_2], gradients**2, axis=0) / (1 - beta_2**t)
    return w - rate * np.sum(m / (np.sqrt(v) + epsilon), axis=0)


ANSWERS = {
    "descent": (
        [("rate * g", "rate * g**2"), ("w - rate", "rate - w"), ("w = w - rate * g", "w -= rate * g")],
        [
            descent_by_weight,
            lambda w, gradients, rate: w - rate * np.sum(gradients, axis=0),
            lambda w, gradients, rate: w - np.float32(rate) * np.ones(len(gradients)) @ gradients,
        ],
    ),
    "momentum": (
        [("w - rate", "w + rate"), ("w = w - rate * v", "w -= rate * v")],
        [momentum_by_filter, momentum_on_a_copy, momentum_in_keras_form],
    ),
    "rmsprop": (
        [("w - rate", "w + rate"), ("w = w - rate", "w -= rate * 0\n        w = w - 2 * rate")],
        [rmsprop_on_a_copy, rmsprop_by_filter, rmsprop_in_float32],
    ),
    "adam": (
        [("g**2", "g"), ("w - rate", "w + rate")],
        [adam_by_rate, adam_with_powers, adam_by_filter],
    ),
}
