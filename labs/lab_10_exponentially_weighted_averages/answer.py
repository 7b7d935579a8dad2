"""The answer in plain words, what to predict first, and which figure decides which statement."""

WINDOW = "length of a plain mean that is as noisy"


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(
            WINDOW,
            text="An average with β = 0.9 is as noisy as a plain mean of {effect} values, where its weights "
            "suggest 1/(1 − β) = 10.",
        ),
        found.says(
            "largest distance from 1 − β^t",
            text="Without correction it starts too low, at 1 − β^t of the mean, which was found within "
            "{percent} %.",
        ),
        found.says(
            *("each at its best rate", "uncorrected over corrected"),
            supported="Adam needs the correction: without it the cost is {effect} times as high.",
            contradicted="Adam does without the correction when its rate is tuned: the cost is {effect} "
            "times as high.",
            undecided="Whether Adam needs the correction at its best rate is not decided in this run.",
        ),
    ]


def predictions(found):
    """Asks what the figures then show."""
    return [
        found.question(
            "An exponentially weighted average with β = 0.9 is as noisy as a plain mean of how many values?",
            WINDOW,
            {"2": "", "10": "", "19": "holds", "90": ""},
            "It is as noisy as a plain mean of {effect} values.",
            "noise",
        ),
        found.question(
            "The average starts at zero and is not corrected. With β = 0.9, how much of the mean does it "
            "show after 10 steps?",
            "largest distance from 1 − β^t",
            {"10 %": "", "65 %": "holds", "90 %": "", "All": ""},
            "It is 1 − β^t: 65 % for β = 0.9 and t = 10, found within {percent} %.",
            "bias",
        ),
        found.question(
            "Does one β suit all of training?",
            "best window",
            {"Yes": "supported", "No, later it should look back further": "contradicted"},
            "The best window is {effect} times as long in the second half of training.",
            "trade",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "bias": {"largest distance from 1 − β^t": "The start is off 1 − β^t by at most {percent} % of the mean."},
    "noise": {
        WINDOW: "It is as noisy as a plain mean of {effect} values.",
        "share of the variance that is left": "{percent} % of the variance is left.",
    },
    "trade": {"best window": "The best window is {effect} times as long in the second half of training."},
    "adam": {"cost uncorrected over corrected": "Without correction the cost is {effect} times as high."},
}
