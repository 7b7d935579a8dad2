"""Lab 6, exercise 3: `make lab-6` shows it in "norm".

The lab is labs/lab_06_regularization.
`make learn-6` checks this file each time that it is saved.
"""


def decay_step(W, dW, rate, lambd, m):
    """Takes a step of gradient descent with L2, written as weight decay.

        W_new = (1 - rate · λ/m) W - rate · dW

    Args:
        W: Weights, of any shape. They stay as they are.
        dW: Gradient of the cost without the penalty, of the same shape.
        rate: Learning rate.
        lambd: λ, the strength of L2.
        m: Number of samples.

    Returns:
        W_new, of the same shape.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
