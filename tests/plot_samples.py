"""Samples to plot, and what a figure shows of them."""

import numpy as np

ACTIVATIONS = ("sigmoid", "tanh", "relu")


def norms(num_seeds=5, depth=20, seed=0):
    """Sigmoid falls from 1e-1 at the output to 1e-13 at the input; tanh and ReLU are nearly flat."""
    rng, layer = np.random.default_rng(seed), np.arange(1, depth + 1)
    level = {
        "sigmoid": -1 - 12 * (depth - layer) / max(depth - 1, 1),
        "tanh": -1 - 0.02 * layer,
        "relu": -1.2,
    }
    return {a: 10 ** (level[a] + 0.2 * rng.standard_normal((num_seeds, depth))) for a in ACTIVATIONS}


def line(ax, label):
    """The only line of that name."""
    (found,) = [found for found in ax.get_lines() if found.get_label() == label]
    return found


def tick_texts(axis):
    return [text.get_text() for text in axis.get_ticklabels()]


def figure_notes(figure):
    return figure.get_supxlabel()
