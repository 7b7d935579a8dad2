"""Lab 5: how the weights of a network start."""

import itertools

import numpy as np

from dlkeras import scratch
from dlkeras.learn.exercise import Exercise
from dlkeras.learn.solutions.lab_05 import (
    factor_per_layer,
    glorot_uniform,
    he_layer,
    initialize,
    mean_squares,
    start_spreads,
)


def _spread_of(draws):
    """What is looked at of many draws of an array: exact but for 2 %."""
    drawn = np.concatenate([np.ravel(own) for own in draws])
    return {
        "standard deviation": np.std(drawn),
        "mean over standard deviation": np.round(np.mean(drawn) / np.std(drawn), 1),
        "largest over standard deviation": round(min(np.abs(drawn).max() / np.std(drawn), 3)),
        "share of different values": round(len(np.unique(drawn)) / len(drawn), 1),
    }


NORMAL = {
    "mean over standard deviation": 0,
    "largest over standard deviation": 3,
    "share of different values": 1,
}
UNIFORM = NORMAL | {"largest over standard deviation": 2}


def _observe_he(function, n_in, n_out, rng):
    draws = [function(n_in, n_out, rng) for _ in range(max(1, 60_000 // (n_in * n_out)))]
    W, b = draws[0]
    spread = _spread_of([W for W, _ in draws])
    return {"shape of W": np.shape(W), "shape of b": np.shape(b), "b": np.abs(b).max(), "W": spread}


def _he_expected(n_in, n_out, rng):
    spread = {"standard deviation": (2 / n_in) ** 0.5, **NORMAL}
    return {"shape of W": (n_out, n_in), "shape of b": (n_out, 1), "b": 0.0, "W": spread}


def _observe_uniform(function, n_in, n_out, rng):
    draws = [function(n_in, n_out, rng) for _ in range(max(1, 60_000 // (n_in * n_out)))]
    largest = max(np.abs(W).max() for W in draws)
    return {"shape": np.shape(draws[0]), "largest": largest, **_spread_of(draws)}


def _uniform_expected(n_in, n_out, rng):
    limit = (6 / (n_in + n_out)) ** 0.5
    return {"shape": (n_out, n_in), "largest": limit, "standard deviation": limit / 3**0.5, **UNIFORM}


def _observe_all(function, sizes, rng):
    found = function(sizes, rng)
    biases = [np.abs(value).max() for name, value in found.items() if name.startswith("b")]
    shapes = {name: np.shape(value) for name, value in found.items()}
    spreads = {
        name: np.std(value) * np.sqrt(np.shape(value)[1])
        for name, value in found.items()
        if name.startswith("W")
    }
    return {"shapes": shapes, "standard deviation times root of inputs": spreads, "biases": max(biases)}


def _all_expected(sizes, rng):
    known = scratch.initialize(sizes, seed=0, gain=2**0.5)
    shapes = {name: value.shape for name, value in known.items()}
    spreads = {name: 2**0.5 for name in known if name.startswith("W")}
    return {"shapes": shapes, "standard deviation times root of inputs": spreads, "biases": 0.0}


def _wide(draw):
    return 20 * draw.dim(), 20 * draw.dim(), draw.generator()


def _sizes(draw):
    depth = 1 + draw.size % 4
    return [int(n) for n in draw.rng.integers(100, 300, depth + 1)], draw.generator()


def _stack(draw):
    depth = min(draw.size, 5)
    sizes = [draw.dim() for _ in range(depth + 1)]
    layers = [draw.normal(n_out, n_in) for n_in, n_out in itertools.pairwise(sizes)]
    return draw.normal(sizes[0], draw.dim()), layers


def _through_scratch(X, weights):
    parameters = {}
    for layer, W in enumerate(weights, 1):
        parameters |= {f"W{layer}": W, f"b{layer}": np.zeros((len(W), 1))}
    cache = scratch.forward(X, parameters, ["relu"] * len(weights))
    return np.array([(cache[f"A{i}"] ** 2).sum() / cache[f"A{i}"].size for i in range(1, len(weights) + 1)])


def _line(q):
    layers, logs = list(range(1, len(q) + 1)), [float(np.log(value)) for value in q]
    middle, mean = sum(layers) / len(q), sum(logs) / len(q)
    slope = sum((i - middle) * (log - mean) for i, log in zip(layers, logs, strict=True))
    return np.exp(slope / sum((i - middle) ** 2 for i in layers))


EXERCISES = [
    Exercise(
        start_spreads,
        lambda draw: (draw.dim() + 1, 2 * draw.dim()),
        lambda n_in, n_out: ((2 / (n_in + n_out)) ** 0.5, (n_in / 2) ** -0.5),
        "factor-by-scale",
        ("The standard deviation is the root of the variance.", "`np.sqrt(2 / n_in)` is He's."),
        {
            "These are variances; the standard deviation is their root.": (
                "np.sqrt(2 / (n_in + n_out)), np.sqrt(2 / n_in)",
                "2 / (n_in + n_out), 2 / n_in",
            ),
            "He counts the inputs, not the units.": ("np.sqrt(2 / n_in)", "np.sqrt(2 / n_out)"),
            "The second is LeCun's, 1 / n_in: the 2 makes up for what ReLU silences.": (
                "np.sqrt(2 / n_in)",
                "np.sqrt(1 / n_in)",
            ),
            "The first has 1 where Glorot has 2.": ("2 / (n_in + n_out)", "1 / (n_in + n_out)"),
            "The first is the limit of the uniform distribution, √6, not the standard deviation.": (
                "2 / (n_in + n_out)",
                "6 / (n_in + n_out)",
            ),
            "The two are the other way round.": (
                "np.sqrt(2 / (n_in + n_out)), np.sqrt(2 / n_in)",
                "np.sqrt(2 / n_in), np.sqrt(2 / (n_in + n_out))",
            ),
        },
    ),
    Exercise(
        he_layer,
        _wide,
        _he_expected,
        "by-layer",
        (
            "`rng.normal(mean, standard_deviation, shape)`: the second is the root of the variance.",
            "The shape of W is (n_out, n_in), that of b (n_out, 1).",
        ),
        {
            "The variance is given where the standard deviation belongs: its root is missing.": (
                "np.sqrt(2 / n_in)",
                "2 / n_in",
            ),
            "This is 1 / n_in: the 2 for what ReLU silences is missing.": ("2 / n_in", "1 / n_in"),
            "He counts the inputs, not the units.": ("2 / n_in", "2 / n_out"),
            "W is the transpose: its shape is (n_out, n_in).": ("(n_out, n_in)", "(n_in, n_out)"),
            "The weights are not scaled at all.": ("np.sqrt(2 / n_in)", "1"),
            "This is Glorot's scale, not He's.": ("2 / n_in", "2 / (n_in + n_out)"),
        },
        _observe_he,
        0.025,
    ),
    Exercise(
        glorot_uniform,
        _wide,
        _uniform_expected,
        "factor-by-scale",
        (
            "`rng.uniform(low, high, shape)`.",
            "A uniform distribution has the variance limit² / 3; so the limit has a 6.",
        ),
        {
            "The limit has √6, not √2: this is the standard deviation.": ("np.sqrt(6", "np.sqrt(2"),
            "The root is missing.": ("np.sqrt(6 / (n_in + n_out))", "6 / (n_in + n_out)"),
            "Only positive weights are drawn.": ("-limit, limit", "0, limit"),
            "The limit counts inputs alone; Glorot's counts inputs and units.": ("(n_in + n_out)", "n_in"),
            "The limit counts units alone; Glorot's counts inputs and units.": ("(n_in + n_out)", "n_out"),
            "These are normal, not uniform.": (
                "rng.uniform(-limit, limit, (n_out, n_in))",
                "rng.normal(0, limit / 3**0.5, (n_out, n_in))",
            ),
        },
        _observe_uniform,
        0.025,
    ),
    Exercise(
        initialize,
        _sizes,
        _all_expected,
        "by-layer",
        (
            "A loop over layers from 1 to L; `sizes[layer - 1]` are the inputs of a layer.",
            '`parameters[f"W{layer}"] = ...` puts an array under the name W1, W2, ...',
        ),
        {
            "The scale is that of the layer's units, not of its inputs.": (
                "np.sqrt(2 / n_in)",
                "np.sqrt(2 / n_out)",
            ),
            "The first layer is not scaled.": (
                "np.sqrt(2 / n_in)",
                "(np.sqrt(2 / n_in) if layer > 1 else 1)",
            ),
            "All layers have the scale of the first one.": ("2 / n_in", "2 / sizes[0]"),
            "The 2 for what ReLU silences is missing.": ("2 / n_in", "1 / n_in"),
            "The root is missing.": ("np.sqrt(2 / n_in)", "(2 / n_in)"),
            "The last layer is missing.": ("range(1, len(sizes))", "range(1, max(len(sizes) - 1, 2))"),
        },
        _observe_all,
        0.05,
    ),
    Exercise(
        mean_squares,
        _stack,
        _through_scratch,
        "by-layer",
        ("A loop over the weights; what comes out of a layer goes into the next.", "`np.mean(A**2)`."),
        {
            "The variance is about the mean; this is the mean square, about zero.": (
                "np.mean(X**2)",
                "np.var(X)",
            ),
            "The mean is squared, not the activations.": ("np.mean(X**2)", "np.mean(X) ** 2"),
            "ReLU is missing.": ("np.maximum(0, W @ X)", "W @ X"),
            "This is the root of the mean square.": ("np.mean(X**2)", "np.sqrt(np.mean(X**2))"),
            "This is the sum of the squares, not their mean.": ("np.mean(X**2)", "np.sum(X**2)"),
            "These are sizes, |a|, not squares.": ("np.mean(X**2)", "np.mean(X)"),
        },
    ),
    Exercise(
        factor_per_layer,
        lambda draw: (np.exp(draw.normal(draw.size + 1) + draw.number(-1, 1) * np.arange(draw.size + 1)),),
        _line,
        "factor-by-scale",
        (
            "`np.polyfit(x, y, 1)` gives slope and intercept.",
            "The slope is of the logarithm: e^slope is the factor.",
        ),
        {
            "This is the slope of the logarithm, before e to its power.": ("np.exp(slope)", "slope"),
            "The line is fitted to q, not to its logarithm.": ("np.log(q)", "q"),
            "This is the intercept, not the slope.": ("[0]", "[1]"),
            "This is the last over the first, not the factor of one layer.": (
                "np.exp(slope)",
                "q[-1] / q[0]",
            ),
            "The logarithm has base 10, the power base e.": ("np.log(q)", "np.log10(q)"),
            "This goes from the last layer to the first.": ("np.exp(slope)", "np.exp(-slope)"),
        },
    ),
]
