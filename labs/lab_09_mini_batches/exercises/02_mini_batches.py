"""Lab 9, exercise 2: `make lab-9` shows it in "cost".

The lab is labs/lab_09_mini_batches.
`make learn-9` checks this file each time that it is saved.
"""


def mini_batches(X, Y, batch_size):
    """Cuts data into mini-batches, in their order, with a partial last one.

        batch t holds the columns from t · batch_size up to (t + 1) · batch_size, the last one what is left

    Args:
        X: Samples in columns, (n, m).
        Y: Targets, (k, m).
        batch_size: Samples of a batch, at least 1; it may be above m.

    Returns:
        A list of pairs (X_t, Y_t); all samples are in it, once.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
