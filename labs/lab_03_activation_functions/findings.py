"""What the course says of activation functions, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras import plots
from dlkeras.findings import judge


def pick(runs, field, activation="none", depth=0):
    """Stacks a field of the trainings of one kind: (seeds, ...)."""
    return runs.stack(field, "seed", activation=activation, depth=depth)


def findings(runs):
    """Judges the statements of the course."""
    depths = runs.values("depth")[1:]
    middle, deep = depths[len(depths) // 2], depths[-1]

    def check(statement, measured, name, below=1e-6, **note):
        samples, measured = pick(runs, name)[:, 0], f"1,000 random inputs: {measured}"
        return judge(statement, measured, samples, below=below, unit="", promised="supported", **note)

    def gain(statement, activation, depth, other, promised=None, **claim):
        base = pick(runs, "test_accuracy", other, 0 if other == "none" else depth)
        than = "no hidden layer" if other == "none" else plots.display_name(other)
        names = f"{plots.display_name(activation)} minus that of {than}, depth {depth}"
        return judge(
            statement,
            f"test accuracy of {names}",
            pick(runs, "test_accuracy", activation, depth),
            baseline=base,
            unit="share",
            promised=promised,
            **claim,
        )

    def centre(activation, promised):
        mean, std = (pick(runs, f"{name}_start", activation, deep) for name in ("mean", "std"))
        measured = f"{activation}, depth {deep}, start: |mean| over standard deviation of a layer’s outputs"
        return judge(
            "Its outputs are centred on zero.",
            measured,
            np.abs(mean / std).mean(axis=1),
            below=0.2,
            unit="×",
            promised=promised,
        )

    silent = {end: pick(runs, f"silent_{end}", "relu", middle) for end in ("start", "end")}
    zeros = {end: values.mean(axis=1) for end, values in silent.items()}
    dead = pick(runs, "dead_end", "relu", middle).mean()
    still = pick(runs, "moved", "binary_step", deep)[:, :-1].max(axis=1)
    step = "Binary step cannot train a deep network."
    return [
        check("Each function has its derivative.", "largest gap of a slope, tape and closed form", "gap"),
        check(
            "tanh is a scaled version of the sigmoid.",
            "largest |tanh(z) − (2σ(2z) − 1)|",
            "scaled",
            note="The input is scaled too: σ at 2z.",
        ),
        check("tanh is symmetric over the origin.", "largest |tanh(−z) + tanh(z)|", "odd"),
        check("The slope of sigmoid is at most 1/4.", "largest slope of sigmoid", "slope of sigmoid", 0.2501),
        check("The slope of tanh is at most 1.", "largest slope of tanh", "slope of tanh", 1.0001),
        centre("sigmoid", "contradicted"),
        centre("tanh", "supported"),
        judge(
            "ReLU does not activate all neurons at the same time.",
            f"ReLU, depth {middle}, start: share of zeros, first layer",
            silent["start"][:, 0],
            above=0.4,
            unit="share",
            promised="supported",
            note="Weights are as often negative as positive.",
        ),
        judge(
            "Training silences more of ReLU’s units.",
            f"ReLU, depth {middle}: share of zeros in all layers, after training minus at the start",
            zeros["end"],
            baseline=zeros["start"],
            above=0,
            unit="share",
            note=f"From {zeros['start'].mean():.0%} to {zeros['end'].mean():.0%}, {dead:.1%} are dead.",
        ),
        judge(
            step,
            f"binary step, depth {deep}: largest relative change of a hidden layer’s weights",
            still,
            below=1e-9,
            unit="",
            promised="supported",
            note="A slope of zero makes all gradients zero.",
        ),
        gain(step, "binary_step", deep, "none", "supported", below=-0.02),
        gain("Deep linear nets are no better than none.", "linear", deep, "none", "supported", below=0.01),
        gain("Sigmoid serves in the hidden layers.", "sigmoid", deep, "tanh", above=-0.02),
        gain("Sigmoid serves in the hidden layers.", "sigmoid", depths[0], "tanh", above=-0.02),
        gain("Use ReLU for hidden layers.", "relu", deep, "tanh", above=0),
        gain("Leaky ReLU is the better ReLU.", "leaky_relu", deep, "relu", above=0),
        judge(
            "Softmax gives the probabilities of the classes.",
            "no hidden layer: largest |sum − 1| of a row",
            pick(runs, "row_sums").max(axis=1),
            below=1e-5,
            unit="",
            promised="supported",
            note=f"The least is {pick(runs, 'least').min():.1g}.",
        ),
    ]
