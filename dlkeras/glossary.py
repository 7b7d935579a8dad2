"""Words of the pages that a learner may not know, each with what it means."""

from __future__ import annotations

import re

WORDS = {
    "seed": "the number from which all that is random in a run follows: first weights, the order of the "
    "samples, what dropout leaves out.",
    "interval": "where the true value may lie, judged by how far apart the seeds are. Of a hundred such "
    "intervals of 95 %, at least 95 hold it.",
    "×": "times: 2 × is twice as much, 0.5 × is half.",
    "share": "a part of the whole, from 0 to 1: 0.25 is a quarter.",
    "points": "percentage points: from 20 % to 25 % are 5 points.",
    "decade": "a factor of ten: from 0.01 to 1 are two decades.",
    "nats": "the unit of a cross-entropy cost: −ln of the probability that the right class was given. A fair "
    "coin has 0.69 nats, one class of ten at random 2.3.",
    "R²": "how well a straight line fits: 1 exactly, 0 not at all.",
    "rank correlation": "whether two things rise together: 1 always, 0 no link, −1 one falls where the other "
    "rises.",
    "last place": "the smallest step between two numbers that a computer can tell apart at this size.",
    "paired by seed": "both things are measured from the same seeds and compared seed by seed, so that what "
    "both owe to the seed cancels.",
}


def used_in(text: str) -> dict[str, str]:
    """Picks the words that a text uses, and those that every page does: seed and interval.

    Example:
        >>> list(used_in("decades of learning rates, paired by seed"))
        ['seed', 'interval', 'decade', 'paired by seed']
    """
    always = ("seed", "interval")
    return {
        word: meaning
        for word, meaning in WORDS.items()
        if word in always or re.search(rf"(?<!\w){re.escape(word)}", text)
    }
