"""The answer in plain words, what to predict first, and which figure decides which statement."""

FEW = "2 of 5 matter"
LOG = "Adam’s α: seeds"
COARSE = "error of random over coarse to fine"
RATE = "share of variance that the rate explains"


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(
            RATE,
            text="The learning rate explains {effect} points more of the differences than the next "
            "hyperparameter.",
        ),
        found.says(
            FEW,
            text="Where few hyperparameters matter, the nearest trial of a grid is {effect} times as far "
            "from the best as that of random search.",
        ),
        found.says(
            COARSE,
            text="At equal cost the error of random search is {effect} times that of going from coarse to "
            "fine.",
        ),
    ]


def predictions(found):
    """Asks what the figures then show."""
    return [
        found.question(
            "Two of five hyperparameters matter, and nobody knows which. Grid or random search: whose "
            "nearest trial is closer to the best?",
            FEW,
            {
                "The grid’s": "",
                "Both about alike": "contradicted",
                "Random search’s, by a factor of 2 or more": "supported",
            },
            "The grid’s is {effect} times as far away.",
            "grid",
        ),
        found.question(
            "A few draws of Adam’s learning rate from 0.0001 to 1. On which scale does the best of them err "
            "less?",
            LOG,
            {"On a linear scale": "contradicted", "On a logarithmic scale": "supported"},
            "On a log scale in {percent} % of the seeds.",
            "scales",
        ),
        found.question(
            "Learning rate, layers, units, β₁, weight decay: does the rate explain most of the differences?",
            RATE,
            {"Yes, more than any other": "supported", "No": "contradicted"},
            "It explains {effect} points more than the next one.",
            "importance",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "grid": {
        "distance of the nearest trial": "The grid’s nearest trial is {effect} times as far away.",
        "error of a grid": "The grid’s error is {effect} times that of random search.",
    },
    "scales": {"errs less on a log than on a linear scale": "On a log scale in {percent} % of the seeds."},
    "searches": {
        COARSE: "The error of random search is {effect} times that of coarse to fine.",
        "error of random over Hyperband": "The error of random search is {effect} times Hyperband’s.",
        "error of random over": "The error of random search is {effect} times as large.",
    },
    "flattery": {
        "error when trained anew": "Trained anew, the best errs {effect} points more than its score said."
    },
    "importance": {RATE: "The rate explains {effect} points more than the next one."},
}
