"""Images of handwritten digits, as they are and changed."""

import numpy as np

from dlkeras import data

SAME, NOISY, FEW = "the same data", "noise", "an eighth of the images"
HIDDEN, SCALED = "half of the pixels hidden", "a tenth of the scale"
CHANGES = (SAME, NOISY, FEW, HIDDEN, SCALED)


def load(dataset, change=SAME):
    """Gives images and labels to train with, to validate with and to test with, perhaps changed."""
    images, rng = data.load(dataset), np.random.default_rng(0)
    x = np.concatenate([images.x_train, images.x_test])
    y = np.concatenate([images.y_train, images.y_test])
    if change == NOISY:
        x = x + rng.normal(size=x.shape)
    if change == FEW:  # each eight times, so that an epoch has as many steps
        x[:1024], y[:1024] = np.tile(x[:128], (8, 1)), np.tile(y[:128], 8)
    if change == HIDDEN:
        x = x * (rng.permutation(x.shape[1]) < x.shape[1] / 2)
    if change == SCALED:
        x = x / 10
    parts = slice(1024), slice(1024, 1408), slice(1408, 1792)  # whole batches of 64
    return [(x[part].astype("float32"), y[part]) for part in parts]
