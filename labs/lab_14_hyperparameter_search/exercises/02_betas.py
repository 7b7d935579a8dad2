"""Lab 14, exercise 2: `make lab-14` shows it in "scales".

The lab is labs/lab_14_hyperparameter_search.
`make learn-14` checks this file each time that it is saved.
"""


def betas(low, high, share):
    """Turns a share of the way into a β, so that 1 - β is on a logarithmic scale.

        log(1 - β) = log(1 - low) + share · (log(1 - high) - log(1 - low))

    0.9 averages over about 10 steps and 0.999 over about 1000, so that halfway between them is 0.99.

    Args:
        low: Least β, below `high`.
        high: Greatest β, below 1.
        share: From 0 to 1; an array (k,).

    Returns:
        The β, (k,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
