"""The answer in plain words, what to predict first, and which figure decides which statement."""

PLAIN = ("gradient descent: steps to the target", "as measured over normalized")
CENTRED = ("gradient descent: steps to the target", "mean 0 over normalized")
ALONE = "test size 1, normalized"


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(
            *PLAIN,
            text="Columns as they were measured cost gradient descent at least {effect} times the "
            "steps of normalized ones, each at its best rate.",
        ),
        found.says(
            ALONE,
            text="The mean and spread of the training serve in the test, too: a sample that is normalized "
            "by its own loses {effect} points of accuracy.",
        ),
        found.says(
            "in a unit a thousand times smaller",
            text="And so does a column that comes in another unit: {effect} points.",
        ),
    ]


def predictions(found):
    """Asks what the figures then show."""
    return [
        found.question(
            "Columns as measured, each in its own unit: how many times as many steps does gradient descent "
            "need, at its best rate?",
            PLAIN,
            {"Hardly more": (0, 2), "Up to ten times": (2, 10), "More than ten times": (10, 1e99)},
            "At least {effect} times as many.",
            "steps",
        ),
        found.question(
            "Is it enough to subtract the mean of each column?",
            CENTRED,
            {"Yes": "supported", "No, the spread counts": "contradicted"},
            "Gradient descent still needs {effect} times as many steps.",
            "steps",
        ),
        found.question(
            "A single test sample is normalized by its own mean and spread. How much accuracy is lost?",
            ALONE,
            {"Nothing to speak of": (-1, 1), "Up to 10 points": (1, 10), "More than 10 points": (10, 100)},
            "{effect} points.",
            "statistics",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "rates": {"best learning rate": "Normalized columns take a rate {effect} times as large."},
    "steps": {
        "digits, ": "The steps are {effect} times as many.",
        "columns as measured": "These columns need at least {effect} times as many steps.",
        "steps to the target": "These columns need {effect} times as many steps.",
    },
    "condition": {"slope of log steps": "Steps grow as the condition number to the power {effect}."},
    "statistics": {
        "its own mean and spread": "{effect} points of accuracy are lost.",
        "with a leak": "The leak makes the accuracy look {effect} points better.",
        "a thousand times smaller": "{effect} points of accuracy are lost.",
        "a thousand times too large": "{effect} points of accuracy are lost.",
        "share of the column": "{percent} % of the column is not a number.",
        "largest size of a number": "The largest number in it is {effect}.",
    },
}
