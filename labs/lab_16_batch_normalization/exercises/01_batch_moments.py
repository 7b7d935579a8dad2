"""Lab 16, exercise 1: `make lab-16` shows it in "tests".

The lab is labs/lab_16_batch_normalization.
`make learn-16` checks this file each time that it is saved.
"""


def batch_moments(Z):
    """Computes the mean and the variance of each unit over a batch.

        μ = 1/m · the sum of z over the samples
        σ² = 1/m · the sum of (z - μ)² over the samples

    Args:
        Z: Sums of units, (m, units): samples in rows, as in Keras.

    Returns:
        μ, (units,), and σ², (units,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
