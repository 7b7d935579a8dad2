"""The answer in plain words, what to predict first, and which figure decides which statement."""

STEPS = "steps to the target"
ALL = ("epochs to the target, all",)
RATE = "log best rate by log size"


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(
            STEPS,
            text="Small batches need more steps, {effect} times as many from the largest to the smallest "
            "size that is compared, but each step is cheap.",
        ),
        found.says(
            *ALL,
            text="With all samples in one step, {effect} times as many epochs as with a batch in between "
            "pass before the same cost is reached.",
        ),
        found.says(
            "size at which noise equals",
            text="For its noise to equal the gradient, a batch must be {effect} times as large late in "
            "training as at the start.",
        ),
    ]


def predictions(found):
    """Asks what the figures then show."""
    return [
        found.question(
            "One step for all samples, or many steps for small batches: which one gets to the same cost in "
            "fewer passes over the data, each at its best rate?",
            ALL,
            {
                "All samples, by much": (0, 0.67),
                "Both about alike": (0.67, 1.5),
                "Small batches": (1.5, 1e9),
            },
            "All samples need {effect} times as many epochs.",
            "trade",
        ),
        found.question(
            "As training goes on, the gradient shrinks. By how much must a batch grow for its noise to "
            "equal the gradient?",
            "size at which noise equals",
            {"Not at all": (0, 1.5), "A few times": (1.5, 8), "Ten times or more": (8, 1e9)},
            "{effect} times as large as at the start.",
            "noise",
        ),
        found.question(
            "Batches twice as large: how should the learning rate change?",
            RATE,
            {
                "It stays": (-0.2, 0.2),
                "It grows, by less than √2": (0.2, 0.5),
                "It doubles, or nearly": (0.5, 1.2),
            },
            "The best rate grows as the size to the power {effect}: 1 is in proportion.",
            "cost",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "trade": {
        STEPS: "The smaller size needs {effect} times as many steps.",
        "epochs to the target, all": "All samples at once need {effect} times as many epochs.",
        "epochs to the target": "The larger size needs {effect} times as many epochs.",
    },
    "cost": {RATE: "The best rate grows as the size to the power {effect}."},
    "noise": {
        "largest distance from it": "The measured noise is at most {percent} % off the formula.",
        "size at which noise equals": "A batch whose noise equals the gradient is {effect} times as large "
        "later on.",
    },
}
