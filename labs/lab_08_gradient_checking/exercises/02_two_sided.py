"""Lab 8, exercise 2: `make lab-8` shows it in "error-by-step".

The lab is labs/lab_08_gradient_checking.
`make learn-8` checks this file each time that it is saved.
"""


def two_sided(J, theta, epsilon):
    """Estimates the derivative of a function of one number from both sides.

        J'(θ) ≈ (J(θ + ε) - J(θ - ε)) / (2ε)

    Args:
        J: The function, from a number to a number.
        theta: θ, a number.
        epsilon: ε, a number above 0; large here, so that the error of the estimate can be seen.

    Returns:
        The estimate, a number.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
