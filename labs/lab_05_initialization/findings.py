"""What the course and its sources say of first weights, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import judge
from dlkeras.plots import display_name
from dlkeras.signal_propagation import factor_per_layer

# Scales, std × √inputs, of layers with as many inputs as outputs.
SCALES = {"too small": 0.5, "Glorot": 1.0, "He": 2**0.5, "too large": 2**1.5}

# A share of the largest weight. Units that learned the same are apart by rounding, which training magnifies:
# with all weights moved by a rounding before each epoch, to 1e-6 in 8 epochs and to 4e-6 in 30. Units that
# learned something of their own are apart by about 1. Halfway between, on a logarithmic axis, is 1e-3.
ROUNDING = 1e4 * np.finfo("float32").eps


def different_units(kernel):
    """Counts the units whose weights differ by more than rounding; kernel: (inputs, units)."""
    kernel, kinds = kernel.astype("float64"), []
    for unit in kernel.T:
        if all(np.abs(unit - kind).max() > ROUNDING * np.abs(kernel).max() for kind in kinds):
            kinds.append(unit)
    return len(kinds)


def accuracy(runs, activation, depth):
    """Test accuracy of networks from random weights, (scales, seeds)."""
    kind = {"start": "random", "activation": activation, "depth": depth}
    return runs.stack("test_accuracy", "scale", "seed", **kind)


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    depths, scales = runs.values("depth", start="random"), runs.values("scale", start="random")
    shallow, deep = depths[0], depths[-1]
    middle = depths[len(depths) // 4]  # the second of five

    def at(activation, depth, start):
        return accuracy(runs, activation, depth)[scales.index(SCALES[start])]

    def units(activation, start):
        kernels = runs.stack("kernel", "seed", start=start, activation=activation)
        words = f"{activation}, {start}: units of the first layer that differ by more than rounding"
        return words, [different_units(kernel) for kernel in kernels], "units"

    def factor(activation, start, direction):
        kind = {"start": "draw", "activation": activation, "scale": SCALES[start]}
        words = f"{display_name(activation)}, {start}, {direction}: factor per layer"
        return words, factor_per_layer(runs.stack(direction, "seed", **kind)), "×"

    def change(*which):
        words, factors, unit = factor(*which)
        return f"{words}, up or down", np.maximum(factors, 1 / factors), unit

    def off(activation, depth, start):
        best = np.take(scales, accuracy(runs, activation, depth).argmax(axis=0))
        words = f"{display_name(activation)}, depth {depth}: from {start}’s scale to the best one, up or down"
        return words, np.abs(np.log10(best / SCALES[start])), "decades"

    def gain(activation, depth, this, other):
        words = f"{display_name(activation)}, depth {depth}: test accuracy, {this} minus {other}"
        return words, at(activation, depth, this) - at(activation, depth, other), "share"

    def fewer(activation):
        many, few = (np.mean(accuracy(runs, activation, depth) > 0.5, axis=0) for depth in (shallow, deep))
        words = f"share of scales with more than half right, depth {shallow} minus {deep}"
        return f"{display_name(activation)}: {words}", many - few, "share"

    zeros = runs.stack("test_accuracy", "seed", start="zeros", activation="sigmoid")
    moved = np.abs(runs.stack("kernel", "seed", start="zeros", activation="tanh")).max(axis=(1, 2))
    last = "They learn nothing: tanh(0) is 0, so only the last biases have a gradient."
    power = "Each layer loses less than the one before: a power of the depth, no factor."
    keeps, loses = "The right pairing keeps the variance.", "The wrong pairing changes it."
    small, large, he = "Too small weights vanish.", "Too large weights explode.", "ReLU needs He."
    yes, no = {"promised": "supported"}, {"promised": "contradicted"}
    return [
        judge(
            "Weights are initialized to random values.",
            f"sigmoid, depth {shallow}: test accuracy, Glorot minus zeros",
            at("sigmoid", shallow, "Glorot"),
            "share",
            baseline=zeros,
            paired=False,
            above=0.2,
            **yes,
        ),
        judge("From zeros, symmetry is never broken.", *units("sigmoid", "zeros"), below=2, **yes),
        judge(
            "From zeros, all units learn the same.",
            "tanh, zeros: largest change of a weight of the first layer",
            moved,
            "",
            above=1e-6,
            note=last,
            **no,
        ),
        judge("Equal weights do as zeros do.", *units("tanh", "equal"), below=2, **yes),
        judge(keeps, *change("relu", "He", "forward"), below=1.1, **yes),
        judge(keeps, *change("relu", "He", "backward"), below=1.1, **yes),
        judge(keeps, *change("tanh", "Glorot", "forward"), below=1.1, note=power),
        judge(loses, *change("relu", "Glorot", "forward"), above=1.1, **yes),
        judge(loses, *change("sigmoid", "Glorot", "backward"), above=1.1, **yes),
        judge(
            loses, *change("tanh", "He", "backward"), above=1.1, note="In theory 1.09, near the threshold."
        ),
        judge(small, *factor("relu", "too small", "forward"), below=0.5, **yes),
        judge(large, *factor("relu", "too large", "forward"), above=2, **yes),
        judge(large, *factor("tanh", "too large", "forward"), above=1.1, note="|tanh| < 1.", **no),
        judge(large, *factor("tanh", "too large", "backward"), above=1.1, **yes),
        judge("The deeper, the fewer scales train.", *fewer("relu"), above=0.2, **yes),
        judge("He suits ReLU.", *off("relu", deep, "He"), below=0.25, **yes),
        judge("Glorot suits tanh.", *off("tanh", deep, "Glorot"), below=0.25, **yes),
        judge("Glorot suits sigmoid.", *off("sigmoid", middle, "Glorot"), below=0.25, **no),
        judge(he, *gain("relu", deep, "He", "Glorot"), above=0.05, **yes),
        judge(he, *gain("relu", shallow, "He", "Glorot"), above=0.05, **no),
        judge("tanh needs Glorot.", *gain("tanh", deep, "Glorot", "He"), above=0.05),
    ]
