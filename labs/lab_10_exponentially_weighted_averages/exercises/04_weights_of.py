"""Lab 10, exercise 4: `make lab-10` shows it in "averages".

The lab is labs/lab_10_exponentially_weighted_averages.
`make learn-10` checks this file each time that it is saved.
"""


def weights_of(age, beta):
    """Computes the weight of a value in an average that has run for long, and of all that are older.

        weight = (1 - β) β^age
        the weight of all older ones together = β^(age + 1)

    Args:
        age: How many steps ago the value came, from 0; an array (k,) of whole numbers.
        beta: β, from 0 up to 1.

    Returns:
        The weights, (k,), and those of all older values together, (k,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
