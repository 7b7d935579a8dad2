"""What is said of the framework, held against the runs of `experiment.py`."""

import numpy as np

from dlkeras.findings import check, judge

# Who says it.
OUTLINE = "Course outline, week 3: “TensorFlow”"
EXERCISE = "Course exercise on TensorFlow: “divide by the number of batches”"
GUIDE = "TensorFlow’s guide to tf.function"
TAPE = "TensorFlow’s guide to automatic differentiation"
ASKED = "Asked here"


def epoch_costs(runs, optimizer):
    """Costs of each seed's epochs: mean over batches, mean over samples, what fit says, (seeds, epochs)."""
    kind = {"part": "compare", "optimizer": optimizer}
    costs = runs.stack("costs", "seed", **kind)  # (seeds, epochs, batches)
    last = runs.values("last")[0]
    weights = np.ones(costs.shape[-1])
    if last:
        weights[-1] = last / runs.values("batch_size")[0]
    by_sample = (costs * weights).sum(axis=-1) / weights.sum()
    return costs.mean(axis=-1), by_sample, runs.stack("fit", "seed", **kind)


def findings(runs):
    """Judges every statement by a measure: words for it, a number for each seed, its unit."""
    optimizers = runs.values("optimizer")
    none, traces = runs.where(part="none"), runs.where(part="traces")
    cut = [run for run in none if run["way"] != "a variable"]
    words = ", ".join(run["way"] for run in cut)
    same = [
        check(
            "A loop by hand and fit end at the same weights.",
            f"{optimizer}: largest difference of a weight, over the largest weight",
            runs.stack("apart", "seed", part="compare", optimizer=optimizer),
            below=1e-3,
            source=OUTLINE,
            note="The same first weights and batches; neither compiled by XLA.",
        )
        for optimizer in optimizers
    ]
    counts = [
        check(
            statement,
            f"traces of a function called with {called}",
            [traces.where(called=called)[0]["traces"]],
            source=GUIDE,
            **limit,
        )
        for statement, called, limit in [
            ("A Python number is a part of the program.", "ten Python numbers", {"above": 9.5}),
            ("A tensor is not.", "ten tensors", {"below": 1.5}),
            ("Each length is a program of its own.", "ten lengths", {"above": 1.5}),
            ("Declared free, all lengths are one.", "ten lengths, declared free", {"below": 1.5}),
        ]
    ]
    return [
        check(
            "A tape gives the gradient that backpropagation by hand gives.",
            "largest difference, over the largest entry, float64",
            runs.stack("apart", "seed", part="scratch"),
            below=1e-9,
            source=OUTLINE,
        ),
        *same,
        check(
            "Where the way is cut, a tape gives None and says nothing.",
            f"of {len(cut)} ways, with no gradient: {words}",
            [sum(run["is_none"] for run in cut)],
            above=len(cut) - 0.5,
            source=TAPE,
            note="`tape.watch` is for the constant.",
        ),
        *counts,
        *of_costs(runs, optimizers[0]),
    ]


def of_costs(runs, optimizer):
    """What the cost of an epoch is."""
    by_batch, by_sample, said = epoch_costs(runs, optimizer)
    last = runs.values("last")[0]
    return [
        check(
            "The loss that fit says is the mean over the samples, taken while the weights move.",
            f"{optimizer}: largest distance of it, as a share of it",
            np.abs(said / by_sample - 1).max(axis=1),
            below=1e-3,
            source=ASKED,
        ),
        judge(
            "The mean of the batch costs is the cost of the epoch.",
            f"{optimizer}, a last batch of {last}: how far the mean over batches is off, mean of the epochs",
            100 * np.abs(by_batch / by_sample - 1).mean(axis=1),
            "%",
            below=0.1,
            source=EXERCISE,
            note="A partial batch counts as much as a whole one.",
        ),
    ]
