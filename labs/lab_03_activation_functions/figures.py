"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import numpy as np
from findings import pick
from functions import FUNCTIONS, HIDDEN, by_hand, by_tape
from with_derivatives import with_derivatives

from dlkeras import plots
from dlkeras.plots import in_words
from dlkeras.report import Exhibit


def figures(runs):
    """Draws the figures, with their words."""
    depths = runs.values("depth")[1:]
    deep, epochs, plain = depths[-1], len(runs[0]["loss"]), pick(runs, "test_accuracy")
    seeds, about = f"{len(plain)} seeds.", f"{len(plain)} seeds. {plots.BAND}"
    z, few = np.linspace(-4, 4, 401), np.linspace(-3.75, 3.75, 11)
    by_hands = {name: by_hand(name, z) for name in FUNCTIONS}
    dots = few, {name: by_tape(name, few) for name in FUNCTIONS}

    def each(field, depth=deep):
        return {name: pick(runs, field, name, depth) for name in HIDDEN}

    def last(field, layer=-1):
        return in_words({name: values[:, layer] for name, values in each(field).items()})

    by_depth = {n: np.stack([pick(runs, "test_accuracy", n, d) for d in depths], 1) for n in HIDDEN}
    return {
        "functions": Exhibit(
            with_derivatives(
                z,
                by_hands,
                dots=dots,
                dots_name="derivative by\nGradientTape",
                xlabel="z",
                limits=(-1.15, 2.15),
            ),
            "The seven activation functions and their derivatives",
            "Softmax: the first of three probabilities, the other two logits being zero. Nothing is random.",
            f"Largest slopes: {in_words({name: slope.max() for name, (_, slope) in by_hands.items()})}.",
        ),
        "accuracy-by-depth": Exhibit(
            plots.by_setting(
                depths,
                {"": by_depth},
                xlabel="depth (hidden layers)",
                ylabel="test accuracy",
                reference=(np.median(plain), "no hidden layer"),
            ),
            "What trains, by activation and depth",
            f"After {epochs} epochs, {seeds} {plots.DOTS}",
            f"At depth {deep}: {in_words(each('test_accuracy'))}. No hidden layer: {np.median(plain):.2g}.",
        ),
        "loss": Exhibit(
            plots.curves(
                range(1, epochs + 1),
                {f"Depth {d}": each("loss", d) for d in depths},
                xlabel="epoch",
                ylabel="training loss (mean, nats)",
                log_y=True,
            ),
            "Training loss",
            f"Over the batches of an epoch, while the weights move. {about}",
            f"In the last epoch, depth {deep}: {last('loss')}.",
        ),
        "flat": Exhibit(
            plots.by_layer(
                {"At the start": each("flat_start"), "After training": each("flat_end")},
                log_y=False,
                ylabel="share of outputs on a flat part",
            ),
            f"How much of each layer lets hardly any gradient through, {deep} hidden layers",
            f"Outputs whose slope is below 5 % of the largest: sigmoid saturated, ReLU silent. {about}",
            f"Share in the last hidden layer after training: {last('flat_end')}.",
        ),
        "centre": Exhibit(
            plots.by_layer(
                {"Mean": each("mean_start"), "Standard deviation": each("std_start")},
                log_y=False,
                ylabel="of the outputs, at the start",
            ),
            f"Are outputs centred on zero? {deep} hidden layers, before training",
            f"Over test samples and units. {about}",
            f"Mean in the last of them: {last('mean_start')}.",
        ),
        "weight-change": Exhibit(
            plots.by_layer({f"Depth {deep}": each("moved")}, ylabel="relative weight change"),
            f"How far each layer moved, {deep} hidden layers",
            f"Norm of the whole training’s change of a kernel, over its norm at the start. {about}",
            f"The first layer moved by {last('moved', 0)}.",
        ),
    }
