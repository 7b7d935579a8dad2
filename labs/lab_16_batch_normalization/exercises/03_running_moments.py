"""Lab 16, exercise 3: `make lab-16` shows it in "tests".

The lab is labs/lab_16_batch_normalization.
`make learn-16` checks this file each time that it is saved.
"""


def running_moments(mean, variance, Z, momentum):
    """Takes the moments of a batch into the averages that stand in for it in a test.

        mean_new = momentum · mean + (1 - momentum) · μ
        variance_new = momentum · variance + (1 - momentum) · σ²

    Args:
        mean: Average of the batches' μ so far, (units,). It stays as it is.
        variance: Average of their σ², (units,). It stays as it is.
        Z: The new batch, (m, units); σ² is divided by m.
        momentum: What an average keeps in a step, from 0 up to 1.

    Returns:
        mean_new, (units,), and variance_new, (units,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
