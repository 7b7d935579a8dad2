"""Lab 6, exercise 2: `make lab-6` shows it in "strength".

The lab is labs/lab_06_regularization.
`make learn-6` checks this file each time that it is saved.
"""


def l2_gradient(dW, W, lambd, m):
    """Adds to a gradient what L2 regularization contributes.

        the derivative of λ / (2m) · W² by W is λ/m · W
        dW_new = dW + λ/m · W

    Args:
        dW: Gradient of the cost without the penalty, (n, n_before). It stays as it is.
        W: Weights, of the same shape.
        lambd: λ, the strength, at least 0.
        m: Number of samples.

    Returns:
        dW_new, of the same shape.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
