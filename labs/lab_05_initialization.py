"""How should the weights of a network start, and what can then be trained at all?

Varies the scale of the random initial weights (Glorot's and He's among them), the activation and the depth;
beside them, weights that all start alike. Fixed: Adam at a rate of 0.001, batches of 64, 32 units a layer.
Look at the map: deep networks train where theory says that layers pass gradients on unchanged.

Promised: from zeros no two units ever differ, and with tanh none moves; He keeps ReLU's variance, Glorot does
not; ReLU explodes from too large weights, tanh does not on the way forward, and too small ones vanish; the
deeper the network, the fewer scales train; at the greatest depth He suits ReLU, and Glorot tanh.

Source: the course's loop of training, which begins with random weights; Glorot and Bengio (2010), section
4.2; He et al. (2015), section 2.2; Poole et al. (2016) and Schoenholz et al. (2017), on mean fields.
"""

# %% Settings
import itertools
from dataclasses import dataclass

import numpy as np

from dlkeras import data, lab


@dataclass(frozen=True)
class Settings:
    """What a run of this lab uses."""

    dataset: str = "digits"
    depths: tuple[int, ...] = (2, 5, 10, 20, 50)  # hidden layers, rising
    scales: tuple[float, ...] = tuple(2 ** (k / 2) for k in range(-3, 11))  # std of a weight × √inputs
    width: int = 32  # units
    batch_size: int = 64  # images
    epochs: int = 8
    seeds: int = 5
    wide: int = 100  # units, where variances are measured
    layers: int = 20  # hidden layers, where variances are measured
    draws: int = 20  # of initial weights, where variances are measured


FULL = Settings()
QUICK = Settings(depths=(2, 5), scales=(0.5, 1, 2**0.5, 2, 2**1.5), epochs=2, seeds=2, draws=5)
if __name__ == "__main__":
    flags = lab.read_flags(__doc__, FULL, QUICK, datasets=data.CLASSIFICATION)

# %% Model: stacks of Dense layers that differ in activation, depth and the scale of their first weights
import keras
import tensorflow as tf

from dlkeras import plots
from dlkeras.findings import judge
from dlkeras.models import depth_stack
from dlkeras.population import Population
from dlkeras.report import Exhibit
from dlkeras.signal_propagation import depth_limit, factor_per_layer, mean_field

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
ACTIVATIONS = ["sigmoid", "tanh", "relu"]
# Scales, std × √inputs, of layers with as many inputs as outputs.
SCALES = {"too small": 0.5, "Glorot": 1.0, "He": 2**0.5, "too large": 2**1.5}
COLORS = dict(zip(SCALES, ["#56B4E9", "#CC79A7", "#E69F00", "#767676"], strict=True))
ALIKE = {"zeros": 0.0, "equal": 0.05}  # the value of all weights


def stack(activation, depth, width, images, initializer="lecun_normal", seed=0):
    """Builds a network; by default its weights have the variance 1 / inputs, which is the scale 1."""
    sizes = {"input_dim": images.x_train.shape[1], "num_classes": images.num_classes}
    return depth_stack(activation, depth, width, kernel_initializer=initializer, seed=seed, **sizes)


def fit(population, settings, images):
    """Trains all networks and yields what became of each."""
    n = len(images.x_train) // settings.batch_size * settings.batch_size  # whole batches: compiled once
    x, y = images.x_train[:n], images.y_train[:n]
    history = population.fit(x, y, settings.batch_size, settings.epochs, verbose=0).history
    right = np.argmax(population(images.x_test), axis=-1) == images.y_test  # (networks, images)
    kernels = population.weights[0].numpy()  # (networks, inputs, units)
    for i in range(population.num_replicas):
        series = {name: [epoch[i] for epoch in history[name]] for name in ("loss", "accuracy")}
        yield {**series, "test_accuracy": right[i].mean(), "kernel": kernels[i]}


def train_random(activation, depth, settings, images):
    """Trains a network from every seed at every scale: the same random weights, times the scale."""
    unscaled = [stack(activation, depth, settings.width, images, seed=seed) for seed in range(settings.seeds)]
    starts = list(itertools.product(range(settings.seeds), settings.scales))
    # A keras.Model, with a replica for each start.
    population = Population(unscaled.__getitem__, [seed for seed, _ in starts])
    scales = [scale for _, scale in starts]
    population.set_weights([(w.T * scales).T for w in population.get_weights()])
    population.compile(keras.optimizers.Adam(0.001), LOSS, ["accuracy"])
    about = {"start": "random", "activation": activation, "depth": depth}
    for (seed, scale), trained in zip(starts, fit(population, settings, images), strict=True):
        yield {**about, "scale": scale, "seed": seed, **trained}


def train_alike(activation, settings, images):
    """Trains from weights that are all one number; a seed is another order of the batches."""
    depth, values = settings.depths[0], [keras.initializers.Constant(value) for value in ALIKE.values()]
    networks = [stack(activation, depth, settings.width, images, value) for value in values]
    population = Population(networks.__getitem__, range(len(networks)))
    population.compile(keras.optimizers.Adam(0.001), LOSS, ["accuracy"])
    first = [(v, v.numpy()) for v in (*population.variables, *population.optimizer.variables)]
    about = {"activation": activation, "depth": depth, "scale": 0.0}
    for seed in range(settings.seeds):
        for variable, value in first:
            variable.assign(value)
        for start, trained in zip(ALIKE, fit(population, settings, images), strict=True):
            yield {"start": start, **about, "seed": seed, **trained}


def measure(activation, settings, images):
    """Measures mean squares of activations and of their gradients, by layer, before any training."""
    model = stack(activation, settings.layers, settings.wide, images)
    x, y = tf.constant(images.x_train[:64]), images.y_train[:64]

    @tf.function
    def mean_squares(scale):
        outputs = [x]
        with tf.GradientTape() as tape:
            for layer in model.layers:  # as biases are zero, scaled inputs are scaled weights
                outputs.append(layer(scale * outputs[-1]))
                tape.watch(outputs[-1])
            loss = LOSS(y, outputs[-1])
        both = outputs[1:-1], tape.gradient(loss, outputs[1:-1])
        return [[tf.reduce_mean(tf.cast(v, "float64") ** 2) for v in values] for values in both]

    for seed in range(settings.draws):
        rng = np.random.default_rng(seed)
        for kernel in model.weights[::2]:
            kernel.assign(rng.normal(0, kernel.shape[0] ** -0.5, kernel.shape))
        for scale in settings.scales:
            forward, backward = np.array(mean_squares(tf.constant(scale, tf.float32)))
            about = {"start": "draw", "activation": activation, "scale": scale, "seed": seed}
            yield {**about, "forward": forward, "backward": backward[::-1] / backward[-1]}  # last layer first


# %% Experiment: every scale, activation and depth; weights that are alike; variances
def run(settings):
    """Trains all networks, measures all variances, and returns one dict for each."""
    images = data.load(settings.dataset)
    cases = [(train_random, a, d, settings, images) for d in settings.depths[::-1] for a in ACTIVATIONS]
    cases += [(part, a, settings, images) for part in (train_alike, measure) for a in ACTIVATIONS]
    return lab.train_all(lambda part, *case: part(*case), cases, "Training")


def accuracy(result, activation, depth):
    """Gives the test accuracy by scale and seed, (scales, seeds)."""
    kind = {"start": "random", "activation": activation, "depth": depth}
    return result.stack("test_accuracy", "scale", "seed", **kind)


# %% Findings: what is said, measured
def findings(result):
    """Judges what the course and its sources say."""
    depths, scales = result.values("depth", start="random"), result.values("scale", start="random")
    shallow, deep, name = depths[0], depths[-1], plots.display_name

    def at(activation, depth, start):  # test accuracy by seed
        return accuracy(result, activation, depth)[scales.index(SCALES[start])]

    def judge_factor(statement, activation, start, direction, promised=None, kept=False, **claim):
        values = result.stack(direction, "seed", start="draw", activation=activation, scale=SCALES[start])
        measured = f"{name(activation)}, {start}, {direction}: factor per layer{', up or down' * kept}"
        factors = factor_per_layer(values)
        samples = np.maximum(factors, 1 / factors) if kept else factors
        return judge(statement, measured, samples, unit="×", promised=promised, **claim)

    def judge_best(statement, activation, depth, start, promised):
        best = np.take(scales, accuracy(result, activation, depth).argmax(axis=0))
        measured = f"{name(activation)}, depth {depth}: from {start}’s scale to the best one, up or down"
        off = np.abs(np.log10(best / SCALES[start]))
        return judge(statement, measured, off, below=0.25, unit="decades", promised=promised)

    def judge_gain(statement, activation, depth, this, other, promised=None):
        measured = f"{name(activation)}, depth {depth}: test accuracy, {this} minus {other}"
        ours, theirs = (at(activation, depth, start) for start in (this, other))
        return judge(statement, measured, ours, baseline=theirs, above=0.05, unit="share", promised=promised)

    def different_units(activation, start):
        kernels = result.stack("kernel", "seed", start=start, activation=activation)
        return [len(np.unique(kernel, axis=1).T) for kernel in kernels]

    zeros = result.stack("test_accuracy", "seed", start="zeros", activation="sigmoid")
    moved = np.abs(result.stack("kernel", "seed", start="zeros", activation="tanh")).max(axis=(1, 2))
    trained = [np.mean(accuracy(result, "relu", depth) > 0.5, axis=0) for depth in (shallow, deep)]
    keeps, loses = "The right pairing keeps the variance.", "The wrong pairing changes it."
    small, large = "Too small weights vanish.", "Too large weights explode."
    units = "units of the first layer that differ after training"
    return [
        judge("Weights are initialized to random values.", f"sigmoid, depth {shallow}: test accuracy, Glorot "
              "minus zeros", at("sigmoid", shallow, "Glorot"), baseline=zeros, paired=False, above=0.2,
              unit="share", promised="supported"),
        judge("From zeros, symmetry is never broken.", f"sigmoid, zeros: {units}",
              different_units("sigmoid", "zeros"), below=2, unit="units", promised="supported"),
        judge("From zeros, all units learn the same.", "tanh, zeros: largest change of a weight "
              "of the first layer", moved, above=1e-6, unit="", promised="contradicted",
              note="They learn nothing: tanh(0) is 0, so only the last biases have a gradient."),
        judge("Equal weights do as zeros do.", f"tanh, equal: {units}", different_units("tanh", "equal"),
              below=2, unit="units", promised="supported"),
        judge_factor(keeps, "relu", "He", "forward", "supported", kept=True, below=1.1),
        judge_factor(keeps, "relu", "He", "backward", "supported", kept=True, below=1.1),
        judge_factor(keeps, "tanh", "Glorot", "forward", kept=True, below=1.1,
                     note="Each layer loses less than the one before: a power of the depth, no factor."),
        judge_factor(loses, "relu", "Glorot", "forward", "supported", kept=True, above=1.1),
        judge_factor(loses, "sigmoid", "Glorot", "backward", "supported", kept=True, above=1.1),
        judge_factor(loses, "tanh", "He", "backward", kept=True, above=1.1),
        judge_factor(small, "relu", "too small", "forward", "supported", below=0.5),
        judge_factor(large, "relu", "too large", "forward", "supported", above=2),
        judge_factor(large, "tanh", "too large", "forward", "contradicted", above=1.1, note="|tanh| < 1."),
        judge_factor(large, "tanh", "too large", "backward", "supported", above=1.1),
        judge("The deeper, the fewer scales train.",
              f"ReLU: share of scales with more than half right, depth {shallow} minus {deep}", trained[0],
              baseline=trained[1], above=0.2, unit="share", promised="supported"),
        judge_best("He suits ReLU.", "relu", deep, "He", "supported"),
        judge_best("Glorot suits tanh.", "tanh", deep, "Glorot", "supported"),
        judge_best("Glorot suits sigmoid.", "sigmoid", depths[1], "Glorot", "contradicted"),
        judge_gain("ReLU needs He.", "relu", deep, "He", "Glorot", "supported"),
        judge_gain("ReLU needs He.", "relu", shallow, "He", "Glorot", "contradicted"),
        judge_gain("tanh needs Glorot.", "tanh", deep, "Glorot", "He"),
    ]  # fmt: skip


# %% Figures
def figures(result):
    """Draws the figures, with their words."""
    depths, scales, seeds = (result.values(f, start="random") for f in ("depth", "scale", "seed"))
    epochs, name = len(result[0]["loss"]), plots.display_name
    maps = {a: [np.median(accuracy(result, a, d), axis=1) for d in depths] for a in ACTIVATIONS}
    best = ", ".join(f"{name(a)} {max(rows[-1]):.2f}" for a, rows in maps.items())
    fine = np.geomspace(scales[0], scales[-1], 81)
    limits = {a: (fine, [depth_limit(a, s) for s in fine]) for a in ACTIVATIONS}
    draws, layers = result.stack("forward", "seed", start="draw", activation="tanh", scale=1.0).shape
    about = f"{draws} draws of the weights, before any training. {plots.BAND}"
    by_scale, by_layer = ({}, {}), ({}, {})  # measured, theory
    for title, a in itertools.product(("forward: activations", "backward: gradients"), ACTIVATIONS):
        direction, _ = title.split(":")
        found = {s: result.stack(direction, "seed", start="draw", activation=a, scale=s) for s in scales}
        theory = {s: mean_field(a, s, layers)[direction] for s in scales}
        for i, values in enumerate((found, theory)):
            own = [factor_per_layer(v) for v in values.values()]
            by_scale[i].setdefault(title, {})[a] = np.transpose(own)  # (draws, scales) or (scales,)
            by_layer[i][f"{name(a)}, {direction}"] = {start: values[s] for start, s in SCALES.items()}
    at = scales.index(SCALES["Glorot"])
    glorot = ", ".join(f"{name(a)} {np.median(own[:, at]):.2g}" for a, own in by_scale[0][title].items())
    kernels = {
        f"{name(a)}, {start}": result.where(start=start, activation=a, scale=s, depth=depths[0])[0]["kernel"]
        for start, a, s in (("zeros", "sigmoid", 0.0), ("equal", "tanh", 0.0), ("random", "tanh", 1.0))
    }
    return {
        "map": Exhibit(
            plots.setting_maps(
                scales, depths, maps, xlabel="scale: std × √inputs", ylabel="depth (hidden layers)",
                colorbar_label="test accuracy", limits=(0, 1), outlined=0.5,
                marks={start: SCALES[start] for start in ("Glorot", "He")}, curves=limits,
                curves_label="over this depth, by theory, gradients shrink or grow a thousandfold",
            ),
            "What can be trained at all",
            f"After {epochs} epochs; a cell is the median of {len(seeds)} seeds. Diverged runs guess.",
            f"Three maps of depth by scale. The best of all scales at depth {depths[-1]}: {best}.",
        ),
        "factor-by-scale": Exhibit(
            plots.against_theory(
                scales, *by_scale, xlabel="scale: std × √inputs", ylabel="factor per layer, mean square",
                theory_name="mean-field theory", log_x=True, reference=(1.0, "kept"),
            ),
            "By what a layer multiplies what passes through",
            f"The factor of mean squares, fitted over {layers} hidden layers. {about}",
            f"Curves that rise with the scale. Gradients, at Glorot’s scale: {glorot}.",
        ),
        "by-layer": Exhibit(
            plots.against_theory(
                np.arange(1, layers + 1), *by_layer, xlabel="hidden layers passed", ylabel="mean square",
                theory_name="mean-field theory", columns=3, colors=COLORS,
            ),
            "Activations on their way forward, and gradients on their way back",
            f"Scales: {', '.join(f'{start} {s:.2g}' for start, s in SCALES.items())}. Gradients are shown "
            f"relative to the last hidden layer’s. {about}",
            f"Lines over {layers} layers. Gradients at Glorot’s scale change per layer by: {glorot}.",
        ),
        "first-kernel": Exhibit(
            plots.matrices(kernels, xlabel="unit", ylabel="input", colorbar_label="weight / largest entry"),
            f"The first kernel after training, depth {depths[0]}",
            f"Equal: from weights of 0.05. Seed 0 of {len(seeds)}. Stripes: units with the same weights.",
            "Two kernels of stripes, whose columns are all the same, and one whose columns all differ.",
        ),
    }  # fmt: skip


# %% Page
if __name__ == "__main__":
    lab.publish(flags, __file__, run, findings, figures)
