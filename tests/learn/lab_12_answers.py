"""Lab 12: mistakes, as pieces of our solutions replaced, and right answers of other forms."""

import math

import numpy as np


def decays_by_loop(first_rate, epoch):
    rate = first_rate
    for _ in range(epoch):
        rate *= 0.95
    return rate, first_rate / math.sqrt(1 + epoch)


def stairs_by_loop(first_rate, epoch, every):
    while epoch >= every:
        first_rate, epoch = first_rate / 2, epoch - every
    return first_rate


def cosine_in_one_line(first_rate, step, warmup, steps):
    place = (step - warmup) / (steps - warmup)
    return first_rate * (step / warmup if step < warmup else 0.5 + 0.5 * math.cos(math.pi * place))


def cosine_by_square(first_rate, step, warmup, steps):
    if warmup > 0 and step <= warmup:
        return np.float32(first_rate / warmup * step)
    return np.float32(first_rate * (1 - math.sin(math.pi / 2 * (step - warmup) / (steps - warmup)) ** 2))


def cosine_by_where(first_rate, step, warmup, steps):
    falling = first_rate / 2 * (1 + np.cos(np.pi * (step - warmup) / (steps - warmup)))
    return np.where(step < warmup, first_rate * step / max(warmup, 1), falling)


ANSWERS = {
    "inverse_time": (
        [("1 + decay", "1 - decay"), ("decay_rate * epoch", "decay_rate**epoch")],
        [
            lambda rate, decay, epoch: rate * (1 + decay * epoch) ** -1,
            lambda rate, decay, epoch: np.float32(rate) / np.float32(epoch * decay + 1.0),
            lambda rate, decay, epoch: np.divide(rate, np.add(1, decay * epoch)),
        ],
    ),
    "other_decays": (
        [("0.95", "0.9"), ("epoch + 1", "epoch + 2")],
        [
            decays_by_loop,
            lambda rate, epoch: (rate * np.exp(epoch * np.log(0.95)), rate * (epoch + 1) ** -0.5),
            lambda rate, epoch: [
                np.float32(rate) * np.power(0.95, epoch),
                np.float32(rate) / (epoch + 1) ** 0.5,
            ],
        ],
    ),
    "staircase": (
        [("epoch // every", "every // (epoch + 1)"), ("0.5 **", "0.5 *")],
        [
            stairs_by_loop,
            lambda rate, epoch, every: rate / 2 ** math.floor(epoch / every),
            lambda rate, epoch, every: np.ldexp(rate, -int(epoch / every)),
        ],
    ),
    "warm_cosine": (
        [("step < warmup", "step > warmup"), ("np.cos", "np.sin"), ("* step / warmup", "* warmup / step")],
        [cosine_in_one_line, cosine_by_square, cosine_by_where],
    ),
}
