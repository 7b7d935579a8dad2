"""Lab 1, exercise 3: `make lab-1` shows it in "ravine".

The lab is labs/lab_01_gradient_descent.
`make learn-1` checks this file each time that it is saved.
"""


def descent_step(w, gradient, rate):
    """Takes one step of gradient descent.

        w_new = w - rate · gradient

    Args:
        w: Weights, an array of any shape. They stay as they are: the step is a new array.
        gradient: Gradient of the error by the weights, of the same shape.
        rate: Learning rate, a number above 0.

    Returns:
        w_new, of the same shape.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
