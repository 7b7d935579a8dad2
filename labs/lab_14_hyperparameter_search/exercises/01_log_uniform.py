"""Lab 14, exercise 1: `make lab-14` shows it in "scales".

The lab is labs/lab_14_hyperparameter_search.
`make learn-14` checks this file each time that it is saved.
"""


def log_uniform(low, high, share):
    """Turns a share of the way into a value on a logarithmic scale.

        log(value) = log(low) + share · (log(high) - log(low))

    With shares drawn evenly from 0 to 1, each decade gets as many values as any other.

    Args:
        low: Least value, above 0.
        high: Greatest value.
        share: From 0 to 1; an array (k,).

    Returns:
        The values, (k,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
