"""Lab 10, exercise 5: `make lab-10` shows it in "noise".

The lab is labs/lab_10_exponentially_weighted_averages.
`make learn-10` checks this file each time that it is saved.
"""


def beta_for(window):
    """Finds the β whose average remembers a number of steps.

        window = 1 / (1 - β)

    Args:
        window: Steps, at least 1.

    Returns:
        β, from 0 up to 1.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
