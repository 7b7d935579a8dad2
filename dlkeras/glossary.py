"""Words of the pages and of the course that a learner may not know, each with what it means."""

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
    "skill": "how much better predictions are than one and the same for all: 0 not at all, 1 perfect.",
    "last place": "the smallest step between two numbers that a computer can tell apart at this size.",
    "paired by seed": "both things are measured from the same seeds and compared seed by seed, so that what "
    "both owe to the seed cancels.",
}


COURSE = (  # term, the words of the course's notes in Vietnamese, meaning
    (
        "Bias and variance",
        "bias và phương sai, độ chệch và phương sai",
        "Bias is error that stays however "
        "much data there is, because the network cannot express the answer. Variance is how much a trained "
        "network depends on which samples it happened to see.",
    ),
    ("Trade-off", "đánh đổi", "Gaining in one respect by giving up something in another."),
    (
        "Variance and standard deviation",
        "phương sai và độ lệch chuẩn",
        "The variance of data is the mean squared distance from their mean; the standard deviation is its "
        "square root, in the unit of the data.",
    ),
    (
        "Frobenius norm",
        "chuẩn Frobenius",
        "The square root of the sum of the squares of all entries of a "
        "matrix: the length of the matrix, read as one long vector.",
    ),
    (
        "Weight decay",
        "phân rã trọng số, suy giảm trọng số",
        "At every step all weights shrink by a small factor, beside what the gradient does to them.",
    ),
    (
        "Dropout",
        "",
        "In training, units are left out at random, so that no unit can rely on a single other one.",
    ),
    (
        "Overfitting",
        "quá khớp",
        "A low error on the samples of the training, and a higher one on new samples.",
    ),
    ("Regularization", "chính quy hóa", "What is done in training to make the error on new samples smaller."),
    (
        "Input normalization",
        "chuẩn hóa đầu vào",
        "Each column less its mean, divided by its standard deviation, both of the training.",
    ),
    (
        "Batch normalization",
        "chuẩn hóa theo lô",
        "The same for what comes into a hidden layer, by the mean and spread of the batch.",
    ),
    ("Softmax", "", "Turns numbers into probabilities: e to the power of each, divided by their sum."),
)


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
