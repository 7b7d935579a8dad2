"""The answer in plain words, what to predict first, and which figure decides which statement."""

WANDERS = "rate 0.1 over 0.01"
CLOSER = "constant 0.1 over inverse time"
PAYS = ("network, SGD: cost saved by decay",)
COSINE = ("network, SGD: cost saved by cosine",)


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(
            WANDERS,
            text="With a constant rate the cost does not settle: noise keeps it above the least error, "
            "{effect} times as high at ten times the rate.",
        ),
        found.says(CLOSER, text="With a rate that falls it ends at {inverse} times the height."),
        found.says(
            *PAYS,
            supported="For the network decay pays: it saves {effect} % of the cost of the best constant "
            "rate.",
            contradicted="For the network decay does not pay: it saves {effect} % of the cost of the best "
            "constant rate.",
            undecided="Whether decay pays for the network is not decided in this run.",
        ),
        found.says(
            *COSINE,
            supported="Cosine is the best of the ways, {effect} % ahead of the course’s.",
            contradicted="Cosine is not ahead of the course’s ways ({effect} %).",
        ),
    ]


def predictions(found):
    """Asks what the figures then show."""
    return [
        found.question(
            "A constant rate of 0.1 instead of 0.01, on a bowl with noise: how much higher above the "
            "minimum does the cost wander?",
            WANDERS,
            {
                "As high": (0, 1.5),
                "Three times as high": (1.5, 5),
                "Ten times as high": (5, 30),
                "More": (30, 1e9),
            },
            "{effect} times as high.",
            "floor",
        ),
        found.question(
            "The network, SGD in small batches, each way from its own best start: what does decay save of "
            "the cost?",
            PAYS,
            {"More than 1 %": "supported", "Nothing, or less than 1 %": "contradicted"},
            "It saves {effect} %.",
            "ways",
        ),
        found.question(
            "Does today’s cosine beat the five ways of the course?",
            COSINE,
            {"Yes, by more than 1 %": "supported", "No": "contradicted"},
            "It saves {effect} % beside them.",
            "ways",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "floor": {
        "beside that of theory": "The floor is off the theory’s by a factor of {effect}.",
        WANDERS: "At ten times the rate the cost wanders {effect} times as high.",
        CLOSER: "The constant rate ends {effect} times as high as the falling one.",
    },
    "ways": {
        "cost saved by decay": "Decay saves {effect} % of the cost.",
        "cost saved by cosine": "Cosine saves {effect} % of the cost beside the course’s ways.",
    },
}
