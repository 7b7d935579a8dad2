"""The answer in plain words, what to predict first, and which figure decides which statement."""

TAPE = "largest difference, over the largest entry, float64"
SAME = "Adam: largest difference of a weight"
NONE = "with no gradient"
TENSORS = "called with ten tensors"
NUMBERS = "called with ten Python numbers"


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(
            TAPE,
            text="It takes the gradient: a tape gives what backpropagation by hand gives, but for {effect} "
            "of its size.",
        ),
        found.says(
            SAME,
            text="It runs the loop: `fit` and a loop by hand end at the same weights, but for {effect} of "
            "the largest one.",
        ),
        found.says(
            NUMBERS,
            text="And it compiles: a function that is called with ten Python numbers is translated {effect} "
            "times,",
        ),
        found.says(TENSORS, text="with ten tensors {effect} time."),
    ]


def predictions(found):
    """Asks what the figures then show."""
    return [
        found.question(
            "A compiled function is called with ten different Python numbers. How many times is it "
            "translated?",
            NUMBERS,
            {"Once": (0, 1.5), "Twice": (1.5, 2.5), "Ten times": (9, 11)},
            "{effect} times.",
        ),
        found.question(
            "And with ten different tensors of one shape?",
            TENSORS,
            {"Once": (0, 1.5), "Twice": (1.5, 2.5), "Ten times": (9, 11)},
            "{effect} time.",
        ),
        found.question(
            "The last batch of an epoch has few samples. Is the mean of the batches’ costs the cost of the "
            "epoch, to 0.1 %?",
            "how far the mean over batches is off",
            {"Yes": "supported", "No: its samples count too much": "contradicted"},
            "It is {effect} % off.",
            "cost",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "time": {"traces of a function": "It was translated {effect} times."},
    "apart": {
        TAPE: "The gradients differ by {effect} of the largest entry.",
        "largest difference of a weight": "The weights differ by {effect} of the largest one.",
        "largest distance of it": "The two losses differ by {effect} of their size.",
        NONE: "{effect} ways gave no gradient.",
    },
    "cost": {"how far the mean over batches": "It is {effect} % off."},
}
