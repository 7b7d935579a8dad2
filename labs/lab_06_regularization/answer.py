"""The answer in plain words, what to predict first, and which figure decides which statement."""

SHRINKS = "norm of the kernels, with a penalty"
GAP = "training less test accuracy"
DROPPED = "norm of the kernels, rate 0.5 over without"
RELIES = "half of the hidden units taken away"


def variance(found):
    """Gives the words of the variance of a bigger network, with noisy labels."""
    widths = found.settings.widths
    return f"noisy labels, {widths[-1]} units over {widths[0]}: variance"


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(
            variance(found),
            text="Such a network depends too much on the samples that it saw: where labels are wrong, a "
            "bigger one has {effect} times the variance of a small one.",
        ),
        found.says(
            "Against overfitting: L2.",
            supported="L2 helps: the error on new images falls by {effect} points;",
            contradicted="L2 does not help here (the error on new images falls by {effect} points);",
            undecided="whether L2 helps is not decided in this run;",
        ),
        found.says(
            "Against overfitting: dropout.",
            supported="dropout helps too, by {effect} points.",
            contradicted="dropout does not ({effect} points).",
            undecided="for dropout it is not decided.",
        ),
    ]


def predictions(found):
    """Asks what the figures then show."""
    return [
        found.question(
            "A fifth of the labels is wrong. What does a bigger network do to the variance, the part of the "
            "error that depends on the samples it saw?",
            variance(found),
            {
                "It lowers it": (0, 0.9),
                "Nothing, or hardly anything": (0.9, 1.1),
                "It raises it": (1.1, 1e9),
            },
            "It is {effect} times as large.",
            "plane",
        ),
        found.question(
            "L2 shrinks the weights. Does dropout shrink them, too?",
            DROPPED,
            {"Yes": (0, 0.95), "No, they stay as large": (0.95, 1.05), "No, they grow": (1.05, 1e9)},
            "Their norm is {effect} times as large.",
            "norm",
        ),
        found.question(
            "Adam with L2 in the cost, or with weights that decay on their own: do both end at the same "
            "weights?",
            ("Adam, ", "largest difference of a weight"),
            {"Yes, but for rounding": "supported", "No": "contradicted"},
            "The largest difference of a weight is {percent} % of the largest weight.",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "plane": {
        "variance with 960 images": "With three times as many images the variance is {effect} times as "
        "large.",
        ": squared bias": "The squared bias of the bigger network is {effect} times as large.",
        ": variance": "The variance of the bigger network is {effect} times as large.",
    },
    "strength": {
        GAP: "The gap between training and test changes by {effect} points.",
        "test error, L2 minus decay": "The test error of L2 less that of decay: {effect} points.",
        "test error without, minus with": "The test error falls by {effect} points.",
        RELIES: "With half of the units gone, {effect} points of accuracy are kept more.",
        "largest difference of a weight": "The weights differ by {percent} % of the largest one.",
    },
    "norm": {
        SHRINKS: "With the penalty the norm is {effect} times as large.",
        "over without dropout": "With dropout it is {effect} times as large.",
        "with over without": "With dropout the mean is {effect} times as large.",
    },
}
