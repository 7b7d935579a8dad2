"""The answer in plain words, what to predict first, and which figure decides which statement."""

XOR = ("XOR solved", "2 hidden units, rate 0.1")
STUCK = "share in a local minimum"


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(
            "gradients by hand and of the tape",
            text="Backpropagation computes the exact gradient: by hand and by Keras it is the same but for "
            "{effect} of its size.",
        ),
        found.says(
            *XOR,
            text="With two hidden units, {percent} % of the runs that follow it learn XOR in the epochs "
            "that they have.",
        ),
        found.says(
            STUCK,
            supported="Most of the others sit in a local minimum.",
            contradicted="The others are not in local minima ({percent} % are): the error is flat there, "
            "and some way still leads down.",
            undecided="Whether the others are in local minima is not decided in this run.",
        ),
    ]


def predictions(found):
    """Asks what the figures then show."""
    return [
        found.question(
            "Two hidden units are enough for XOR. In how many of the runs do they learn it, at a rate of "
            "0.1?",
            XOR,
            {"In nearly all": (0.95, 1), "In most, but not in all": (0.5, 0.95), "In few or none": (0, 0.5)},
            "{percent} % of the runs.",
            "map",
        ),
        found.question(
            "Two neurons in a chain, weights and inputs of at most 1. Which weight gets the smaller "
            "gradient?",
            "two neurons, weights in [−1, 1]",
            {"The first one, w1": "holds", "The last one, w2": "", "Both the same": ""},
            "The gradient for w1 is at most {effect} times that for w2.",
            "chain",
        ),
        found.question(
            "A run is stuck on XOR. Is it in a local minimum, where every way leads up?",
            STUCK,
            {"Yes, mostly": "supported", "No, mostly not": "contradicted", "Runs are never stuck": ""},
            "{percent} % of the stuck runs are in one.",
            "curvature",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "error": {
        "minus that at 0.1 after a tenth": "Ten times the rate for a tenth of the epochs ends at the same "
        "error but for {effect}.",
        "epochs at rate 0.01 over": "The smaller rate takes {effect} times as many epochs to the same error.",
    },
    "chain": {
        "weights in [−1, 1]": "The gradient for w1 is at most {effect} times that for w2.",
        "two neurons, weights in": "With large weights the gradient for w1 is the smaller one in {percent} "
        "% of the cases.",
        "gradients by hand and of the tape": "By hand and by Keras, gradients are the same but for {effect} "
        "of their size.",
    },
    "map": {
        "XOR solved": "{percent} % of the runs solve XOR.",
        "AND solved": "{percent} % of the runs solve AND.",
    },
    "curvature": {STUCK: "{percent} % of the stuck runs are in a local minimum."},
}
