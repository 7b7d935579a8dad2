"""Lab 7, exercise 3: `make lab-7` shows it in "condition".

The lab is labs/lab_07_input_normalization.
`make learn-7` checks this file each time that it is saved.
"""


def weights_for_raw(w, b, mean, std):
    """Turns weights for normalized inputs into weights for raw ones, so that both predict the same.

        w · (x - mean) / std + b = w_raw · x + b_raw   for every x

    Args:
        w: Weights for normalized inputs, (n,).
        b: Bias, a number.
        mean: Means of the training's columns, (n,).
        std: Their standard deviations, (n,), all above 0.

    Returns:
        w_raw, (n,), and b_raw, a number: yours to find.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
