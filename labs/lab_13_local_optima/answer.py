"""The answer in plain words, what to predict first, and which figure decides which statement."""

STUCK = "descents of the whole network that end in a local minimum"
HEIGHT = "local minima at which descents end"
SADDLES = "seeds at which most points are saddles"


def answer(found):
    """Answers the lab's question from the findings of this run, in two or three sentences."""
    return [
        found.says(
            STUCK,
            text="In {percent} % of the descents training ends in a local minimum that is about as good as "
            "the best;",
        ),
        found.says(
            HEIGHT, text="on average such a minimum lies {percent} % of the way up to the highest saddle."
        ),
        found.says(
            SADDLES,
            text="The points on the way where the gradient is zero are mostly saddles, from which some way "
            "leads down ({percent} % of the seeds).",
        ),
    ]


def predictions(found):
    """Asks what the figures then show."""
    return [
        found.question(
            "How many descents end in a local minimum that is about as good as the best?",
            STUCK,
            {"Less than half": "contradicted", "More than half": "supported", "None ends in a minimum": ""},
            "{percent} % of them.",
            "critical-points",
        ),
        found.question(
            "A point where the gradient is zero, somewhere on the way. What is it, mostly?",
            SADDLES,
            {
                "A local minimum": "contradicted",
                "A saddle: some ways lead down": "supported",
                "A maximum": "",
            },
            "In {percent} % of the seeds most points are saddles.",
            "critical-points",
        ),
    ]


# Figure -> pieces of what was measured, and what its number says.
STATEMENTS = {
    "critical-points": {
        "rank correlation of cost": "Cost and number of ways down rise together, at a rank correlation of "
        "{effect} at least.",
        STUCK: "{percent} % of the descents end in one.",
        HEIGHT: "On average they lie {percent} % of the way up to the highest saddle.",
        SADDLES: "In {percent} % of the seeds most points are saddles.",
    },
    "steps-by-rate": {"Steps to leave": "Gradient descent needs {effect} times as many steps."},
}
