"""What does backpropagation compute, and why does training on XOR sometimes get stuck?

Varies the learning rate, the number of hidden units, the gate (XOR, AND), the scale of two neurons' weights.
Fixed: sigmoid everywhere, first weights and biases uniform in [-1, 1], the gate's four rows as one batch.
Look for runs that end on the same few levels of error, and for a rate beyond which nothing is learned.

Promised: gradients by hand are those of GradientTape; the gradient for w1 is smaller than that for w2 with
small weights, not with large ones; two hidden units do not always learn XOR, four do; a rate of 0.01 takes
the way of 0.1 in ten times the epochs, and 100 learns nothing; stuck runs are in no local minimum.

Source: the course's module on backpropagation; Sprinkhuizen-Kuyper and Boers (1999) on XOR's error surface.
"""

# %% Settings
from dataclasses import dataclass

import numpy as np

from dlkeras import data, lab


@dataclass(frozen=True)
class Settings:
    """What a run of this lab uses."""

    dataset: str = "xor"  # gate of the map
    widths: tuple[int, ...] = (2, 3, 4)  # hidden units
    rates: tuple[float, ...] = (0.01, 0.1, 1.0, 10.0, 100.0)  # along half the sum of squared errors
    epochs: int = 100_000  # steps, each on all four rows
    scales: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)  # bounds of two neurons' weights
    seeds: int = 40


FULL = Settings()
QUICK = Settings(widths=(2, 4), epochs=2000, seeds=3)
X = data.xor_corners()[0].T.astype(np.float64)  # (2, 4): samples in columns, as in the notebook
GATES = {"xor": np.array([[0.0, 1, 1, 0]]), "and": np.array([[0.0, 0, 0, 1]])}  # (1, 4)
if __name__ == "__main__":
    flags = lab.read_flags(__doc__, FULL, QUICK, datasets=tuple(GATES))

# %% Model: a hidden layer and an output, all sigmoid
import keras
import tensorflow as tf

from dlkeras import plots
from dlkeras.findings import judge, judge_share
from dlkeras.population import Population
from dlkeras.report import Exhibit
from dlkeras.runs import Runs
from dlkeras.scratch import cost_and_gradients, squared_error
from dlkeras.scratch.hessian import hessian, kind_of_point
from dlkeras.scratch.two_neurons import two_neurons

SLOW, USUAL = 0.01, 0.1  # the notebook's rates
MEAN_OF_FOUR = 2  # half the sum of four squares is twice their mean, which Keras takes: so are its steps
POINTS = 200  # for each, the mean error over as many epochs
SOLVED = 0.04  # mean squared error; below it every output is within 0.4 of its target
NAMES, LAYERS = ["W1", "b1", "W2", "b2"], ["sigmoid", "sigmoid"]


def network(width, seed, num_inputs=2, dtype="float32"):
    """Builds the notebook's network with weights and biases uniform in [-1, 1]."""

    def dense(units, i):
        kernel, bias = (keras.initializers.RandomUniform(-1, 1, seed=4 * seed + i + j) for j in (0, 1))
        return keras.layers.Dense(units, "sigmoid", True, kernel, bias, dtype=dtype)

    return keras.Sequential([keras.Input((num_inputs,), dtype=dtype), dense(width, 0), dense(1, 2)])


# %% Backpropagation by hand, as in the notebook, for many networks at once: W1 (networks, units, inputs)
def turned(arrays):
    """Turns Keras' weights of many networks into the course's: kernels transposed, biases as columns."""
    return [a.swapaxes(1, 2) if a.ndim == 3 else a[..., None] for a in map(np.float64, arrays)]


def gradients_by_hand(W1, b1, W2, b2, Y):
    """Goes forward, takes the error, and goes back: the error, and the gradients of half its squares' sum."""
    A1 = 1 / (1 + np.exp(-(W1 @ X + b1)))  # (networks, units, 4)
    A2 = 1 / (1 + np.exp(-(W2 @ A1 + b2)))  # (networks, 1, 4)
    dZ2 = (A2 - Y) * A2 * (1 - A2)
    dZ1 = W2.swapaxes(1, 2) @ dZ2 * A1 * (1 - A1)
    dW1, dW2 = dZ1 @ X.T, dZ2 @ A1.swapaxes(1, 2)
    return A2 - Y, [dW1, dZ1.sum(axis=2, keepdims=True), dW2, dZ2.sum(axis=2, keepdims=True)]


def train_by_hand(parameters, rates, Y, epochs):
    """Takes the notebook's steps; returns the mean squared error of every epoch, (epochs, networks)."""
    errors = []
    for _ in range(epochs):
        error, gradients = gradients_by_hand(*parameters, Y)
        errors.append(np.mean(error**2, axis=(1, 2)))
        parameters = [p - rates[:, None, None] * g for p, g in zip(parameters, gradients, strict=True)]
    return np.array(errors)


def check(model, inputs, targets, hand):
    """Gives the largest difference of gradients by hand from the tape's and `dlkeras.scratch`'s, relative."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.mean_squared_error(targets.T, model(inputs.T)))
    taped = turned([g.numpy()[None] for g in tape.gradient(loss, model.trainable_variables)])
    parameters = {n: w[0] for n, w in zip(NAMES, turned([w[None] for w in model.get_weights()]), strict=True)}
    written = cost_and_gradients(inputs, targets, parameters, LAYERS, squared_error)[1].values()
    hand, *others = (np.concatenate([np.ravel(g) for g in found]) for found in (hand, taped, written))
    tape, scratch = (np.abs(hand - other).max() / np.abs(other).max() for other in others)
    return {"tape": tape, "scratch": scratch}


def check_gradients(settings):
    """Draws weights for the notebook's network and, at every scale, for two neurons in a chain: float64."""
    Y, model = GATES[settings.dataset], network(settings.widths[0], 0, dtype="float64")
    two = network(1, 0, num_inputs=1, dtype="float64")  # sigmoid(w2 sigmoid(w1 x + b1) + b2)
    for seed in range(settings.seeds):
        rng = np.random.default_rng(seed)
        model.set_weights([rng.uniform(-1, 1, w.shape) for w in model.get_weights()])
        hand = gradients_by_hand(*turned([w[None] for w in model.get_weights()]), Y)[1]
        yield {"part": "network", "seed": seed, **check(model, X, Y, [g / MEAN_OF_FOUR for g in hand])}
        unit = [rng.uniform(-1, 1, w.shape) for w in two.get_weights()]
        for scale in settings.scales:
            two.set_weights([scale * w for w in unit])
            d = two_neurons(*(w.item() for w in two.get_weights()), x=1.0, y=0.0)[1]
            apart = check(two, np.ones((1, 1)), np.zeros((1, 1)), [d["w1"], d["b1"], d["w2"], d["b2"]])
            ratio = abs(d["w1"] / d["w2"])
            chain = {"scale": scale, "gradient_w1": d["w1"], "gradient_w2": d["w2"], "w1_over_w2": ratio}
            yield {"part": "chain", "seed": seed, **chain, **apart}


# %% Experiment: all rates and seeds of one width at once
def train(gate, width, rates, settings):
    """Trains a network from every seed at every rate, with Keras and some also by hand."""
    starts = [(rate, seed) for rate in rates for seed in range(settings.seeds)]
    steps = np.array([rate for rate, _ in starts])
    seeds, doubled = range(len(starts)), list(MEAN_OF_FOUR * steps)
    population = Population(lambda number: network(width, starts[number][1]), seeds, learning_rates=doubled)
    population.compile("sgd", "mean_squared_error")
    first = turned(population.get_weights())
    x, y = np.float32(X.T), np.float32(GATES[gate].T)
    every = max(1, settings.epochs // POINTS)  # one call of the compiled loop has the four rows that often
    history = population.fit(
        np.tile(x, (every, 1)), np.tile(y, (every, 1)), batch_size=4, shuffle=False,
        epochs=settings.epochs // every, verbose=0,
    ).history  # fmt: skip
    errors, last = np.array(history["loss"]), turned(population.get_weights())  # (points, networks)
    told = np.unique(np.geomspace(1, len(errors), 25).round().astype(int)) - 1
    hand = {}
    if width == settings.widths[0]:
        few = np.flatnonzero(np.isin(steps, (SLOW, USUAL)))
        found = train_by_hand([p[few] for p in first], steps[few], GATES[gate], len(errors) * every)
        hand = dict(zip(few, found.reshape(-1, every, len(few)).mean(axis=1).T, strict=True))
    for i, (rate, seed) in enumerate(starts):
        one = {name: p[i] for name, p in zip(NAMES, last, strict=True)}
        kind, eigenvalues, newton = kind_of_point(*hessian(X, GATES[gate], one, LAYERS, squared_error))
        yield {
            "part": "training", "gate": gate, "width": width, "rate": rate, "seed": seed,
            "kind": "solved" if errors[-1, i] < SOLVED else kind, "lowest_eigenvalue": eigenvalues[0],
            "newton_step": newton, "epoch": ((told + 1) * every).tolist(), "error": errors[told, i].tolist(),
            "errors": errors[:, i], "by_hand": hand.get(i, np.empty(0)), "eigenvalues": eigenvalues,
        }  # fmt: skip


def run(settings):
    """Checks the gradients, trains all networks, and returns one dict for each."""
    cases = [(settings.dataset, width, settings.rates, settings) for width in settings.widths]
    others = [gate for gate in GATES if gate != settings.dataset]
    cases += [(gate, settings.widths[0], (SLOW, USUAL), settings) for gate in others]
    return Runs([*check_gradients(settings), *lab.train_all(train, cases, "Training")])


def gates_of(result):
    """Lists the gates, the one that was asked for first."""
    return list(dict.fromkeys(row["gate"] for row in result.where(part="training")))


# %% Findings: what the course says, measured
def findings(result):
    """Judges the statements of the course."""
    widths, rates, scales, seeds = (result.values(f) for f in ("width", "rate", "scale", "seed"))
    (gate, other), narrow = gates_of(result), widths[0]
    usual, slow = ({"gate": gate, "width": narrow, "rate": rate} for rate in (USUAL, SLOW))

    def judge_ratio(statement, scale, promised, note):
        measured = f"gradient for w1 over that for w2, weights in [−{scale:g}, {scale:g}], input 1"
        ratio = result.stack("w1_over_w2", "seed", scale=scale)
        return judge(statement, measured, ratio, below=1, unit="×", promised=promised, note=note)

    def judge_solved(gate, width, rate, promised, statement="Training drives the error to zero.", **claim):
        measured = f"{gate.upper()} solved (every output within 0.4), {width} hidden units, rate {rate:g}"
        solved = result.stack("kind", "seed", gate=gate, width=width, rate=rate) == "solved"
        return judge_share(statement, measured, solved, promised=promised, **claim)

    checked = [row for row in result if row["part"] == "network" or row.get("scale", 9) <= 1]
    apart = [max(row["tape"] for row in checked if row["seed"] == seed) for seed in seeds]
    quick, late = result.stack("errors", "seed", **usual), result.stack("errors", "seed", **slow)[:, -1]
    behind = np.abs(late - quick[:, quick.shape[1] // 10 - 1])
    kinds = result.stack("kind", "seed", **usual)
    stuck = kinds[kinds != "solved"]
    found = [
        judge("Backpropagation calculates the gradient of the cost.", "gradients by hand and of "
              f"the tape, {gate.upper()} network and two neurons: largest relative difference, float64",
              apart, below=1e-12, unit="", promised="supported",
              note="For weights up to 1; in larger ones the tape's a(1 − a) loses digits as a nears 1."),
        judge_ratio("The error gradient with respect to w1 is very small.", 1.0, "supported",
                    "It is |w2 x (1 − a1)|: on average ¼ for such weights, whatever the error."),
        judge_ratio("We keep multiplying factors that are less than one.", scales[-1], "contradicted",
                    "One factor is w2. Large weights enlarge the gradient, or saturate a1."),
        judge_solved(gate, narrow, USUAL, "contradicted", above=0.9),
        judge_solved(gate, 4, USUAL, "supported", above=0.9, note="Two more hidden units."),
        judge_solved(other, narrow, USUAL, "supported", above=0.9, note="A line divides the rows of AND."),
        judge("Small rates result in slow convergence.", f"{gate.upper()}: error at {SLOW} minus that at "
              f"{USUAL} after a tenth of the epochs, absolute", behind, below=0.02, unit="squared error",
              promised="supported", note="It takes the same way, and gets stuck in the same places."),
        judge_solved(gate, narrow, rates[-1], "supported", "Large rates miss the minimum.", below=0.1),
    ]  # fmt: skip
    if len(stuck):
        steps = result.stack("newton_step", "seed", **usual)[kinds != "solved"]
        counts = ", ".join(f"{kind} {np.sum(stuck == kind)}" for kind in sorted(set(stuck)))
        found.append(judge_share(
            "Training gets stuck in local minima.",
            f"stuck runs, {narrow} hidden units, rate {USUAL}: share in a local minimum",
            stuck == "local minimum", above=0.5, promised="contradicted",
            note=f"{counts}. Newton's step to a bottom is {np.median(steps):.2g} long (median).",
        ))  # fmt: skip
    return found


# %% Figures
def in_words(names, values):
    """Puts medians over seeds, the first axis of each, into words for readers who cannot see a figure."""
    return ", ".join(f"{name}: {np.median(found):.2g}" for name, found in zip(names, values, strict=True))


def figures(result):
    """Draws the figures, with their words."""
    widths, rates, scales, seeds = (result.values(f) for f in ("width", "rate", "scale", "seed"))
    gates, narrow, names = gates_of(result), widths[0], [f"{rate:g}" for rate in rates]
    about, gate = f"{len(seeds)} seeds. {plots.BAND}", gates[0].upper()
    last = next(row["epoch"][-1] for row in result if "epoch" in row)

    def of(gate, field, rate, width=narrow):
        return result.stack(field, "seed", gate=gate, width=width, rate=rate)

    both = {f"rate {rate}": rate for rate in (USUAL, SLOW)}
    measured = {g.upper(): {name: of(g, "errors", r) for name, r in both.items()} for g in gates}
    hand = {g.upper(): {n: np.median(of(g, "by_hand", r), axis=0) for n, r in both.items()} for g in gates}
    points = np.linspace(0, last, len(result[-1]["errors"]) + 1)[1:]
    at_end = [f"{g}, {in_words(c, [v[:, -1] for v in c.values()])}" for g, c in measured.items()]
    shares = np.array([[np.mean(of(gates[0], "kind", r, w) == "solved") for r in rates] for w in widths])
    in_map = [f"{w} units, {in_words(names, row)}" for w, row in zip(widths, shares, strict=True)]
    ratio = np.array(
        [result.stack("w1_over_w2", "seed", scale=scale) for scale in scales]
    ).T  # (seeds, scales)
    values, d = two_neurons(w1=0.15, b1=0.4, w2=0.45, b2=0.65, x=0.1, y=0.25)
    unsolved = {rate: of(gates[0], "kind", rate) != "solved" for rate in rates}
    stuck = {f"{r:g}": of(gates[0], "eigenvalues", r)[kept] for r, kept in unsolved.items()}
    dips = [f"rate {name}: {np.sum(found[:, 0] < -1e-9)} of {len(found)}" for name, found in stuck.items()]
    return {
        "error": Exhibit(
            plots.against_theory(points, measured, hand, xlabel="epoch (a step on all four rows)", log_x=True,
                                 ylabel="mean squared error", reference=(0.125, "1/8"),
                                 theory_name="median of the same in NumPy, by hand"),
            f"The notebook's network, {narrow} hidden units",
            f"Means over {points[0]:.0f} epochs. At 1/8 two rows are right, the other two get ½. {about}",
            f"Median error after {last:,} epochs: {'; '.join(at_end)}.",
        ),
        "graph": Exhibit(
            plots.two_neurons(values, d),
            "Two neurons: values go forward, gradients come back",
            f"The gradient for w₂ is {d['w2'] / d['w1']:.0f} times that for w₁. "
            "Towards w₁ it is multiplied by w₂, a₁(1 − a₁) and x; towards w₂ by a₁.",
            f"A graph. {', '.join(f'{n} = {v:.3g} with gradient {d[n]:.2g}' for n, v in values.items())}.",
        ),
        "chain": Exhibit(
            plots.curves(scales, {"": {"|w₂x(1 − a₁)|": ratio}}, xlabel="s: weights are uniform in [−s, s]",
                         ylabel="gradient for w₁ over w₂", log_x=True, log_y=True, reference=(1, "equal")),
            "Two neurons: is the gradient for w₁ the smaller one?",
            f"Input x = 1; the ratio is in proportion to it. {about}",
            f"Median ratio by s: {in_words(scales, ratio.T)}.",
        ),
        "map": Exhibit(
            plots.grid_map(shares, row_labels=widths, column_labels=names, xlabel="learning rate",
                           ylabel="hidden units", colorbar_label="share of seeds", number_format=".0%"),
            f"How often {gate} is solved, by learning rate and hidden units",
            f"Share of {len(seeds)} seeds with every output within 0.4 of its target after {last:,} epochs.",
            f"A table of shares. {'; '.join(in_map)}.",
        ),
        "curvature": Exhibit(
            plots.spectra(stuck, xlabel="learning rate", ylabel="eigenvalue of the Hessian", linear=1e-9),
            f"The curvature where runs are stuck, {narrow} hidden units",
            f"Each column of dots is a run, of {len(seeds)} seeds, that did not solve {gate}: the "
            f"{4 * narrow + 1} eigenvalues of its Hessian. One below zero is a way down.",
            f"Dots on a signed logarithmic axis. Runs with an eigenvalue below zero: {', '.join(dips)}.",
        ),
    }  # fmt: skip


# %% Page
if __name__ == "__main__":
    lab.publish(flags, __file__, run, findings, figures)
