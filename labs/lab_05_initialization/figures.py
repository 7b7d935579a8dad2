"""The figures of the page, each with its title, its caption, and words for readers who cannot see it."""

import itertools

import numpy as np
from findings import SCALES, accuracy
from maps import matrices, setting_maps

from dlkeras import plots
from dlkeras.plots import display_name, in_words
from dlkeras.report import Exhibit
from dlkeras.signal_propagation import depth_limit, factor_per_layer, mean_field

ACTIVATIONS = ("sigmoid", "tanh", "relu")
COLORS = dict(zip(SCALES, ["#56B4E9", "#CC79A7", "#E69F00", "#767676"], strict=True))


def figures(runs):
    """Draws them, in the order of the page."""
    depths, scales, seeds = (runs.values(f, start="random") for f in ("depth", "scale", "seed"))
    layers = runs.where(start="draw")[0]["forward"].size
    about = f"{len(seeds)} draws of the weights, before any training. {plots.BAND}"
    words = {"forward": "activations", "backward": "gradients"}

    by_scale, by_layer = ({}, {}), ({}, {})  # measured, theory
    for direction, activation in itertools.product(words, ACTIVATIONS):
        kind = {"start": "draw", "activation": activation}
        found = runs.where(**kind).lines(direction, "seed", scale=scales)
        theory = {scale: mean_field(activation, scale, layers)[direction] for scale in scales}
        for i, values in enumerate((found, theory)):
            factors = np.transpose([factor_per_layer(v) for v in values.values()])  # ([draws,] scales)
            by_scale[i].setdefault(f"{direction}: {words[direction]}", {})[activation] = factors
            named = {start: values[scale] for start, scale in SCALES.items()}
            by_layer[i][f"{display_name(activation)}, {direction}"] = named
    at, gradients = scales.index(SCALES["Glorot"]), by_scale[0]["backward: gradients"]
    glorot = in_words({activation: factors[:, at] for activation, factors in gradients.items()})
    return {
        "map": _map(runs, depths, scales, len(seeds)),
        "factor-by-scale": Exhibit(
            plots.against_theory(
                scales,
                *by_scale,
                xlabel="scale: std × √inputs",
                ylabel="factor per layer, mean square",
                theory_name="mean-field theory",
                log_x=True,
                reference=(1.0, "kept"),
            ),
            "By what a layer multiplies what passes through",
            f"The factor of mean squares, fitted over {layers} hidden layers. {about}",
            f"Curves that rise with the scale. Gradients, at Glorot’s scale: {glorot}.",
        ),
        "by-layer": Exhibit(
            plots.against_theory(
                np.arange(1, layers + 1),
                *by_layer,
                xlabel="hidden layers passed",
                ylabel="mean square",
                theory_name="mean-field theory",
                columns=3,
                colors=COLORS,
            ),
            "Activations on their way forward, and gradients on their way back",
            f"Scales: {', '.join(f'{start} {scale:.2g}' for start, scale in SCALES.items())}. Gradients are "
            f"shown relative to the last hidden layer’s. {about}",
            f"Lines over {layers} layers. Gradients at Glorot’s scale change per layer by: {glorot}.",
        ),
        "first-kernel": _first_kernel(runs, depths[0], len(seeds)),
    }


def _map(runs, depths, scales, num_seeds):
    maps = {a: [np.median(accuracy(runs, a, d), axis=1) for d in depths] for a in ACTIVATIONS}
    fine = np.geomspace(scales[0], scales[-1], 81)
    epochs, best = len(runs[0]["loss"]), in_words({a: max(rows[-1]) for a, rows in maps.items()})
    return Exhibit(
        setting_maps(
            scales,
            depths,
            maps,
            xlabel="scale: std × √inputs",
            ylabel="depth (hidden layers)",
            colorbar_label="test accuracy",
            limits=(0, 1),
            outlined=0.5,
            marks={start: SCALES[start] for start in ("Glorot", "He")},
            curves={a: (fine, [depth_limit(a, scale) for scale in fine]) for a in ACTIVATIONS},
            curves_label="over this depth, by theory, gradients shrink or grow a thousandfold",
        ),
        "What can be trained at all",
        f"After {epochs} epochs; a cell is the median of {num_seeds} seeds. Diverged runs guess.",
        f"Three maps of depth by scale. The best of all scales at depth {depths[-1]}: {best}.",
    )


def _first_kernel(runs, depth, num_seeds):
    shown = {
        "sigmoid, zeros": {"start": "zeros", "activation": "sigmoid"},
        "tanh, equal": {"start": "equal", "activation": "tanh"},
        "tanh, random": {"start": "random", "activation": "tanh", "scale": SCALES["Glorot"]},
    }
    kernels = {name: runs.where(depth=depth, **kind)[0]["kernel"] for name, kind in shown.items()}
    return Exhibit(
        matrices(kernels, xlabel="unit", ylabel="input", colorbar_label="weight / largest entry"),
        f"The first kernel after training, depth {depth}",
        f"Equal: from weights of 0.05. The first of {num_seeds} seeds. Stripes: units with the same weights.",
        "Two kernels of stripes, whose columns are all the same, and one whose columns all differ.",
    )
