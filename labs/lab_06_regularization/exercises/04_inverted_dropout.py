"""Lab 6, exercise 4: `make lab-6` shows it in "strength".

The lab is labs/lab_06_regularization.
`make learn-6` checks this file each time that it is saved.
"""


def inverted_dropout(A, keep_prob, rng):
    """Takes units away at random, and makes up for it.

        D: 1 with the probability keep_prob, else 0, drawn for each unit and sample
        A_new = A * D / keep_prob

    Dividing keeps the expected activation, so that a test needs neither D nor a factor.

    Args:
        A: Activations, (n, m). They stay as they are.
        keep_prob: Probability that a unit is kept, above 0 and at most 1.
        rng: A `numpy.random.Generator`; `rng.random(shape)` draws numbers from 0 to 1.

    Returns:
        A_new, (n, m), and D, (n, m).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
