"""Lab 7, exercise 1: `make lab-7` shows it in "statistics".

The lab is labs/lab_07_input_normalization.
`make learn-7` checks this file each time that it is saved.
"""


def column_statistics(X):
    """Computes the mean and the spread of each column of a table.

        mean_j = 1/m · the sum of x_ij over the samples i
        std_j = √(1/m · the sum of (x_ij - mean_j)² over the samples i)

    Args:
        X: Samples in rows, (m, n).

    Returns:
        The means, (n,), and the standard deviations, (n,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
