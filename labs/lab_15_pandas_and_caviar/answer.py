"""The answer in plain words, what to predict first, and which figure decides which statement."""

LITTLE = ("first rate from 0.03 to 0.3, compute of 2", "error of many")
LOST = "watched models with an error of 50 % or more"
WORKERS = "search with"
NOISE = "noise: error with yesterday’s setting"


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(
            *LITTLE,
            text="With the compute of two trainings, and a first rate that is about right, the error of "
            "many models that are left alone is {effect} times that of one that is watched.",
        ),
        found.says(LOST, text="But a bad first rate can lose the one that is watched: {percent} % of them."),
        found.says(
            NOISE,
            text="On noisier data yesterday’s setting has {effect} times the error of one that is searched "
            "again.",
        ),
    ]


def predictions(found):
    """Asks what the figures then show."""
    return [
        found.question(
            "Compute for two trainings, a first rate that is about right: what has the lower error?",
            LITTLE,
            {
                "One model that is watched": "supported",
                "Many that are left alone, or both alike": "contradicted",
            },
            "The error of many is {effect} times as large.",
            "compute",
        ),
        found.question(
            "A watched model starts from any rate between 0.0001 and 10. Is more than one in twenty lost?",
            LOST,
            {"Yes": "supported", "No, watching saves it": "contradicted"},
            "{percent} % of them end with an error of one half or more.",
            "bad-starts",
        ),
        found.question(
            "A search with several trials at a time knows less when it chooses. Is its error within 10 % of "
            "the patient one?",
            WORKERS,
            {"Yes": "supported", "No, it is higher": "contradicted"},
            "Its error is {effect} times as large.",
            "workers",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "compute": {
        "error of many, as they are over one": "The error of many is {effect} times that of the one that is "
        "watched.",
        "error of one, watched over many": "The error of the one that is watched is {effect} times that of "
        "many.",
    },
    "bad-starts": {LOST: "{percent} % of the watched models are lost."},
    "workers": {WORKERS: "With several at a time the error is {effect} times as large."},
    "changed-data": {"yesterday’s setting": "Yesterday’s setting has {effect} times the error of a new one."},
}
