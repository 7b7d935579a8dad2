"""Lab 9, exercise 3: `make lab-9` shows it in "noise".

The lab is labs/lab_09_mini_batches.
`make learn-9` checks this file each time that it is saved.
"""


def shuffled_batches(X, Y, batch_size, rng):
    """Cuts data into mini-batches in a random order; targets stay with their samples.

        order = a random permutation of 0, ..., m - 1, the same for X and Y
        then as without shuffling

    Args:
        X: Samples in columns, (n, m). They stay in their order.
        Y: Targets, (k, m). They stay in their order.
        batch_size: Samples of a batch, at least 1.
        rng: A `numpy.random.Generator`; `rng.permutation(m)` draws an order.

    Returns:
        A list of pairs (X_t, Y_t), the last one with what is left.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
