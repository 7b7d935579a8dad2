"""What the course and its sources say of first weights, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import check, judge, judge_ratio, judge_share
from dlkeras.plots import display_name
from dlkeras.signal_propagation import factor_per_layer

SUMMARY, ASKED, THEORY = "Course notes: summary of module 2", "Asked here", "Theory: symmetry"
GLOROT, HE = "Glorot and Bengio (2010), section 4.2.1", "He et al. (2015), section 2.2"

# Scales, std × √inputs, of layers with as many inputs as outputs.
SCALES = {"too small": 0.5, "Glorot": 1.0, "He": 2**0.5, "too large": 2**1.5}

# A share of the largest weight. Units that learned the same are apart by rounding, which training magnifies:
# with all weights moved by a rounding before each epoch, to 1e-6 in 8 epochs and to 4e-6 in 30. Units that
# learned something of their own are apart by about 1. Halfway between, on a logarithmic axis, is 1e-3.
ROUNDING = 1e-3


def spread_of_units(kernel):
    """The largest difference of two units in a weight, as a share of the largest weight of all.

    Args:
        kernel: (inputs, units).

    Returns:
        0 where all units are the same, at most 2.
    """
    kernel = kernel.astype("float64")
    largest = np.abs(kernel).max()
    return np.ptp(kernel, axis=1).max() / largest if largest else 0.0


def accuracy(runs, activation, depth, field="test_accuracy"):
    """Test accuracy of networks from random weights, (scales, seeds)."""
    kind = {"start": "random", "activation": activation, "depth": depth}
    return runs.stack(field, "scale", "seed", **kind)


def trained(runs, activation, depth):
    """Whether more than half of the images were right in the last epoch of training, (scales, seeds)."""
    return accuracy(runs, activation, depth, "accuracy")[..., -1] > 0.5


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    return [*of_symmetry(runs), *of_variance(runs), *of_training(runs)]


def of_symmetry(runs):
    """What becomes of weights that all start alike."""
    scales, shallow = runs.values("scale", start="random"), runs.values("depth", start="random")[0]
    glorot = accuracy(runs, "sigmoid", shallow)[scales.index(SCALES["Glorot"])]
    moved = np.abs(runs.stack("kernel", "seed", start="zeros", activation="tanh")).max(axis=(1, 2))

    def spread(statement, activation, start):
        kernels = runs.stack("kernel", "seed", start=start, activation=activation, depth=shallow)
        words = f"{activation}, {start}: largest difference of two units of the first layer, over its largest"
        spreads = [spread_of_units(kernel) for kernel in kernels]
        return check(statement, f"{words} weight", spreads, below=ROUNDING, source=THEORY)

    return [
        judge(
            "Weights are initialized to random values.",
            f"sigmoid, depth {shallow}: test accuracy, Glorot minus zeros",
            glorot,
            "share",
            baseline=runs.stack("test_accuracy", "seed", start="zeros", activation="sigmoid"),
            above=0.2,
            source=SUMMARY,
            promised="supported",
        ),
        spread("From zeros, all units of a layer stay the same.", "sigmoid", "zeros"),
        spread("From equal weights, all units of a layer stay the same.", "tanh", "equal"),
        check(
            "From zeros, layers of tanh learn nothing.",
            "tanh, zeros: largest change of a weight of the first layer",
            moved,
            below=1e-9,
            source=THEORY,
            note="tanh(0) is 0, so only the last biases have a gradient.",
        ),
    ]


def of_variance(runs):
    """What a layer does, before any training, to the mean squares of activations and of their gradients."""

    def factor(activation, start, direction):
        kind = {"start": "draw", "activation": activation, "scale": SCALES[start]}
        words = f"{display_name(activation)}, {start}, {direction}: factor of the mean square per layer"
        return words, factor_per_layer(runs.stack(direction, "seed", **kind))

    def change(*which):
        words, factors = factor(*which)
        return f"{words}, up or down", np.maximum(factors, 1 / factors)

    halves = factor("relu", "Glorot", "forward")
    power = "Each layer loses less than the one before: a power of the depth, no factor."
    keeps, loses = "The right pairing keeps the variance.", "The wrong pairing changes it."
    small, large = "Too small weights make signals vanish.", "Too large weights make signals explode."
    yes, no = {"promised": "supported"}, {"promised": "contradicted"}
    return [
        judge_ratio(keeps, *change("relu", "He", "forward"), below=1.1, source=HE, **yes),
        judge_ratio(keeps, *change("relu", "He", "backward"), below=1.1, source=HE, **yes),
        judge_ratio(keeps, *change("tanh", "Glorot", "forward"), below=1.1, source=GLOROT, note=power, **no),
        judge_ratio(loses, *change("relu", "Glorot", "forward"), above=1.1, source=HE, **yes),
        judge_ratio(
            "With weights of variance 1/n, ReLU halves the variance in each layer.",
            f"{halves[0]}, over the paper’s 1/2, up or down",
            np.exp(np.abs(np.log(halves[1] / 0.5))),
            below=1.1,
            source=HE,
            expected=1.0,
            promised="supported",
            note=f"0.5 in the paper, {np.exp(np.log(halves[1]).mean()):.3f} here.",
        ),
        judge_ratio(loses, *change("sigmoid", "Glorot", "backward"), above=1.1, source=GLOROT, **yes),
        judge_ratio(
            loses,
            *change("tanh", "He", "backward"),
            above=1.1,
            source=ASKED,
            note="In theory 1.09, near the threshold.",
        ),
        judge_ratio(small, *factor("relu", "too small", "forward"), below=0.5, source=HE, **yes),
        judge_ratio(large, *factor("relu", "too large", "forward"), above=2, source=HE, **yes),
        judge_ratio(
            large, *factor("tanh", "too large", "forward"), above=1.1, source=ASKED, note="|tanh| < 1.", **no
        ),
        judge_ratio(large, *factor("tanh", "too large", "backward"), above=1.1, source=ASKED, **yes),
    ]


def of_training(runs):
    """What networks learned from random weights; a run that did not train is no part of a mean."""
    depths, scales = runs.values("depth", start="random"), runs.values("scale", start="random")
    shallow, deep = depths[0], depths[-1]
    middle = depths[len(depths) // 4]  # the second of five

    def arm(activation, depth, start):
        row = scales.index(SCALES[start])
        return accuracy(runs, activation, depth)[row], trained(runs, activation, depth)[row]

    def both(statement, activation, depth, this, other, **claim):
        (ours, here), (theirs, there) = (arm(activation, depth, start) for start in (this, other))
        where = f"{display_name(activation)}, depth {depth}, one rate"
        words = f"{where}: test accuracy, {this} minus {other}"
        if not (here & there).any():
            return []
        return [judge(statement, words, ours, "share", baseline=theirs, trained=here & there, **claim)]

    def ahead(activation, depth, this, other):
        (ours, here), (theirs, there) = (arm(activation, depth, start) for start in (this, other))
        where = f"{display_name(activation)}, depth {depth}, one rate"
        words = f"{where}: {this} ahead of {other} by more than 0.05 in test accuracy"
        note = f"More than half right: {here.sum()} with {this}, {there.sum()} with {other}."
        return {"measured": words, "successes": ours - theirs > 0.05, "note": note}

    def off(activation, depth, start):
        best = np.take(scales, accuracy(runs, activation, depth).argmax(axis=0))
        where = f"{display_name(activation)}, depth {depth}"
        words = f"{where}: from {start}’s scale to the one with the best accuracy, up or down"
        return words, np.exp(np.abs(np.log(best / SCALES[start])))

    def fewer(activation):
        many, few = (trained(runs, activation, depth).mean(axis=0) for depth in (shallow, deep))
        words = f"share of scales with more than half right in training, depth {shallow} minus {deep}"
        return f"{display_name(activation)}: {words}", many - few, "share"

    needs, near = "ReLU needs He.", 10**0.25  # a factor: at most the next scale, 1.41 times as much, not 2
    yes, no = {"promised": "supported"}, {"promised": "contradicted"}
    return [
        judge("The deeper, the fewer scales train.", *fewer("relu"), above=0.2, source=ASKED, **yes),
        judge_ratio("He suits ReLU.", *off("relu", deep, "He"), below=near, source=HE, **yes),
        judge_ratio("Glorot suits tanh.", *off("tanh", deep, "Glorot"), below=near, source=GLOROT, **yes),
        judge_ratio(
            "Glorot suits sigmoid.", *off("sigmoid", middle, "Glorot"), below=near, source=ASKED, **no
        ),
        judge_share(needs, **ahead("relu", deep, "He", "Glorot"), above=0.5, source=HE, **yes),
        *both(needs, "relu", shallow, "He", "Glorot", above=0.05, source=HE, **no),
        *both("tanh needs Glorot.", "tanh", deep, "Glorot", "He", above=0.05, source=ASKED),
    ]
